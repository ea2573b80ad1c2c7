"""A process that plays a record file as the phone does, on its own sound device.

Run: python -m tests.system.record_player FILE [PAUSE_AT PAUSE_FOR SEEK_AT SEEK_TO], in seconds. It says what was wrong.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from phone_recorder.adapters.record_player import RecordPlayer
from phone_recorder.adapters.speaker import open_speaker

PATIENCE_S = 20


def main(path: Path, *times: float) -> None:
    player = RecordPlayer(path, open_speaker)
    if times:
        pause_at, pause_for, seek_at, seek_to = times
        until(player, pause_at)
        player.pause()
        time.sleep(pause_for + 0.1)  # how long it is heard depends on when the thread notices
        player.resume()
        until(player, seek_at)
        player.seek(seek_to)
    if not player.wait(PATIENCE_S):
        print("it does not end")
    print(player.view.problem, end="")


def until(player: RecordPlayer, position_s: float) -> None:
    """Wait until it has come so far; at its end, no longer."""
    while player.view.position_s < position_s and not player.view.ended:
        time.sleep(0.005)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(float, sys.argv[2:]))
