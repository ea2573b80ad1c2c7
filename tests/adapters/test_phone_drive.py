from __future__ import annotations

import errno
import gc
import os
import weakref
from datetime import datetime
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_port import DirectoryPort, PortState
from phone_recorder.adapters.drive_writer import BackgroundDestination
from phone_recorder.adapters.medium import Medium, Refused
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.errors import DriveFull, DriveReadOnly, FolderFull, NoDrive
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.adapters.mounts import remount, tmpfs

SECOND = 8000
CAPACITY = 76 + 100 * 160
FRAMES = [b"\x55" * 160] * 10


class Port:
    """A port whose state a test sets."""

    def __init__(self, state: PortState) -> None:
        self.state = state
        self.closed = False

    def close(self) -> None:
        self.closed = True


NOON = datetime(2024, 1, 31, 12)


def phone_drive(
    port: Port | DirectoryPort, cover: bool = False, live: bool = False, time: datetime = NOON
) -> PhoneDrive:
    policy = SpacePolicy(0, 0, cover)
    return PhoneDrive(port, RecordHeader(PCMU, 160, 160), policy, lambda _: time, live)


def test_without_a_drive_a_recording_fails_with_the_reason() -> None:
    made = phone_drive(Port(PortState(error=NoDrive("no USB drive is plugged in"))))
    destination = made.destination()
    assert (destination.state, str(destination.error)) == (State.FAILED, "no USB drive is plugged in")
    assert made.view == DriveView(False, None, "no USB drive is plugged in")


def test_how_long_it_can_record_is_first_the_port_s_and_then_the_last_recording_s(tmp_path: Path) -> None:
    made = phone_drive(DirectoryPort(MountedDrive(tmp_path, CAPACITY)))
    assert made.view == DriveView(True, 100 * 160)
    destination = made.destination()
    destination.open(0)
    destination.write(0, FRAMES)
    destination.close(SECOND, "record key")
    assert made.view.remaining == (90 * 160 - 76) // 160 * 160


def test_what_a_recording_knew_of_one_drive_is_not_told_of_another(tmp_path: Path) -> None:
    port = Port(PortState(MountedDrive(tmp_path, CAPACITY)))
    made = phone_drive(port)
    made.destination().open(0)
    assert made.view.remaining == (100 * 160 - 76) // 160 * 160
    other = MountedDrive(tmp_path)
    other.last_free = 76 + 160
    port.state = PortState(other)
    assert made.view.remaining == 160


def test_a_recording_that_failed_because_the_drive_is_full_leaves_no_room_to_be_told(tmp_path: Path) -> None:
    """Also where the next one cannot even begin: the figure is the last that is known, not that of the beginning."""
    made = phone_drive(DirectoryPort(MountedDrive(tmp_path, CAPACITY)))
    first = made.destination()
    first.open(0)
    first.write(0, [b"\x55" * 160] * 110)
    assert (first.state, type(first.error)) == (State.FAILED, DriveFull)
    assert (made.view.remaining, made.state.document()["free"]) == (0, 0)
    second = made.destination()
    assert made.view.remaining == 0
    second.open(0)
    assert (second.state, made.view.remaining, made.state.document()["free"]) == (State.FAILED, 0, 0)


def test_of_a_drive_that_has_failed_nothing_is_said_to_be_left(tmp_path: Path) -> None:
    """Beside "write-protected" a time that could still be recorded would be no truth."""
    with tmpfs(tmp_path / "stick", "size=256k") as stick:
        made = phone_drive(DirectoryPort(MountedDrive(stick)))
        assert made.view.remaining is not None
        remount(stick, "ro")
        destination = made.destination()
        destination.open(0)
        assert isinstance(destination.error, DriveReadOnly)
        assert made.view == DriveView(True, None)
        remount(stick, "rw")
        made.destination().open(0)
        assert made.view.remaining is not None


class OneFile(Medium):
    """A folder on it takes one file."""

    def make(self, folder: int) -> None:
        if os.listdir(folder):
            raise Refused(errno.ENOSPC)


def test_where_no_more_files_fit_nothing_is_said_to_be_left_until_one_does(tmp_path: Path) -> None:
    made = phone_drive(DirectoryPort(MountedDrive(tmp_path, 10_000_000, medium=OneFile())))
    (tmp_path / "song.mp3").touch()
    destination = made.destination()
    destination.open(0)
    assert isinstance(destination.error, FolderFull)
    assert (destination.health.remaining, made.view) == (None, DriveView(True, None))
    (tmp_path / "song.mp3").unlink()
    made.destination().open(0)
    assert made.view.remaining is not None


def test_s10_a_clock_that_was_never_set_names_no_file_as_older_than_those_there(tmp_path: Path) -> None:
    (tmp_path / "Record_20240131120000.wav").write_bytes(b"")
    made = phone_drive(DirectoryPort(MountedDrive(tmp_path)), time=datetime(1970, 1, 1, 0, 5))
    for _ in range(2):
        destination = made.destination()
        destination.open(0)
        destination.close(0, "record key")
    assert {path.name for path in tmp_path.iterdir()} == {
        "Record_20240131120000.wav",
        "Record_20240131120000-2.wav",
        "Record_20240131120000-3.wav",
    }


def test_what_a_recording_held_goes_when_it_is_over(tmp_path: Path) -> None:
    made = phone_drive(Port(PortState(MountedDrive(tmp_path))), live=True)
    held = []
    for _ in range(3):
        destination = made.destination()
        assert isinstance(destination, BackgroundDestination)
        destination.open(0)
        destination.close(0, "record key")
        assert destination.finish(10)
        held.append(weakref.ref(destination))
    del destination
    gc.collect()
    assert [reference() is None for reference in held] == [True, True, False]


def test_where_older_recordings_give_way_nothing_is_told(tmp_path: Path) -> None:
    assert phone_drive(DirectoryPort(MountedDrive(tmp_path, CAPACITY)), cover=True).view.remaining is None


@pytest.mark.parametrize("live", [True, False])
def test_live_it_is_written_by_a_thread_which_is_waited_for(tmp_path: Path, live: bool) -> None:
    port = Port(PortState(MountedDrive(tmp_path)))
    made = phone_drive(port, live=live)
    destination = made.destination()
    assert isinstance(destination, BackgroundDestination) == live
    destination.open(0)
    destination.write(0, FRAMES)
    destination.close(SECOND, "record key")
    made.close()
    assert (destination.state, destination.written, port.closed) == (State.CLOSED, 1600, True)
    assert (tmp_path / "Record_20240131120000.wav").stat().st_size == 76 + 1600


def test_each_file_of_a_live_recording_is_told_of_before_its_audio_is_in_it(tmp_path: Path) -> None:
    found: list[list[int]] = []

    def part_begun() -> None:
        found.append(sorted(path.stat().st_size for path in tmp_path.iterdir()))

    port = DirectoryPort(MountedDrive(tmp_path))
    made = PhoneDrive(port, RecordHeader(PCMU, 160, 160), SpacePolicy(0), lambda _: NOON, True, part_begun)
    for _ in range(2):
        destination = made.destination()
        destination.open(0)
        destination.write(0, FRAMES)
        destination.close(SECOND, "record key")
        assert isinstance(destination, BackgroundDestination) and destination.finish(20)
    made.close()
    assert found == [[76], [76, 76 + 1600]]
