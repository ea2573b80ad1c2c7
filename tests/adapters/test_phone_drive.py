from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_port import DirectoryPort, PortState
from phone_recorder.adapters.drive_writer import BackgroundDestination
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.errors import NoDrive
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader

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


def phone_drive(port: Port | DirectoryPort, cover: bool = False, live: bool = False) -> PhoneDrive:
    policy = SpacePolicy(0, 0, cover)
    return PhoneDrive(port, RecordHeader(PCMU, 160, 160), policy, lambda _: datetime(2024, 1, 31, 12), live)


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
    port = Port(PortState(MountedDrive(tmp_path, CAPACITY), free=CAPACITY))
    made = phone_drive(port)
    made.destination().open(0)
    port.state = PortState(MountedDrive(tmp_path), free=76 + 160)
    assert made.view.remaining == 160


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
