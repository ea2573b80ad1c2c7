"""A recording that is exported on its drive: by the drive's leave, within its room, and nowhere else."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_export import write_beside
from phone_recorder.adapters.emulated_stick import EmulatedPort
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_convert import export_record
from phone_recorder.errors import (
    DriveError,
    DriveFull,
    DriveGone,
    DriveReadOnly,
    RecordFileError,
    SyncFailed,
    UsageError,
)
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.record_bytes import record, rtp, speech

NAME, WAV = "Record_20260101120000.wav", "Record_20260101120000-audio.wav"
PARTIAL = f".{WAV}.partial"
SECONDS = 300
WAV_SIZE = 44 + 16_000 * SECONDS
"""Longer than what is synced at a time."""
LONG = record(speech(8000) * SECONDS, rtp_len=160, increment=160)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / NAME).write_bytes(LONG)
    return stick


def exported(drive: MountedDrive) -> Path:
    return write_beside(drive, drive.directory / NAME)


def drive_in(port: EmulatedPort) -> MountedDrive:
    assert port.state.drive is not None
    return port.state.drive


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


IN_RTP = record(b"".join(rtp(n, speech(160)) for n in range(50)), rtp_len=172, increment=160)
RECORDS = {
    "long": LONG,
    "in RTP": IN_RTP,
    "cut short": record(speech(8000), rtp_len=160, increment=160, data_size=9000),
    "of a whole number of pieces": record(speech(2 * 131_072), rtp_len=160, increment=160),
    "empty": record(b"", rtp_len=160, increment=160),
    "wide": record(speech(8000), b"G722", rtp_len=160, increment=160),
}


@pytest.mark.parametrize("data", RECORDS.values(), ids=RECORDS)
def test_it_is_the_file_that_the_command_line_exports(stick: Path, tmp_path: Path, data: bytes) -> None:
    (stick / NAME).write_bytes(data)
    export_record(stick / NAME, tmp_path / "expected.wav")
    target = exported(MountedDrive(stick))
    assert target == stick / WAV
    assert target.read_bytes() == (tmp_path / "expected.wav").read_bytes()
    assert names_in(stick) == [WAV, NAME]


def test_what_has_no_audio_is_refused(stick: Path) -> None:
    (stick / NAME).write_bytes(b"no header at all")
    with pytest.raises(RecordFileError, match=r"cannot play .*Record_20260101120000\.wav"):
        exported(MountedDrive(stick))
    assert names_in(stick) == [NAME]


def test_it_may_fill_the_drive_to_the_byte(stick: Path) -> None:
    record_size = (stick / NAME).stat().st_size
    drive = MountedDrive(stick, capacity=record_size + WAV_SIZE)
    exported(drive)
    assert (drive.last_free, (stick / WAV).stat().st_size) == (0, WAV_SIZE)


@pytest.mark.parametrize("left", [0, WAV_SIZE - 1])
def test_without_room_nothing_is_begun(stick: Path, left: int) -> None:
    (stick / WAV).write_bytes(b"an earlier one")
    (stick / PARTIAL).write_bytes(b"left behind")
    port = EmulatedPort(stick)
    port.insert()
    port.fill(left)
    with pytest.raises(DriveFull, match="the drive is full: there is no space left"):
        exported(drive_in(port))
    assert (stick / WAV).read_bytes() == b"an earlier one"
    assert (stick / PARTIAL).read_bytes() == b"left behind"


def test_room_that_others_take_meanwhile_is_missed(stick: Path) -> None:
    drives = list[MountedDrive]()
    port = slow_port(stick, 3, lambda: drives[0].leave(10))
    drives.append(drive_in(port))
    with pytest.raises(DriveFull, match="the drive is full"):
        exported(drives[0])
    assert names_in(stick) == [NAME]


def test_what_it_takes_is_missing_for_a_recording_that_runs(stick: Path) -> None:
    drive = MountedDrive(stick, capacity=100 << 20)
    header = bytes(RecordHeader(PCMU, 160, 160))
    part = drive.create(iter(["Record_20260103120000.wav"]), header)
    free = drive.free()
    exported(drive)
    assert drive.last_free == free - WAV_SIZE
    part.close()


def slow_port(stick: Path, waits: int, happens: Callable[[], None]) -> EmulatedPort:
    """A stick on which something happens after so many writes and syncs."""
    counted = iter(range(1, 10_000))

    def wait(_event: threading.Event, _seconds: float) -> bool:
        if next(counted) == waits:
            happens()
        return True

    port = EmulatedPort(stick, wait=wait)
    port.insert(100 << 20)
    port.slow(1)
    return port


WAITS = 29
"""So many writes and syncs are in an export of the stick's recording; the last one is after the file has its name."""


