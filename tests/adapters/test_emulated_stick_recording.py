"""An emulated stick that fails before and during a recording, through the drive of a phone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phone_recorder.adapters import drive_errors
from phone_recorder.adapters.emulated_stick import EmulatedPort
from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly, NoDrive, SyncFailed
from phone_recorder.recording.destination import State
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader
from tests.adapters.stick_rig import MIB, SECOND, TICK, Rig, audio, sound
from tests.adapters.sticks import CUT_SHORT, NAME

REMOVED = "the drive was removed"


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """An emulated stick is gone at once: after an error nobody needs to wait until the kernel has noticed."""
    monkeypatch.setattr(drive_errors, "GRACE_S", 0.0)


@pytest.fixture
def port(tmp_path: Path) -> EmulatedPort:
    made = EmulatedPort(tmp_path)
    made.insert(MIB)
    return made


def test_a_stick_without_faults_takes_a_recording(port: EmulatedPort, tmp_path: Path) -> None:
    rig = Rig(port)
    rig.pass_time(10)
    rig.close()
    assert rig.made.state is State.CLOSED
    assert audio(tmp_path / NAME) == sound(2 * SECOND)
    assert port.stick.free == MIB - HEADER_SIZE - 2 * SECOND


def test_s2_onto_a_full_stick_no_recording_begins(port: EmulatedPort, tmp_path: Path) -> None:
    port.fill(HEADER_SIZE + 159)
    rig = Rig(port)
    assert rig.failed() == (DriveFull, "the drive is full: 235 bytes are free")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("live", [False, True])
def test_s2_a_stick_that_fills_up_in_a_recording_ends_it_to_the_packet(
    port: EmulatedPort, tmp_path: Path, live: bool
) -> None:
    rig = Rig(port, live)
    rig.pass_time(5)
    rig.until(lambda: rig.made.written == SECOND)
    port.fill(1000)
    assert port.stick.free == 1000
    rig.pass_time()
    rig.until(lambda: rig.made.state is State.FAILED)
    assert rig.failed()[0] is DriveFull
    assert audio(tmp_path / NAME) == sound(SECOND + 6 * 160)
    assert port.stick.free is not None
    assert port.stick.free < 160


def test_a_stick_that_is_filled_and_emptied_again_before_the_next_write_goes_on(
    port: EmulatedPort, tmp_path: Path
) -> None:
    rig = Rig(port)
    rig.pass_time(5)
    port.fill(0)
    port.fill(MIB)
    rig.pass_time(5)
    rig.close()
    assert audio(tmp_path / NAME) == sound(2 * SECOND)
    assert port.stick.free == MIB - SECOND


def test_without_a_capacity_it_can_be_filled_in_a_recording_too(tmp_path: Path) -> None:
    port = EmulatedPort(tmp_path)
    port.insert()
    rig = Rig(port)
    rig.pass_time()
    port.fill(0)
    rig.pass_time()
    assert rig.failed()[0] is DriveFull
    assert audio(tmp_path / NAME) == sound(TICK)


def test_s8_onto_a_locked_stick_no_recording_begins(port: EmulatedPort, tmp_path: Path) -> None:
    port.lock(True)
    rig = Rig(port)
    assert rig.failed()[0] is NoDrive
    assert rig.phone.view.news == str(rig.made.error)
    assert "it is write-protected: release its lock" in rig.phone.view.news
    assert list(tmp_path.iterdir()) == []


def test_s8_a_stick_that_is_locked_in_a_recording_ends_it(port: EmulatedPort, tmp_path: Path) -> None:
    rig = Rig(port)
    rig.pass_time(7)
    port.lock(True)
    rig.pass_time()
    assert rig.failed() == (DriveReadOnly, "the drive is write-protected: the file system is read-only")
    safe = audio(tmp_path / NAME)
    assert len(safe) == rig.made.written
    assert safe == sound(len(safe))
    assert 7 * TICK - len(safe) <= SECOND
    port.lock(False)
    assert port.state.news == "the USB drive STICK is ready, 1 recording repaired"
    assert audio(tmp_path / NAME) == sound(7 * TICK)


def test_a_locked_stick_lets_no_recording_be_deleted(port: EmulatedPort, tmp_path: Path) -> None:
    drive = port.state.drive
    assert drive is not None
    (tmp_path / NAME).write_bytes(b"")
    port.lock(True)
    for use in (drive.check, lambda: drive.delete(NAME)):
        with pytest.raises(DriveReadOnly):
            use()
    assert (tmp_path / NAME).exists()


def test_s6_onto_a_stick_that_reports_errors_no_recording_begins(port: EmulatedPort, tmp_path: Path) -> None:
    port.spoil(True)
    rig = Rig(port)
    assert rig.failed()[0] is SyncFailed
    assert list(tmp_path.iterdir()) == []


def test_s6_one_error_is_noted_and_survived(port: EmulatedPort, tmp_path: Path) -> None:
    rig = Rig(port)
    rig.pass_time(3)
    port.spoil(True)
    rig.pass_time()
    port.spoil(False)
    rig.pass_time(6)
    rig.close()
    assert rig.made.state is State.CLOSED
    assert ["the device reports an I/O error" in fault.error for fault in rig.made.health.faults] == [True]
    assert audio(tmp_path / NAME) == sound(2 * SECOND)


def test_s6_a_stick_that_keeps_nothing_any_more_is_given_up(port: EmulatedPort) -> None:
    rig = Rig(port)
    rig.pass_time(3)
    port.spoil(True)
    rig.pass_time(12)
    kind, why = rig.failed()
    assert (kind, "the drive keeps nothing any more" in why) == (DriveError, True)


@pytest.mark.parametrize("live", [False, True])
def test_s3_a_stick_that_is_pulled_ends_the_recording_within_a_second(
    port: EmulatedPort, tmp_path: Path, live: bool
) -> None:
    rig = Rig(port, live)
    rig.until(lambda: rig.made.state is State.OPEN)
    for _ in range(13):
        rig.pass_time()
        rig.until(lambda: rig.made.written == rig.now)
        rig.until(lambda: rig.now - len(audio(tmp_path / NAME)) <= SECOND)
    port.pull()
    rig.pass_time()
    rig.until(lambda: rig.made.state is State.FAILED)
    assert rig.failed() == (DriveGone, REMOVED)
    # As it is in the hand, before anybody repairs it.
    safe = audio(tmp_path / NAME)
    assert len(safe) == rig.made.written
    assert safe == sound(len(safe))
    assert 13 * TICK - len(safe) <= SECOND


def test_s5_of_a_stick_that_was_pulled_nothing_else_is_said(port: EmulatedPort) -> None:
    rig = Rig(port)
    rig.pass_time()
    port.fill(0)
    port.lock(True)
    port.spoil(True)
    port.pull()
    rig.pass_time()
    assert rig.failed() == (DriveGone, REMOVED)


def test_after_the_stick_was_pulled_nothing_is_written_there(port: EmulatedPort, tmp_path: Path) -> None:
    rig = Rig(port)
    rig.pass_time(2)
    before = (tmp_path / NAME).read_bytes()
    port.pull()
    rig.pass_time(2)
    rig.close()
    assert (tmp_path / NAME).read_bytes() == before
    assert Rig(port).failed()[0] is NoDrive


def test_put_in_again_it_is_repaired_and_goes_on_with_the_same_files(port: EmulatedPort, tmp_path: Path) -> None:
    rig = Rig(port)
    rig.pass_time(7)
    port.pull()
    rig.pass_time()
    port.insert(MIB)
    assert port.state.news == "the USB drive STICK is ready, 1 recording repaired"
    assert audio(tmp_path / NAME) == sound(7 * TICK)
    assert port.stick.free == MIB - HEADER_SIZE - 7 * TICK
    again = Rig(port)
    again.pass_time(5)
    again.close()
    assert again.made.state is State.CLOSED
    assert {path.name for path in tmp_path.iterdir()} == {NAME, NAME.replace(".wav", "-2.wav")}


@pytest.mark.parametrize("live", [False, True])
def test_put_in_again_before_its_writer_has_noticed_it_is_repaired_when_that_has_let_go(
    port: EmulatedPort, tmp_path: Path, live: bool
) -> None:
    rig = Rig(port, live)
    rig.pass_time(7)
    rig.until(lambda: rig.made.written == 7 * TICK)
    port.pull()
    port.insert(MIB)
    assert port.state.news == "the USB drive STICK is ready"
    rig.pass_time()
    rig.until(lambda: bool(port.state.repairs))
    assert rig.failed() == (DriveGone, REMOVED)
    assert port.state.news == "the USB drive STICK is ready, 1 recording repaired"
    assert audio(tmp_path / NAME) == sound(7 * TICK)


def test_a_file_that_cannot_be_repaired_is_told_once_however_often_that_is_tried(
    port: EmulatedPort, tmp_path: Path
) -> None:
    rig = Rig(port)
    rig.pass_time(7)
    port.pull()
    too_long = tmp_path / NAME.replace("12", "11", 1)
    too_long.write_bytes(bytes(RecordHeader(PCMU, 160, 160)))
    os.truncate(too_long, 1 << 32)
    port.insert()
    rig.pass_time()
    assert port.state.news == "the USB drive STICK is ready, 1 recording repaired, 1 file cannot be repaired"


def test_when_a_recording_has_ended_the_stick_is_not_repaired_once_more(port: EmulatedPort, tmp_path: Path) -> None:
    rig = Rig(port)
    (tmp_path / NAME.replace("12", "11", 1)).write_bytes(CUT_SHORT)
    rig.pass_time()
    rig.close()
    assert port.state.repairs == ()
