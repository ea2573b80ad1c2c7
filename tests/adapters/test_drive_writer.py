"""EDGE-CASES S3, S7: the thread that writes to a drive, and what the call sees of it while the drive hangs."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from phone_recorder.adapters import drive_writer
from phone_recorder.adapters.drive_writer import PATIENCE, BackgroundDestination
from phone_recorder.errors import DriveError, DriveFull, DriveGone
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.recording.memory_drive import Memory

SECOND = 8000
FRAME = b"\x55" * 160
NAME = "Record_20240131120000.wav"
DEADLINE_S = 10


class Hanging(Memory):
    """A drive whose calls of the name in `hangs` wait until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs = ""
        self.hung = threading.Event()
        self.goes_on = threading.Event()
        self.plugged = True

    def fail(self, call: str) -> None:
        if call == self.hangs:
            self.hung.set()
            assert self.goes_on.wait(DEADLINE_S)
        super().fail(call)


class Rig:
    def __init__(self, hangs: str = "") -> None:
        self.drive = Hanging()
        self.drive.hangs = hangs
        policy = SpacePolicy(0, 0)
        inner = DriveDestination(self.drive, RecordHeader(PCMU, 160, 160), policy, lambda _: datetime(2024, 1, 31, 12))
        self.made = BackgroundDestination(inner, lambda: self.drive.plugged)
        self.now = 0
        self.made.open(0)

    def pass_time(self, units: int = 1600) -> None:
        """A tick of the recorder, as a call does it."""
        self.now += units
        self.made.write(self.now, [FRAME] * (units // 160))
        self.made.advance(self.now)

    def until(self, true: Callable[[], bool]) -> None:
        """Poll as a call does, without its time going on."""
        waited = threading.Event()
        for _ in range(DEADLINE_S * 1000):
            if true():
                return
            waited.wait(0.001)
            self.made.advance(self.now)
        raise AssertionError("it never came true")


@pytest.fixture
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Its parameter, if it has one, is the call that hangs from the beginning."""
    made = Rig(getattr(request, "param", ""))
    yield made
    made.drive.goes_on.set()
    made.made.close(made.now, "the test is over")
    assert made.made.finish(DEADLINE_S)


def test_what_the_drive_has_taken_is_told_and_no_more(rig: Rig) -> None:
    assert (rig.made.state, rig.made.written) in {(State.OPENING, 0), (State.OPEN, 0)}
    rig.until(lambda: rig.made.state is State.OPEN)
    rig.drive.hangs = "append"
    rig.pass_time()
    assert rig.drive.hung.wait(DEADLINE_S)
    assert rig.made.written == 0
    rig.drive.goes_on.set()
    rig.until(lambda: rig.made.written == 1600)
    assert len(rig.drive.files[NAME]) == 76 + 1600


def test_the_same_file_as_without_a_thread(rig: Rig) -> None:
    for _ in range(50):
        rig.pass_time()
    rig.made.close(rig.now, "record key")
    rig.until(lambda: rig.made.state is State.CLOSED)
    assert rig.made.parts[0].bytes == 76 + 80_000
    assert rig.drive.safe[NAME][76:] == FRAME * 500
    assert rig.made.finish(DEADLINE_S)


@pytest.mark.parametrize("rig", ["append", "checkpoint", "check", "create", "free"], indirect=True)
def test_s7_a_drive_that_hangs_for_two_seconds_loses_nothing(rig: Rig) -> None:
    for _ in range(15):
        rig.pass_time()
    assert rig.drive.hung.wait(DEADLINE_S)
    rig.until(lambda: rig.made.health.behind > SECOND)
    rig.drive.goes_on.set()
    rig.until(lambda: rig.made.written == 15 * 1600)
    assert rig.made.health.behind == 0
    rig.made.close(rig.now, "record key")
    rig.until(lambda: rig.made.state is State.CLOSED)
    assert rig.drive.safe[NAME][76:] == FRAME * 150


def test_s3_a_stick_pulled_out_while_the_thread_hangs_in_it_ends_the_recording_at_once(rig: Rig) -> None:
    for _ in range(5):
        rig.pass_time()
    rig.until(lambda: NAME in rig.drive.safe)
    safe = len(rig.drive.safe[NAME]) - 76
    rig.drive.hangs = "append"
    rig.pass_time()
    assert rig.drive.hung.wait(DEADLINE_S)
    rig.drive.plugged = False
    rig.pass_time()
    assert isinstance(rig.made.error, DriveGone)
    assert (rig.made.state, str(rig.made.error)) == (State.FAILED, "the drive was removed")
    assert rig.made.written == safe == rig.made.parts[0].bytes - 76


def test_a_stick_pulled_out_while_nothing_is_written_is_noticed_too(rig: Rig) -> None:
    rig.until(lambda: rig.made.state is State.OPEN)
    rig.drive.plugged = False
    rig.made.advance(rig.now)
    assert rig.made.state is State.FAILED


def test_a_drive_that_takes_nothing_for_ever_is_given_up(rig: Rig) -> None:
    rig.until(lambda: rig.made.state is State.OPEN)
    rig.drive.hangs = "append"
    rig.pass_time()
    assert rig.drive.hung.wait(DEADLINE_S)
    while rig.now <= PATIENCE:
        rig.pass_time()
        assert rig.made.state is State.OPEN
    rig.pass_time()
    rig.pass_time()
    assert rig.made.state is State.FAILED
    assert "has taken nothing for 30 s" in str(rig.made.error)


def test_what_waits_is_bounded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive_writer, "MAX_WAITING", 16_000)
    rig.drive.hangs = "append"
    for _ in range(11):
        rig.pass_time()
    rig.made.advance(rig.now)
    assert rig.made.state is State.FAILED


def test_a_hung_drive_that_is_to_close_is_closing_until_it_has(rig: Rig) -> None:
    rig.pass_time()
    rig.drive.hangs = "seal"
    rig.made.close(rig.now, "record key")
    assert rig.drive.hung.wait(DEADLINE_S)
    assert rig.made.state is State.CLOSING
    assert not rig.made.finish(0.01)
    rig.drive.goes_on.set()
    rig.until(lambda: rig.made.state is State.CLOSED)


def test_m9_a_stall_of_ours_is_not_the_drive_s_fault(rig: Rig) -> None:
    rig.until(lambda: rig.made.state is State.OPEN)
    rig.drive.hangs = "append"
    rig.pass_time()
    assert rig.drive.hung.wait(DEADLINE_S)
    rig.pass_time(PATIENCE + SECOND)
    assert rig.made.state is State.OPEN
    rig.drive.goes_on.set()
    rig.until(lambda: rig.made.written == 1600 + PATIENCE + SECOND)


@pytest.mark.parametrize("error", [DriveFull("it is full"), DriveError("odd")])
def test_an_error_of_the_drive_is_told(rig: Rig, error: DriveError) -> None:
    rig.drive.fails["append"] = error
    rig.pass_time()
    rig.until(lambda: rig.made.state is State.FAILED)
    assert rig.made.error is error


class Frames(list[bytes]):
    """Frames of which one can see whether somebody still has them."""


def test_what_waited_for_a_drive_that_failed_is_not_kept(rig: Rig) -> None:
    rig.until(lambda: rig.made.state is State.OPEN)
    rig.drive.hangs = "append"
    rig.pass_time()
    assert rig.drive.hung.wait(DEADLINE_S)
    waiting = Frames([FRAME])
    rig.made.write(rig.now, waiting)
    held = weakref.ref(waiting)
    del waiting
    assert held() is not None
    rig.drive.fails["append"] = DriveError("odd")
    rig.drive.goes_on.set()
    rig.until(lambda: rig.made.state is State.FAILED)
    assert rig.made.finish(DEADLINE_S)
    gc.collect()
    assert held() is None


def test_an_error_of_ours_is_not_kept_secret() -> None:
    rig = Rig()
    rig.until(lambda: rig.made.state is State.OPEN)
    rig.drive.fails["append"] = ZeroDivisionError()  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        rig.pass_time()
        rig.until(lambda: False)
    assert rig.made.finish(DEADLINE_S)


def test_a_recording_that_gets_no_thread_has_failed_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_more)
    made = Rig().made
    assert made.state is State.FAILED and "wait until some of them are" in str(made.error)
    made.advance(1600)
    made.close(1600, "record key")
    assert made.finish(DEADLINE_S)
