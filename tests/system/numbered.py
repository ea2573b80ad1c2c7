"""A recording of numbered packets, in this process and under its own time: what was given is known to the byte."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from phone_recorder.adapters.drive_errors import always
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader
from tests.system.aftermath import SECOND, in_order, look

FRAME = 160
PER_TICK = 10
TICK = FRAME * PER_TICK


def frame(number: int) -> bytes:
    """A packet like no other."""
    return (number + 1).to_bytes(2, "big") * (FRAME // 2)


def audio(packets: int) -> bytes:
    """The first packets."""
    return b"".join(map(frame, range(packets)))


def alike(a: bytes, b: bytes) -> int:
    """How many bytes from the beginning are the same."""
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


BEGINS_AT = datetime(2024, 1, 31, 12)
HEADER = RecordHeader(PCMU, FRAME, FRAME)


def destination(
    stick: Path, present: Callable[[], bool] = always, per_part: int = 0, reserve: int = 0, folder: str = ""
) -> DriveDestination:
    """One that syncs as on a phone; `per_part` packets go into a file, 0 for no limit."""
    policy = SpacePolicy(HEADER_SIZE + per_part * FRAME if per_part else 0, reserve)
    drive = MountedDrive(stick, present=present, folder=folder)
    return DriveDestination(drive, HEADER, policy, lambda _: BEGINS_AT)


class Recording:
    """Open from the start. `given` packets so far; `now` in units."""

    def __init__(self, made: DriveDestination) -> None:
        self.made = made
        self.given = 0
        made.open(0)

    @property
    def now(self) -> int:
        return self.given * FRAME

    def go_on(self, units: int) -> None:
        """As a call does, in ticks of 200 ms; to the end of the recording at the latest."""
        for _ in range(0, units, TICK):
            if self.made.state is State.FAILED:
                return
            packets = [frame(number) for number in range(self.given, self.given + PER_TICK)]
            self.given += PER_TICK
            self.made.write(self.now, packets)
            self.made.advance(self.now)

    def close(self) -> None:
        self.made.close(self.now, "call ended")

    def lost_s(self, behind: Path, given: int) -> float:
        """Seconds of the first `given` packets that no file has after repair.

        What a header has told of, and what the account claims, must be there. Behind it there may be silence: where
        a file's length has reached the medium before its content.
        """
        left = look(in_order(behind))
        kept = alike(left.audio, audio(self.given))
        claimed = sum(part.packets for part in self.made.parts)
        assert kept >= max(len(left.audio) - left.lost, claimed * FRAME)
        assert left.audio[kept:].strip(PCMU.silence(1)) == b""
        return max(given * FRAME - kept, 0) / SECOND
