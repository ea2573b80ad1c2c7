"""The files of a fleet in mode local, looked at frame by frame in a process of its own while the run goes on."""

from __future__ import annotations

import os

from phone_recorder.bulk.fleet.local_check import Frames, check
from phone_recorder.bulk.fleet.local_lines import Lines, live
from phone_recorder.bulk.fleet.local_messages import Check, Files, Ready
from phone_recorder.wire.payload import find_codec

NICENESS = 19
"""It has time: whoever records and whoever talks have not."""
LOOK_S = 1.0


def look(lines: Lines) -> None:
    """Until nobody asks any more."""
    frames: Frames | None = None
    while not lines.ended:
        lines.wait(LOOK_S)
        for message in lines.received():
            if isinstance(message, Files):
                codec = find_codec(message.codec)
                assert codec
                frames = Frames(codec, message.frame)
                lines.send(Ready())
            elif isinstance(message, Check) and frames:
                lines.send(check(message, frames))
                lines.flush()


if __name__ == "__main__":
    os.nice(NICENESS)
    live(look)
