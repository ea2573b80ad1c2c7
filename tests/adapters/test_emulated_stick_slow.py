"""EDGE-CASES S3, S7: an emulated stick that is slow, and a recording that its writer's thread writes there."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_writer import SLOW
from phone_recorder.adapters.emulated_stick import EmulatedPort
from phone_recorder.errors import DriveGone
from phone_recorder.recording.destination import State
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader
from tests.adapters.stick_rig import DEADLINE_S, MIB, SECOND, Rig, audio, sound
from tests.adapters.sticks import NAME

AN_HOUR_MS = 3_600_000


class Waits:
    """Stands in for the waiting."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, event: threading.Event, seconds: float) -> bool:
        self.seconds.append(seconds)
        return event.is_set()


def test_s7_each_write_and_each_sync_of_a_slow_stick_takes_so_much_longer(tmp_path: Path) -> None:
    waits = Waits()
    port = EmulatedPort(tmp_path, wait=waits)
    port.insert()
    port.slow(250)
    drive = port.state.drive
    assert drive is not None
    header = bytes(RecordHeader(PCMU, 160, 160))
    times = []

    def count() -> None:
        assert set(waits.seconds) == {0.25}
        times.append(len(waits.seconds))
        waits.seconds.clear()

    part = drive.create(iter([NAME]), header)
    count()
    part.append(bytes(160))
    count()
    part.checkpoint(header)
    count()
    part.seal(header, HEADER_SIZE)
    count()
    part.close()
    # The header, its sync and its name's; audio; its sync, the header and its sync; and the same once more.
    assert times == [3, 1, 3, 3]


class Begun:
    """Waits, and tells that it has begun to."""

    def __init__(self) -> None:
        self.begun = threading.Event()

    def __call__(self, event: threading.Event, seconds: float) -> bool:
        self.begun.set()
        return event.wait(seconds)


@pytest.fixture
def begun() -> Begun:
    return Begun()


@pytest.fixture
def port(tmp_path: Path, begun: Begun) -> EmulatedPort:
    made = EmulatedPort(tmp_path, wait=begun)
    made.insert(MIB)
    return made


@pytest.fixture
def slow(port: EmulatedPort, begun: Begun) -> Rig:
    """A recording of a second whose writer hangs, for an hour, in the write that follows."""
    rig = Rig(port, live=True)
    rig.pass_time(5)
    rig.until(lambda: rig.made.written == SECOND)
    port.slow(AN_HOUR_MS)
    rig.pass_time(15)
    assert begun.begun.wait(DEADLINE_S)
    assert rig.made.health.behind > SLOW
    assert rig.made.state is State.OPEN
    return rig


def test_s7_what_a_slow_stick_has_not_taken_waits_until_it_is_slow_no_more(
    slow: Rig, port: EmulatedPort, tmp_path: Path
) -> None:
    assert slow.made.written == SECOND
    port.slow(0)
    slow.until(lambda: slow.made.written == 4 * SECOND)
    slow.close()
    assert slow.background.finish(DEADLINE_S)
    assert slow.made.state is State.CLOSED
    assert audio(tmp_path / NAME) == sound(4 * SECOND)


def test_s3_a_slow_stick_that_is_pulled_lets_its_writer_go(slow: Rig, port: EmulatedPort, tmp_path: Path) -> None:
    port.pull()
    slow.pass_time()
    assert slow.failed() == (DriveGone, "the drive was removed")
    assert slow.background.finish(DEADLINE_S)
    assert SECOND - len(audio(tmp_path / NAME)) <= SECOND


def test_when_the_port_is_closed_a_slow_stick_takes_what_waits(slow: Rig, port: EmulatedPort, tmp_path: Path) -> None:
    slow.close()
    port.close()
    assert slow.background.finish(DEADLINE_S)
    assert slow.made.state is State.CLOSED
    assert audio(tmp_path / NAME) == sound(4 * SECOND)
