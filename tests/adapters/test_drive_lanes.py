from __future__ import annotations

import threading
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_lanes import EXPORTS, DriveLanes
from phone_recorder.adapters.drive_port import PortState
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveError, DriveGone, NoDrive, UsageError


def test_the_drive_is_the_ports_as_long_as_it_is_plugged_in(tmp_path: Path) -> None:
    plugged = [True]
    state = PortState(MountedDrive(tmp_path, present=lambda: plugged[0]))
    lanes = DriveLanes(lambda: state)
    assert lanes.drive.path == tmp_path
    plugged[0] = False
    with pytest.raises(DriveGone, match="was removed"):
        _ = lanes.drive


def test_without_one_it_is_said_why() -> None:
    with pytest.raises(NoDrive, match="no USB drive is plugged in"):
        _ = DriveLanes(PortState).drive
    with pytest.raises(DriveError, match="no file system"):
        _ = DriveLanes(lambda: PortState(error=DriveError("it has no file system"))).drive


def test_one_export_at_a_time_and_another_drive_has_lanes_of_its_own(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    lanes, first, second = DriveLanes(PortState), MountedDrive(tmp_path / "a"), MountedDrive(tmp_path / "b")
    end = threading.Event()
    running = lanes.long(first).put(lambda: end.wait(20))
    try:
        with pytest.raises(UsageError, match=EXPORTS):
            lanes.long(first).put(lambda: None)
        assert lanes.soon(first).wait(lambda: 1) == lanes.long(second).wait(lambda: 1) == 1
    finally:
        end.set()
    assert running.result(20)
