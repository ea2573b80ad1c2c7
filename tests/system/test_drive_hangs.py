"""A drive whose call does not come back, and the thread that waits for it: nobody else does."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_writer import PATIENCE, BackgroundDestination
from phone_recorder.errors import DriveError, DriveGone
from phone_recorder.recording.destination import State
from tests.system.aftermath import PATIENCE_S, SECOND, in_order, look, until
from tests.system.fault_fs import FaultyDrive, fault_fs, stalled_for_ever
from tests.system.numbered import FRAME, audio, destination, frame

pytestmark = pytest.mark.peer

CALLS = ["write", "fsync", "opendir", "getattr", "statfs"]


@dataclass
class Hanging:
    """A recording whose thread hangs in a call, with a second of audio safe and more on its way."""

    drive: FaultyDrive
    plugged: list[bool]
    made: BackgroundDestination = field(init=False)
    now: int = 0

    def __post_init__(self) -> None:
        inner = destination(self.drive.path, present=self._present)
        self.made = BackgroundDestination(inner, self._present)
        self.made.open(0)

    def give(self, packets: int) -> None:
        first = self.now // FRAME
        self.now += packets * FRAME
        self.made.write(self.now, [frame(number) for number in range(first, first + packets)])
        self.made.advance(self.now)

    def _present(self) -> bool:
        return self.plugged[0]


@contextmanager
def hanging(directory: Path, call: str, error: int = errno.ENODEV) -> Iterator[Hanging]:
    """The call fails with `error` in the end, or is done."""
    with fault_fs(directory) as drive:
        hung = Hanging(drive, [True])
        hung.give(50)
        hung.give(1)
        # What is given after a checkpoint is written after it.
        until(lambda: hung.made.written == hung.now)
        drive.set(stalled_for_ever(call, error=error))
        hung.give(50)
        hung.give(50)
        drive.wait_for_fault()
        try:
            yield hung
        finally:
            drive.clear()
            assert hung.made.finish(PATIENCE_S)


@pytest.mark.parametrize("call", CALLS)
def test_s3_pulled_out_while_a_call_hangs_it_is_gone_at_once(tmp_path: Path, call: str) -> None:
    with hanging(tmp_path, call) as hung:
        assert hung.made.state is State.OPEN
        hung.plugged[0] = False
        hung.give(1)
        assert (hung.made.state, type(hung.made.error)) == (State.FAILED, DriveGone)
    left = look(in_order(hung.drive.behind))
    assert left.audio[:SECOND] == audio(50)
    assert hung.made.written >= SECOND


def test_a_drive_that_takes_nothing_is_given_up_after_its_time(tmp_path: Path) -> None:
    with hanging(tmp_path, "write") as hung:
        for waited in range(0, PATIENCE, SECOND):
            hung.made.advance(hung.now + waited)
            assert hung.made.state is State.OPEN
        assert hung.made.health.behind > 0
        for late in range(3):
            hung.made.advance(hung.now + PATIENCE + late * SECOND)
        assert (hung.made.state, type(hung.made.error)) == (State.FAILED, DriveError)
        assert "has taken nothing for 3" in str(hung.made.error)


def test_s7_a_drive_that_comes_back_in_time_has_everything(tmp_path: Path) -> None:
    with hanging(tmp_path, "write", error=0) as hung:
        hung.give(1000)
        assert hung.made.health.behind > 0
        hung.made.close(hung.now, "call ended")
        assert hung.made.state is State.CLOSING
    assert (hung.made.state, hung.made.error) == (State.CLOSED, None)
    left = look(in_order(hung.drive.behind))
    assert (left.audio == audio(1151), left.lost) == (True, 0)