@pytest.mark.parametrize("waits", range(1, WAITS))
def test_a_stick_that_is_pulled_in_the_middle_gets_no_file(stick: Path, waits: int) -> None:
    ports = list[EmulatedPort]()
    port = slow_port(stick, waits, lambda: ports[0].pull())
    ports.append(port)
    drive = drive_in(port)
    with pytest.raises(DriveGone, match="the drive was removed"):
        exported(drive)
    assert names_in(stick) == [NAME]


@pytest.mark.parametrize(("waits", "pulled"), [(WAITS, True), (WAITS + 1, False)])
def test_a_stick_that_is_pulled_at_the_very_end_has_a_whole_file(stick: Path, waits: int, pulled: bool) -> None:
    ports = list[EmulatedPort]()
    port = slow_port(stick, waits, lambda: ports[0].pull())
    ports.append(port)
    drive = drive_in(port)
    with pytest.raises(DriveGone, match="the drive was removed") if pulled else nullcontext():
        exported(drive)
    assert (stick / WAV).stat().st_size == WAV_SIZE
    assert names_in(stick) == [WAV, NAME]


def test_a_stick_that_was_pulled_gets_no_file(stick: Path) -> None:
    port = EmulatedPort(stick)
    port.insert()
    drive = drive_in(port)
    port.pull()
    with pytest.raises(DriveGone, match="the drive was removed"):
        exported(drive)
    assert names_in(stick) == [NAME]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(lambda port: port.lock(True), DriveReadOnly), (lambda port: port.spoil(True), SyncFailed)],
    ids=["locked", "bad"],
)
def test_a_stick_that_refuses_gets_no_file(
    stick: Path, fault: Callable[[EmulatedPort], None], kind: type[DriveError]
) -> None:
    port = EmulatedPort(stick)
    port.insert()
    drive = drive_in(port)
    fault(port)
    with pytest.raises(kind):
        exported(drive)
    assert names_in(stick) == [NAME]


def test_s4_another_directory_in_its_place_gets_no_file(stick: Path, tmp_path: Path) -> None:
    drive = MountedDrive(stick)
    stick.rename(tmp_path / "pulled out")
    stick.mkdir()
    (stick / NAME).write_bytes((tmp_path / "pulled out" / NAME).read_bytes())
    with pytest.raises(DriveGone, match="is not the one that was there before"):
        exported(drive)
    assert names_in(stick) == names_in(tmp_path / "pulled out") == [NAME]


@pytest.mark.parametrize("name", [PARTIAL, f".{PARTIAL}", WAV])
def test_a_link_on_the_stick_leads_no_export_out_of_it(stick: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    (stick / name).symlink_to(tmp_path / "mine")
    target = exported(MountedDrive(stick))
    assert (tmp_path / "mine").read_bytes() == b"mine"
    assert not target.is_symlink() and target.stat().st_size == WAV_SIZE
    assert names_in(stick) == [WAV, NAME]


def test_a_recording_that_has_become_a_link_is_not_read(stick: Path, tmp_path: Path) -> None:
    (stick / NAME).rename(tmp_path / "private")
    (stick / NAME).symlink_to(tmp_path / "private")
    with pytest.raises(UsageError, match="it is a symbolic link"):
        exported(MountedDrive(stick))
    assert names_in(stick) == [NAME]


@pytest.mark.parametrize("name", [PARTIAL, f".{PARTIAL}"])
def test_what_one_that_was_killed_has_left_is_removed(stick: Path, name: str) -> None:
    (stick / name).write_bytes(bytes(100))
    assert exported(MountedDrive(stick)).stat().st_size == WAV_SIZE
    assert names_in(stick) == [WAV, NAME]


def test_one_that_is_being_exported_already_is_left_to_that(stick: Path) -> None:
    with (stick / PARTIAL).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="it is being exported already"):
            exported(MountedDrive(stick))
    assert names_in(stick) == sorted([PARTIAL, NAME])


def test_a_directory_is_not_replaced(stick: Path) -> None:
    (stick / WAV).mkdir()
    with pytest.raises(DriveError, match="it is a directory, not a file"):
        exported(MountedDrive(stick))
    assert names_in(stick) == [WAV, NAME]
