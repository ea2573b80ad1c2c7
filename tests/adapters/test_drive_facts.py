from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_facts import (
    Content,
    Mount,
    mounts,
    number_of,
    probed,
    told_by_blkid,
    udevd_runs,
    unescaped,
)
from tests.adapters.device_mounts import device_mount
from tests.adapters.mounts import remount
from tests.peers import need

DEVICE = f"/dev/phone-recorder-test-{os.getpid()}"


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        ("BACKUP", "BACKUP"),
        (r"A\x20B", "A B"),
        (r"\x1b\x5b2J\x0a", "\x1b[2J\n"),
        (r"\xc3\xa9t\xC3\xA9", "été"),
        ("été", "été"),
        (r"\x5cx41", r"\x41"),
        (r"\x5c\x5cx41", r"\\x41"),
        (r"\xff", "\ufffd"),
        ("end\\", "end\\"),
        ("", ""),
    ],
)
def test_udevs_and_blkids_escapes_are_undone_once(escaped: str, text: str) -> None:
    assert unescaped(escaped) == text


def test_what_blkid_tells() -> None:
    output = (
        b"ID_FS_LABEL=BACK_=_UP\nID_FS_LABEL_ENC=BACK\\x20=\\x20UP\nID_FS_UUID=1234-ABCD\nID_FS_UUID_ENC=1234-ABCD\n"
        b"ID_FS_TYPE=vfat\nID_PART_ENTRY_TYPE=0xc\n"
    )
    assert told_by_blkid(output) == Content("vfat", "BACK = UP", "1234-ABCD", partition_type="0xc")


def test_blkid_tells_of_a_partition_table_or_of_nothing() -> None:
    assert told_by_blkid(b"ID_PART_TABLE_TYPE=gpt\n") == Content(partition_table="gpt")
    assert told_by_blkid(b"") == Content(known=True)
    assert told_by_blkid(b"no such line\n\n\xff") == Content()


LABEL = "A\nB $é\\x1\x1b"


def image(path: Path, *words: str) -> str:
    """An image file of 1 MiB, made by that program."""
    with path.open("wb") as file:
        file.truncate(1 << 20)
    subprocess.run([need(words[0]), *words[1:], str(path)], check=True, capture_output=True)
    return str(path)


@pytest.mark.peer
def test_blkid_itself_is_understood(tmp_path: Path) -> None:
    need("blkid")
    ext4 = image(tmp_path / "ext4", "mke2fs", "-F", "-t", "ext4", "-U", "random", "-L", LABEL)
    found = probed(ext4)
    assert (found.file_system, found.label, len(found.uuid), found.known) == ("ext4", LABEL, 36, True)
    fat = probed(image(tmp_path / "fat", "mkfs.vfat", "-n", "BACKUP", "-i", "1234ABCD"))
    assert (fat.file_system, fat.label, fat.uuid) == ("vfat", "BACKUP", "1234-ABCD")


@pytest.mark.peer
def test_nothing_found_and_nobody_who_could_look_are_two_things(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("blkid")
    empty = image(tmp_path / "empty", "true")
    assert probed(empty) == Content(known=True)
    assert probed(str(tmp_path / "none")) == Content(known=False)
    (tmp_path / "blkid").write_text("#!/bin/sh\nexit 4\n")
    (tmp_path / "blkid").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert probed(empty) == Content(known=False), "as a blkid does that has no such options"


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("17", 17), ("", 0), ("-1", 0), ("1 2", 0), ("\u0663", 0)])
def test_what_is_no_number_is_0(text: str, number: int) -> None:
    assert number_of(text) == number


def test_udevd_runs_while_somebody_listens_at_its_socket(tmp_path: Path) -> None:
    path = str(tmp_path / "control")
    assert not udevd_runs(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as daemon:
        daemon.bind(path)
        assert not udevd_runs(path)
        daemon.listen(0)
        assert udevd_runs(path)
    assert not udevd_runs(path), "what a dead udevd leaves behind does not count"


def test_a_udevd_that_is_busy_is_not_waited_for(tmp_path: Path) -> None:
    path = str(tmp_path / "control")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as daemon:
        daemon.bind(path)
        daemon.listen(0)
        for _ in range(5):  # each takes a place in its queue, and none is ever accepted
            assert udevd_runs(path)


def test_a_mount_is_found_by_its_device(tmp_path: Path) -> None:
    here = tmp_path / "a b"
    with device_mount(DEVICE, here):
        assert mounts()[DEVICE] == [Mount(here, "tmpfs", False)]
        remount(here, "ro")
        assert mounts()[DEVICE] == [Mount(here, "tmpfs", True)]
    assert DEVICE not in mounts()


def test_of_several_mounts_the_writable_ones_come_first(tmp_path: Path) -> None:
    with (
        device_mount(DEVICE, tmp_path / "locked", "size=64k,ro"),
        device_mount(DEVICE, tmp_path / "open"),
        device_mount(DEVICE, tmp_path / "later"),
    ):
        assert [mount.path.name for mount in mounts()[DEVICE]] == ["open", "later", "locked"]


def test_what_lies_under_another_mount_is_nowhere(tmp_path: Path) -> None:
    with device_mount(DEVICE, tmp_path / "stick"), device_mount(f"{DEVICE}-b", tmp_path / "stick"):
        assert DEVICE not in mounts()
        assert [mount.path for mount in mounts()[f"{DEVICE}-b"]] == [tmp_path / "stick"]
    assert not {DEVICE, f"{DEVICE}-b"} & mounts().keys()
