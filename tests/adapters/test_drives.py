from __future__ import annotations

import re
from typing import Any

import pytest

from phone_recorder.adapters.drives import FoundDrive, choose
from phone_recorder.errors import NoDrive
from tests.adapters.found import found, not_mounted

PROBLEMS: dict[str, tuple[dict[str, Any], str]] = {
    "no card": ({"size": 0, "file_system": ""}, "there is no card in the reader: put one in"),
    "no partition": (
        {"file_system": "", "partition_table": "dos"},
        "there is no partition in its partition table: make one and format it with FAT32 or exFAT",
    ),
    "no file system": ({"file_system": ""}, "there is no file system on it: format it with FAT32 or exFAT"),
    "LUKS": ({"file_system": "crypto_LUKS"}, "it is encrypted: format it with FAT32 or exFAT"),
    "LVM": ({"file_system": "LVM2_member"}, "it is a part of an LVM volume: format it with FAT32 or exFAT"),
    "swap": ({"file_system": "swap"}, "it is swap space: format it with FAT32 or exFAT"),
    "CD": ({"file_system": "iso9660"}, "it is the image of a CD, which cannot be written to: format it"),
    "EFI": (
        {"partition_type": "c12a7328-f81f-11d2-ba4b-00c04fd430c8"},
        "it is a partition for starting computers: use another partition",
    ),
    "locked": ({"read_only": True}, "it is write-protected: release its lock, or mount it for writing"),
}
"""EDGE-CASES S8: what is wrong with a stick, mounted or not, to what a person is told."""


@pytest.mark.parametrize(("facts", "problem"), PROBLEMS.values(), ids=PROBLEMS)
def test_s8_what_mounting_does_not_help_is_said_before_it_is_mounted(facts: dict[str, Any], problem: str) -> None:
    drive = not_mounted(**facts)
    assert drive.problem.startswith(problem)
    assert not drive.mountable


def test_a_drive_that_is_mounted_with_room_has_no_problem() -> None:
    assert found().problem == ""
    assert not found().mountable


def test_a_full_drive_is_a_drive() -> None:
    assert found(free=0).problem == ""


@pytest.mark.parametrize(
    ("drive", "problem"),
    [
        (not_mounted(), "it is not mounted: mount it"),
        (not_mounted(known=False, file_system=""), "without udev only root can tell what is on it: mount it"),
    ],
)
def test_s8_all_that_is_wrong_is_that_it_is_not_mounted(drive: FoundDrive, problem: str) -> None:
    assert drive.problem.endswith(problem)
    assert drive.mountable


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"free": None}, "it does not answer: pull it out and plug it in again"),
        ({"read_only": True}, "it is write-protected: "),
        ({"permitted": False}, "this user may not write to it: "),
        ({"permitted": False, "free": None}, "this user may not write to it"),
        ({"permitted": False, "read_only": True}, "it is write-protected"),
    ],
)
def test_a_mounted_drive_may_still_not_be_usable(facts: dict[str, Any], problem: str) -> None:
    drive = found(**facts)
    assert drive.problem.startswith(problem)
    assert not drive.mountable


def test_who_has_mounted_an_efi_partition_wants_it() -> None:
    assert found(partition_type="0xef").problem == ""
    assert not_mounted(partition_type="0xef").problem != ""


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({}, "BACKUP"),
        ({"label": ""}, "Ultra Fit"),
        ({"label": "", "model": ""}, "/dev/sda1"),
        ({"label": "a\x1b[2Jb\nc"}, "a\ufffd[2Jb\ufffdc"),
    ],
)
def test_a_name_for_people_is_safe_to_show(facts: dict[str, Any], name: str) -> None:
    assert found(**facts).name == name


FIRST = found()
SECOND = found(device="/dev/sda2", label="MUSIC", uuid="5678-ABCD", partition=2)
OTHER = found(device="/dev/sdb", label="", model="Cruzer", serial="AA11", uuid="9999-0000", sequence=8, partition=0)


def test_s8_the_first_that_can_be_used_is_used() -> None:
    assert choose([FIRST, SECOND, OTHER]) is FIRST
    assert choose([found(read_only=True), not_mounted(), OTHER]) is OTHER


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("MUSIC", SECOND),
        ("music", SECOND),
        ("AA11", OTHER),
        ("9999-0000", OTHER),
        ("/dev/sdb", OTHER),
        ("4C530001", FIRST),
    ],
)
def test_s8_a_drive_is_named_by_label_serial_uuid_or_device(wanted: str, chosen: FoundDrive) -> None:
    assert choose([FIRST, SECOND, OTHER], wanted) is chosen


def test_s8_of_two_drives_of_one_name_the_first_that_can_be_used_is_used() -> None:
    locked = found(read_only=True)
    assert choose([locked, FIRST], "BACKUP") is FIRST
    assert choose([FIRST, locked], "BACKUP") is FIRST


def test_only_with_automount_one_is_chosen_that_is_not_mounted() -> None:
    drive = not_mounted()
    assert choose([drive], automount=True) is drive
    assert choose([drive, FIRST], automount=True) is drive
    assert choose([drive, FIRST]) is FIRST
    with pytest.raises(NoDrive, match="it is not mounted"):
        choose([drive])


def test_automount_does_not_choose_what_mounting_does_not_help() -> None:
    with pytest.raises(NoDrive, match="it is swap space"):
        choose([not_mounted(file_system="swap")], automount=True)


@pytest.mark.parametrize(
    ("drives", "wanted", "sentence"),
    [
        ([], "", "no USB drive is plugged in: plug in one formatted with FAT32 or exFAT"),
        ([], "BACKUP", "no USB drive is plugged in: plug in BACKUP"),
        (
            [FIRST, OTHER],
            "X\n",
            "there is no USB drive called X\ufffd: plugged in: BACKUP (/dev/sda1) and Cruzer (/dev/sdb)",
        ),
        (
            [found(read_only=True)],
            "",
            "the USB drive BACKUP (/dev/sda1) cannot be used: it is write-protected: release its lock, or mount it for "
            "writing",
        ),
        (
            [FIRST, not_mounted(device="/dev/sdb", label="", model="")],
            "/dev/sdb",
            "the USB drive /dev/sdb cannot be used: it is not mounted: mount it",
        ),
        (
            [not_mounted(), not_mounted(device="/dev/sdb", file_system="swap")],
            "",
            "none of the USB drives can be used: BACKUP (/dev/sda1): it is not mounted: mount it; BACKUP (/dev/sdb): "
            "it is swap space: format it with FAT32 or exFAT",
        ),
    ],
)
def test_where_none_can_be_used_one_sentence_says_what_there_is(
    drives: list[FoundDrive], wanted: str, sentence: str
) -> None:
    with pytest.raises(NoDrive, match=f"^{re.escape(sentence)}$"):
        choose(drives, wanted)


def test_an_empty_name_of_a_stick_is_not_what_somebody_wants() -> None:
    with pytest.raises(NoDrive, match="there is no USB drive called nobody"):
        choose([OTHER], "nobody")
    assert choose([OTHER], "") is OTHER
