"""The phone's USB port, with drives that a test puts in: directories stand for what is mounted and for sysfs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_port import DirectoryPort, PortPlan
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.adapters.usb_port import UsbPort
from phone_recorder.errors import DriveGone, NoDrive
from tests.adapters.mounts import tmpfs
from tests.adapters.sticks import CUT_SHORT, NAME, Sticks


@pytest.fixture
def sticks(tmp_path: Path) -> Sticks:
    return Sticks(tmp_path)


def port_of(sticks: Sticks, **plan: object) -> UsbPort:
    port = UsbPort(PortPlan(**plan), syncs=Syncs.AT_END, find=sticks.find)  # type: ignore[arg-type]
    port.look()
    return port


def test_without_a_stick_it_says_what_to_do(sticks: Sticks) -> None:
    port = port_of(sticks)
    assert port.state.drive is None
    assert isinstance(port.state.error, NoDrive)
    assert "no USB drive is plugged in" in port.state.news


def test_a_stick_that_comes_is_ready_and_one_that_goes_is_gone(sticks: Sticks) -> None:
    port = port_of(sticks)
    found = sticks.plug("sda1")
    port.look()
    drive = port.state.drive
    assert drive is not None
    assert drive.path == found.mount
    assert port.state.news == "the USB drive SDA1 is ready"
    assert port.state.free == 1 << 20
    sticks.pull(found)
    with pytest.raises(DriveGone, match="the drive was removed"):
        drive.check()
    port.look()
    assert port.state.drive is None


def test_s4_what_is_mounted_when_it_is_opened_must_be_the_stick(sticks: Sticks) -> None:
    stick = sticks.plug("sda1")
    sticks.drives = [replace(stick, number=stick.number + 1)]
    port = port_of(sticks)
    assert port.state.drive is None
    assert isinstance(port.state.error, DriveGone)


def test_s4_where_the_device_number_is_no_help_something_must_be_mounted_there(sticks: Sticks) -> None:
    """The files of a btrfs have a number of their own; its bare mount directory has that of the directory above."""
    stick = sticks.plug("sda1")
    sticks.drives = [replace(stick, number=stick.number + 1, file_system="btrfs")]
    port = port_of(sticks)
    assert isinstance(port.state.error, DriveGone)
    assert stick.mount
    with tmpfs(stick.mount, "size=64k"):
        port.look()
        assert port.state.drive is not None


def test_a_look_that_fails_does_not_lose_the_drive_in_use(sticks: Sticks) -> None:
    sticks.plug("sda1")
    port = port_of(sticks)
    drive = port.state.drive
    sticks.fails = OSError(5, "it vanished")
    port.look()
    sticks.fails = None
    assert port.state.drive is drive
    assert drive is not None
    sticks.drives.clear()
    port.look()
    assert not drive.present()


def test_the_drive_in_use_stays_in_use_when_others_come(sticks: Sticks) -> None:
    second = sticks.plug("sdb1")
    port = port_of(sticks)
    drive = port.state.drive
    sticks.drives.insert(0, replace(sticks.plug("sda1"), sequence=0))
    port.look()
    assert port.state.drive is drive
    sticks.pull(second)
    port.look()
    assert port.state.found is not None
    assert port.state.found.label == "SDA1"


def test_a_stick_pulled_and_plugged_in_again_between_two_looks_is_another(sticks: Sticks) -> None:
    found = sticks.plug("sda1")
    port = port_of(sticks)
    before = port.state.drive
    sticks.pull(found)
    sticks.plug("sda1")
    port.look()
    assert port.state.drive is not before
    assert before is not None
    assert not before.present()
    assert port.state.drive is not None
    assert port.state.drive.present()


@pytest.mark.parametrize("change", [{"mount": None}, {"read_only": True}])
def test_a_drive_that_is_unmounted_or_turns_read_only_is_no_more(sticks: Sticks, change: dict[str, object]) -> None:
    found = sticks.plug("sda1")
    port = port_of(sticks)
    sticks.drives = [replace(found, **change)]  # type: ignore[arg-type]
    port.look()
    assert port.state.drive is None
    assert "SDA1" in str(port.state.error)


def test_an_event_ends_it_too_where_the_kernel_keeps_the_directory_of_what_is_mounted(sticks: Sticks) -> None:
    sticks.plug("sda1")
    port = port_of(sticks)
    drive = port.state.drive
    assert drive is not None
    sticks.drives.clear()
    assert drive.present()
    port.look()
    assert not drive.present()


def test_one_can_be_named(sticks: Sticks) -> None:
    sticks.plug("sda1")
    sticks.plug("sdb1")
    state = port_of(sticks, wanted="serial-sdb1").state
    assert state.found is not None
    assert state.found.device == "/dev/sdb1"


def test_what_is_free_is_told_anew_at_each_look(sticks: Sticks) -> None:
    found = sticks.plug("sda1")
    port = port_of(sticks)
    sticks.drives = [replace(found, free=5)]
    port.look()
    assert port.state.free == 5


def test_files_that_were_cut_short_are_repaired_when_the_drive_comes(sticks: Sticks) -> None:
    found = sticks.plug("sda1")
    assert found.mount
    (found.mount / "calls").mkdir()
    damaged = found.mount / "calls" / NAME
    damaged.write_bytes(CUT_SHORT)
    (found.mount / NAME).write_bytes(CUT_SHORT)
    port = port_of(sticks, folder="calls")
    [done] = port.state.repairs
    assert (done.path, str(done.result)) == (damaged, "mended")
    assert port.state.news == "the USB drive SDA1 is ready, 1 recording repaired"
    assert (found.mount / NAME).read_bytes() == CUT_SHORT
    assert port.state.document()["repairs"] == [{"path": str(damaged), "result": "mended", "why": ""}]
    damaged.write_bytes(CUT_SHORT)
    port.look()
    assert damaged.read_bytes() == CUT_SHORT


def test_what_a_killed_recorder_left_without_a_header_is_removed(sticks: Sticks) -> None:
    found = sticks.plug("sda1")
    assert found.mount
    (found.mount / f".{NAME}").write_bytes(bytes(10))
    (found.mount / ".Record_20240131120001.wav").write_bytes(b"PCMU" + bytes(30))
    (found.mount / ".Record_20240131120002.wav").write_bytes(b"")
    others = {
        ".Record_20240131120003.wav": bytes(77),
        ".Record_20240131120004.wav": b"PC, not ours",
        ".Record_shopping list.wav": b"",
        ".other.wav": b"",
    }
    for name, content in others.items():
        (found.mount / name).write_bytes(content)
    port_of(sticks)
    assert {path.name for path in found.mount.iterdir()} == others.keys()


def test_repair_follows_no_link_and_makes_no_folder(sticks: Sticks, tmp_path: Path) -> None:
    stick, outside = sticks.plug("sda1"), tmp_path / "outside"
    assert stick.mount
    outside.mkdir()
    (outside / NAME).write_bytes(CUT_SHORT)
    (outside / f".{NAME}").write_bytes(b"")
    (stick.mount / NAME).symlink_to(outside / NAME)
    (stick.mount / "calls").symlink_to(outside)
    for folder in ("", "none"):
        assert port_of(sticks, folder=folder).state.repairs == ()
    port = port_of(sticks, folder="calls")
    assert "the folder calls of the drive is not a directory there: name another" in str(port.state.error)
    assert (outside / NAME).read_bytes() == CUT_SHORT
    assert {path.name for path in outside.iterdir()} == {NAME, f".{NAME}"}
    assert {path.name for path in stick.mount.iterdir()} == {NAME, "calls"}


def test_they_are_left_alone_if_that_is_set(sticks: Sticks) -> None:
    found = sticks.plug("sda1")
    assert found.mount
    (found.mount / NAME).write_bytes(CUT_SHORT)
    port = port_of(sticks, repair=False)
    assert port.state.repairs == ()
    assert (found.mount / NAME).read_bytes() == CUT_SHORT


def test_a_drive_that_is_not_what_the_mount_table_says_gives_way_to_the_next(sticks: Sticks) -> None:
    wrong = [replace(drive, number=drive.number + 1) for drive in (sticks.plug("sda1"), sticks.plug("sdb1"))]
    sticks.drives = wrong
    port = port_of(sticks)
    assert isinstance(port.state.error, DriveGone)
    assert "sda1" in str(port.state.error)
    sticks.plug("sdc1")
    port.look()
    assert port.state.found is not None
    assert port.state.found.label == "SDC1"


def test_a_drive_that_stalls_while_it_is_in_use_stays_in_use(sticks: Sticks) -> None:
    stick = sticks.plug("sda1")
    port = port_of(sticks)
    drive = port.state.drive
    sticks.drives = [replace(stick, free=None)]
    port.look()
    assert (port.state.drive, port.state.free) == (drive, 1 << 20)
    assert port_of(sticks).state.drive is None


def test_a_mount_that_is_gone_is_an_error_and_no_crash(sticks: Sticks) -> None:
    found = sticks.plug("sda1")
    assert found.mount
    shutil.rmtree(found.mount)
    port = port_of(sticks)
    assert isinstance(port.state.error, DriveGone)


def test_a_drive_that_cannot_be_mounted_gives_way_to_the_next(sticks: Sticks, tmp_path: Path) -> None:
    bad = replace(sticks.plug("sda1"), mount=None, device=str(tmp_path / "no-such-device"))
    sticks.plug("sdb1")
    sticks.drives[0] = bad
    port = port_of(sticks, automount=tmp_path / "run")
    assert port.state.found is not None
    assert port.state.found.label == "SDB1"
    sticks.drives = [bad]
    port.look()
    assert "cannot be mounted" in str(port.state.error)
    assert list((tmp_path / "run").iterdir()) == []


def test_a_drive_that_could_not_be_mounted_and_has_been_since_is_used(sticks: Sticks, tmp_path: Path) -> None:
    good = sticks.plug("sda1")
    sticks.drives = [replace(good, mount=None, free=None, device=str(tmp_path / "no-such-device"))]
    port = port_of(sticks, automount=tmp_path / "run")
    assert "cannot be mounted" in str(port.state.error)
    sticks.drives = [good]
    port.look()
    assert port.state.drive is not None


@pytest.mark.parametrize(
    ("change", "looks"),
    [({}, 1), ({"label": "NEW"}, 1), ({"uuid": "new"}, 2), ({"file_system": "exfat"}, 2)],
)
def test_a_drive_that_cannot_be_mounted_is_tried_again_when_it_has_been_formatted(
    sticks: Sticks, tmp_path: Path, change: dict[str, str], looks: int
) -> None:
    """Each attempt looks at the drives once more."""
    stick = replace(sticks.plug("sda1"), mount=None, free=None, device=str(tmp_path / "no-such-device"))
    sticks.drives = [stick]
    port = port_of(sticks, automount=tmp_path / "run")
    sticks.drives = [replace(stick, **change)]  # type: ignore[arg-type]
    before = sticks.looks
    port.look()
    assert sticks.looks - before == looks
    assert "cannot be mounted" in str(port.state.error)


def test_a_drive_unmounted_again_is_tried_again(sticks: Sticks, tmp_path: Path) -> None:
    good = sticks.plug("sda1")
    bad = replace(good, mount=None, free=None, device=str(tmp_path / "no-such-device"))
    port = UsbPort(PortPlan(automount=tmp_path / "run"), find=sticks.find)
    looks = []
    for drive in (bad, good, bad):
        sticks.drives = [drive]
        before = sticks.looks
        port.look()
        looks.append(sticks.looks - before)
    assert looks == [2, 1, 2]


def test_a_directory_is_a_port_that_never_changes(tmp_path: Path) -> None:
    state = DirectoryPort(MountedDrive(tmp_path, capacity=1000)).state
    assert (state.free, state.news, state.document()["mount"]) == (1000, "", str(tmp_path))
