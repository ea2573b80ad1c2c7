from __future__ import annotations

import fcntl
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from phone_recorder.adapters.automount import Automount
from phone_recorder.adapters.drives import FoundDrive
from phone_recorder.errors import DriveError
from tests.adapters.device_mounts import device_mount
from tests.adapters.found import not_mounted

NAME = f"phone-recorder-test-{os.getpid()}"
DEVICE = f"/dev/{NAME}"


def tmpfs_stick(**facts: Any) -> FoundDrive:
    """A stick whose file system needs no device: `mount` takes it, and the mount table names its device."""
    return not_mounted(**{"device": DEVICE, "file_system": "tmpfs", **facts})


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Path]:
    """Where to mount; the test is skipped where nothing may be mounted."""
    with device_mount(DEVICE, tmp_path / "probe"):
        pass
    yield tmp_path / "media"
    for place in places(tmp_path):
        os.system(f"umount -l '{place}'")


def places(below: Path) -> set[Path]:
    return {
        Path(entry.mountpoint)
        for entry in psutil.disk_partitions(all=True)
        if Path(entry.mountpoint).is_relative_to(below)
    }


def options(place: Path) -> set[str]:
    [found] = [entry.opts for entry in psutil.disk_partitions(all=True) if entry.mountpoint == str(place)]
    return set(found.split(","))


def test_it_is_mounted_below_base_in_a_directory_private_to_root(base: Path) -> None:
    automount = Automount(base)
    place = automount.mount(tmpfs_stick())
    assert place == base / NAME
    assert places(base) == {place}
    assert stat.S_IMODE(base.stat().st_mode) == 0o700
    automount.close()
    assert places(base) == set()
    assert list(base.iterdir()) == []


def test_the_bare_directory_is_private_to_root_too(base: Path) -> None:
    base.mkdir()
    (base / NAME).mkdir(mode=0o755)
    place = Automount(base).mount(tmpfs_stick())
    os.system(f"umount '{place}'")
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_a_strangers_stick_brings_no_programs_devices_or_links(base: Path) -> None:
    place = Automount(base).mount(tmpfs_stick())
    assert options(place) >= {"rw", "nosuid", "nodev", "noexec", "noatime"}
    (place / "link").symlink_to("/etc/hostname")
    if "nosymfollow" in options(place):  # the machine's mount and kernel know it
        with pytest.raises(OSError, match="symbolic links"):
            (place / "link").read_text()


def test_where_a_mount_is_in_the_way_another_name_is_taken_and_it_is_left_alone(base: Path) -> None:
    base.mkdir()
    with device_mount(DEVICE, base / NAME) as others:
        (others / "file").write_text("theirs")
        automount = Automount(base)
        place = automount.mount(tmpfs_stick())
        assert place == base / f"{NAME}-2"
        automount.tidy([])
        automount.close()
        assert places(base) == {others}
        assert (others / "file").read_text() == "theirs"


def test_where_files_are_in_the_way_another_name_is_taken(base: Path) -> None:
    (base / NAME).mkdir(parents=True)
    (base / NAME / "file").write_text("somebody's")
    assert Automount(base).mount(tmpfs_stick()) == base / f"{NAME}-2"
    assert (base / NAME / "file").read_text() == "somebody's"


def test_the_mount_of_a_stick_that_has_gone_is_cleared_away_although_a_file_is_open(base: Path) -> None:
    automount = Automount(base)
    gone = tmpfs_stick()
    here = tmpfs_stick(device=f"{DEVICE}-b", sys_path="/sys/devices/other", sequence=8)
    places_ = [automount.mount(gone), automount.mount(here)]
    with (places_[0] / "file").open("w"):
        automount.tidy([gone, here])
        assert places(base) == set(places_)
        automount.tidy([here])
        assert places(base) == {places_[1]}
        assert not places_[0].exists()
    automount.close()
    assert places(base) == set()


def test_a_stick_that_was_plugged_again_is_another_one(base: Path) -> None:
    automount = Automount(base)
    automount.mount(tmpfs_stick(sequence=7))
    automount.tidy([tmpfs_stick(sequence=8)])
    assert places(base) == set()


def test_what_others_have_unmounted_is_forgotten(base: Path) -> None:
    automount = Automount(base)
    stick = tmpfs_stick()
    place = automount.mount(stick)
    os.system(f"umount '{place}'")
    automount.tidy([stick])
    assert not place.exists()
    assert automount.mount(stick) == place
    os.system(f"umount '{place}'")
    (place / "file").write_text("written after the unmount")
    automount.tidy([stick])
    automount.close()
    assert (place / "file").read_text() == "written after the unmount"


def test_at_the_end_what_is_in_use_is_left_to_those_who_use_it(base: Path) -> None:
    """Another recorder, which has found the drive mounted."""
    automount = Automount(base)
    place = automount.mount(tmpfs_stick())
    with (place / "file").open("w"):
        automount.close()
    assert places(base) == {place}
    assert (place / "file").exists()


def test_a_directory_that_another_has_just_made_is_not_taken_from_it(base: Path) -> None:
    """It holds the lock from making the directory until something is mounted there."""
    base.mkdir()
    other = os.open(base, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    (base / NAME).mkdir()
    made: list[Path] = []
    second = threading.Thread(target=lambda: made.append(Automount(base).mount(tmpfs_stick())))
    second.start()
    second.join(0.2)
    assert made == []
    with device_mount(f"{DEVICE}-other", base / NAME):
        os.close(other)
        second.join(20)
        assert made == [base / f"{NAME}-2"]


def test_why_it_cannot_be_mounted_is_told_in_a_clause_and_nothing_is_left(base: Path) -> None:
    with pytest.raises(DriveError, match=r"^the USB drive BACKUP \(/dev/.*\) cannot be mounted: .*[^.]$") as caught:
        Automount(base).mount(tmpfs_stick(file_system="ext4"))
    # The second is what mount of Debian 13 says.
    assert any(words in str(caught.value) for words in ("does not exist", "lookup blockdev"))
    assert str(base) not in str(caught.value)
    assert list(base.iterdir()) == []


def test_a_base_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        DriveError, match=r"cannot be mounted: no directory can be made below .*file/x: Not a directory"
    ):
        Automount(tmp_path / "file" / "x").mount(tmpfs_stick())


def test_without_the_program_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DriveError, match="cannot be mounted: the program mount is missing"):
        Automount(tmp_path).mount(tmpfs_stick())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may mount")
def test_who_is_not_root_is_told(tmp_path: Path) -> None:
    with pytest.raises(DriveError, match="cannot be mounted: "):
        Automount(tmp_path).mount(tmpfs_stick())
