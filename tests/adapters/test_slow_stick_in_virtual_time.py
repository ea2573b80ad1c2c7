"""EDGE-CASES S3, S7: a recording to a stick that is slow, under a virtual clock: as it is live, and at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.adapters.drive_writer import BackgroundDestination
from phone_recorder.adapters.emulated_stick import EmulatedPort
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.adapters.slow_time import SlowTime
from phone_recorder.errors import DriveError, DriveGone
from phone_recorder.recording.destination import State
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.adapters.stick_rig import MIB, SECOND, TICK, audio, sound
from tests.adapters.sticks import NAME

AN_HOUR_MS = 3_600_000


class Rig:
    """A recording, a tick of 200 ms at a time; its audio is `sound`."""

    def __init__(self, directory: Path, virtual: bool = True) -> None:
        self.clock = VirtualClock(datetime(2024, 1, 31, 12))
        self.time = SlowTime(self.clock)
        self.port = EmulatedPort(directory, Syncs.AT_END, wait=self.time.wait)
        self.time.slow = lambda: self.port.stick.write_delay_ms > 0
        self.port.insert(MIB)
        worker = self.time.worker if virtual else None
        header, policy, time = RecordHeader(PCMU, 160, 160), SpacePolicy(8 * SECOND), self.clock.system_time
        self.phone = PhoneDrive(self.port, header, policy, time, live=False, worker=worker)
        self.made = self.phone.destination()
        self.made.open(0)

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds * 5)):
            self.clock.advance(TICK)
            now = self.clock.now()
            self.made.write(now, [bytes([1 + (now - 1) // SECOND]) * 160] * 10)
            self.made.advance(now)

    def close(self) -> None:
        self.made.close(self.clock.now(), "record key")

    def wait(self, seconds: float) -> None:
        """Time passes, and no more audio comes."""
        for _ in range(round(seconds * 5)):
            self.clock.advance(TICK)
            self.made.advance(self.clock.now())

    @property
    def behind(self) -> float:
        return self.made.health.behind / SECOND

    @property
    def state(self) -> State:
        return self.made.state


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.phone.close()


def files(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_fast_stick_has_the_same_files_as_one_that_is_used_at_once(tmp_path: Path) -> None:
    for name in ("now", "virtual"):
        rig = Rig(tmp_path / name, virtual=name == "virtual")
        assert isinstance(rig.made, BackgroundDestination) == (name == "virtual")
        rig.pass_time(20)
        assert (rig.state, rig.made.written) == (State.OPEN, 20 * SECOND)
        rig.close()
        assert (rig.state, rig.behind, len(rig.made.parts)) == (State.CLOSED, 0, 3)
        rig.phone.close()
    assert files(tmp_path / "virtual") == files(tmp_path / "now") != {}


def test_s7_a_stall_of_two_seconds_shows_and_loses_nothing(rig: Rig, tmp_path: Path) -> None:
    rig.pass_time(1)
    rig.port.slow(2000)
    rig.pass_time(1.8)
    assert (rig.behind, rig.made.written, rig.state) == (1.6, SECOND, State.OPEN)
    rig.port.slow(0)
    rig.pass_time(0.2)
    assert (rig.behind, rig.made.written) == (0, 3 * SECOND)
    rig.close()
    assert rig.state is State.CLOSED
    assert audio(tmp_path / NAME) == sound(3 * SECOND)


def test_each_write_of_a_slow_stick_takes_its_time(rig: Rig) -> None:
    rig.pass_time(1)
    rig.port.slow(500)
    rig.pass_time(0.6)
    # The write at 1.2 s is done at 1.7 s.
    assert rig.made.written == SECOND
    rig.pass_time(0.2)
    assert rig.made.written == SECOND + TICK


def test_a_slow_stick_that_keeps_up_with_the_call_has_the_same_audio(rig: Rig, tmp_path: Path) -> None:
    rig.port.slow(10)
    rig.pass_time(5)
    rig.close()
    closing = rig.state
    rig.wait(1)
    assert (closing, rig.state) == (State.CLOSING, State.CLOSED)
    assert audio(tmp_path / NAME) == sound(5 * SECOND)


def test_a_stick_that_takes_nothing_for_half_a_minute_is_given_up(rig: Rig, tmp_path: Path) -> None:
    rig.pass_time(1)
    rig.port.slow(31_000)
    rig.pass_time(30)
    assert (rig.state, rig.behind) == (State.OPEN, 29.8)
    rig.pass_time(0.6)
    assert (rig.state, type(rig.made.error)) == (State.FAILED, DriveError)
    assert "has taken nothing for 30 s" in str(rig.made.error)


def test_what_was_given_up_is_let_go_when_the_stick_lets_it(rig: Rig, tmp_path: Path) -> None:
    rig.pass_time(1)
    rig.port.slow(31_000)
    rig.pass_time(31)
    made = rig.made
    assert isinstance(made, BackgroundDestination) and not made.finished
    rig.port.slow(0)
    rig.time.advance()
    assert made.finished
    assert audio(tmp_path / NAME) == sound(SECOND + TICK)


def test_s3_a_stick_that_is_pulled_in_a_stall_ends_the_recording_at_the_next_tick(rig: Rig, tmp_path: Path) -> None:
    rig.pass_time(3)
    rig.port.slow(AN_HOUR_MS)
    rig.pass_time(2)
    rig.port.pull()
    rig.pass_time(0.2)
    assert (rig.state, type(rig.made.error), str(rig.made.error)) == (State.FAILED, DriveGone, "the drive was removed")
    made = rig.made
    assert isinstance(made, BackgroundDestination) and made.finished
    # What waited was never written: a stick that is out takes nothing.
    assert len((tmp_path / NAME).read_bytes()) == 76 + 3 * SECOND


def test_when_the_phone_is_switched_off_a_slow_stick_takes_what_waits(rig: Rig, tmp_path: Path) -> None:
    rig.pass_time(1)
    rig.port.slow(AN_HOUR_MS)
    rig.pass_time(2)
    rig.close()
    rig.phone.close()
    assert rig.state is State.CLOSED
    assert audio(tmp_path / NAME) == sound(3 * SECOND)


def test_the_same_each_time(tmp_path: Path) -> None:
    for name in ("first", "second"):
        rig = Rig(tmp_path / name)
        for delay_ms in (0, 70, 400, 2000, 30):
            rig.port.slow(delay_ms)
            rig.pass_time(4)
        rig.close()
        rig.wait(20)
        assert rig.state is State.CLOSED
        rig.phone.close()
    assert files(tmp_path / "first") == files(tmp_path / "second")
