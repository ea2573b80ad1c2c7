"""Sticks plugged in and pulled out, in a testbed: run by test_usb_umockdev.py, in a process that umockdev is in."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from phone_recorder.adapters import drives
from phone_recorder.adapters.drive_watch import DriveWatch, changes
from phone_recorder.adapters.drives import FoundDrive, choose, find_drives
from phone_recorder.cli.main import cli
from tests.adapters.device_mounts import device_mount
from tests.system.umockdev import PART, Testbed, new_testbed

REPLUGS = 50
DEADLINE_S = 20.0


@pytest.fixture(autouse=True)
def without_udevd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the machine has a udevd is no matter: it does not know these sticks."""
    monkeypatch.setattr(drives, "udevd_runs", lambda: False)


@pytest.fixture
def bed() -> Iterator[Testbed]:
    with new_testbed() as bed:
        yield bed


@pytest.fixture
def watch(bed: Testbed) -> Iterator[DriveWatch]:
    with DriveWatch(["kernel"]) as watch:
        yield watch


def seen(watch: DriveWatch, number: int) -> list[FoundDrive]:
    """The drives, looked at after each event until there are that many."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        assert watch.wait(DEADLINE_S), "no event"
        found = find_drives()
        if len(found) == number:
            return found
    pytest.fail(f"there never were {number} drives")


def only() -> FoundDrive:
    [drive] = find_drives()
    return drive


def test_nothing_is_plugged_in(bed: Testbed) -> None:
    assert find_drives() == []


def test_a_stick_is_plugged_in_and_pulled_out(bed: Testbed, watch: DriveWatch) -> None:
    bed.plug("sda", {"ID_MODEL_ENC": r"Cruzer\x20Blade\x20\x20", "ID_SERIAL_SHORT": "AA11"}, {1: PART}, sequence=9)
    [drive] = seen(watch, 1)
    assert drive == FoundDrive(
        device="/dev/sda1",
        sys_path="/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/host0/block/sda/sda1",
        number=0x801,
        sequence=9,
        partition=1,
        model="Cruzer Blade",
        label="BACKUP",
        serial="AA11",
        uuid="1234-ABCD",
        file_system="vfat",
        size=1 << 30,
        mount=None,
        read_only=False,
        free=None,
        partition_type="0xc",
    )
    assert Path(drive.sys_path).exists()
    assert drive.mountable

    bed.unplug("sda")
    seen(watch, 0)
    assert not Path(drive.sys_path).exists()


def test_what_udev_does_not_say_the_usb_device_says(bed: Testbed) -> None:
    bed.plug("sda", {}, {1: PART})
    assert (only().model, only().serial) == ("Ultra Fit", "4C530001")


def test_s8_no_partition_table(bed: Testbed) -> None:
    bed.plug("sda", PART, size=1 << 34)
    assert (only().device, only().partition, only().size, only().label) == ("/dev/sda", 0, 1 << 34, "BACKUP")
    assert only().mountable


def test_s8_two_sticks_in_the_order_of_plugging(bed: Testbed, watch: DriveWatch) -> None:
    bed.plug("sdb", {}, {1: PART}, sequence=3)
    seen(watch, 1)
    bed.plug("sda", {}, {1: PART}, sequence=4)
    assert [drive.device for drive in seen(watch, 2)] == ["/dev/sdb1", "/dev/sda1"]
    assert choose(find_drives(), automount=True).device == "/dev/sdb1"
    assert choose(find_drives(), "4C530001", automount=True).device == "/dev/sda1"

    bed.unplug("sdb")
    assert [drive.device for drive in seen(watch, 1)] == ["/dev/sda1"]


def test_where_the_kernel_counts_no_disks_the_names_tell_the_order(bed: Testbed) -> None:
    for name in ("sdc", "sda", "sdb"):
        bed.plug(name, {}, {1: PART}, sequence=0)
    assert [drive.device for drive in find_drives()] == ["/dev/sda1", "/dev/sdb1", "/dev/sdc1"]


def test_sdb_was_plugged_in_before_sdaa(bed: Testbed) -> None:
    for name in ("sdaa", "sdb"):
        bed.plug(name, {}, {1: PART}, sequence=0)
    assert [drive.device for drive in find_drives()] == ["/dev/sdb1", "/dev/sdaa1"]


def test_what_udevd_has_not_looked_at_is_still_to_come(bed: Testbed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives, "udevd_runs", lambda: True)
    bed.plug("sda", {}, {1: PART})
    bed.plug("sdb", PART)
    assert find_drives() == []


def test_s8_two_partitions_by_number(bed: Testbed) -> None:
    music = {**PART, "ID_FS_LABEL_ENC": "MUSIC", "ID_FS_UUID_ENC": "5678"}
    bed.plug("sda", {"ID_PART_TABLE_TYPE": "dos"}, {2: music, 1: PART, 10: {**PART, "ID_FS_LABEL_ENC": "TEN"}})
    assert [drive.label for drive in find_drives()] == ["BACKUP", "MUSIC", "TEN"]
    assert choose(find_drives(), "MUSIC", automount=True).device == "/dev/sda2"


def test_s8_a_partition_that_holds_others_is_none_itself(bed: Testbed) -> None:
    bed.plug("sda", {}, {1: {"ID_PART_ENTRY_TYPE": "0xf"}, 2: {"SIZE": "1024"}, 5: PART})
    assert [drive.device for drive in find_drives()] == ["/dev/sda5"]


def test_s8_the_partition_for_starting_computers_is_not_the_first(bed: Testbed) -> None:
    efi = {**PART, "ID_FS_LABEL_ENC": "EFI", "ID_PART_ENTRY_TYPE": "c12a7328-f81f-11d2-ba4b-00c04fd430c8"}
    bed.plug("sda", {"ID_PART_TABLE_TYPE": "gpt"}, {1: efi, 2: PART})
    assert choose(find_drives(), automount=True).label == "BACKUP"


def test_s8_no_file_system(bed: Testbed) -> None:
    bed.plug("sda")
    assert only().problem == "there is no file system on it: format it with FAT32 or exFAT"


def test_s8_a_partition_table_without_partitions(bed: Testbed) -> None:
    bed.plug("sda", {"ID_PART_TABLE_TYPE": "dos"})
    assert only().problem.startswith("there is no partition in its partition table: ")


def test_s8_a_partition_without_file_system_inherits_nothing_of_the_disks(bed: Testbed) -> None:
    bed.plug("sda", {"ID_PART_TABLE_TYPE": "dos"}, {1: {"ID_PART_TABLE_TYPE": "dos"}})
    assert only().problem.startswith("there is no file system on it: ")


def test_s8_a_file_system_that_is_none(bed: Testbed) -> None:
    bed.plug("sda", {}, {1: {"ID_FS_TYPE": "crypto_LUKS"}})
    assert only().problem.startswith("it is encrypted: ")


def test_s8_write_protected(bed: Testbed) -> None:
    bed.plug("sda", {}, {1: PART}, locked=True)
    assert only().read_only
    assert only().problem.startswith("it is write-protected: ")


def test_a_card_reader_without_a_card(bed: Testbed, watch: DriveWatch) -> None:
    bed.plug("sda", size=0)
    [reader] = seen(watch, 1)
    assert reader.problem == "there is no card in the reader: put one in"


@pytest.mark.parametrize(
    ("name", "facts", "usb", "listed"),
    [
        ("sda", {"ID_BUS": "ata"}, False, False),
        ("sda", {}, False, False),
        ("sda", {"ID_BUS": "usb"}, False, True),
        ("sda", {"ID_BUS": "ata"}, True, True),  # a disk in an enclosure, as udev calls it
        ("sda", {}, True, True),
        ("sra", {"ID_BUS": "usb"}, True, False),  # a CD drive
    ],
)
def test_what_is_a_usb_drive(bed: Testbed, name: str, facts: dict[str, str], usb: bool, listed: bool) -> None:
    bed.plug(name, {**PART, **facts}, usb=usb)
    assert bool(find_drives()) == listed


def test_a_mounted_drive_has_room_and_is_chosen(bed: Testbed, watch: DriveWatch, tmp_path: Path) -> None:
    bed.plug("sdh", {}, {1: PART})
    [before] = seen(watch, 1)
    with device_mount("/dev/sdh1", tmp_path / "stick", "size=64k") as mount:
        assert watch.wait(DEADLINE_S)
        after = only()
        assert (after.mount, after.free, after.problem) == (mount, 64 << 10, "")
        assert [change.kind for change in changes([before], [after])] == ["changed"]
        assert choose(find_drives()) == after
    assert watch.wait(DEADLINE_S)
    assert only() == before


def test_fifty_times_plugged_and_pulled(bed: Testbed, watch: DriveWatch) -> None:
    drives: list[FoundDrive] = []
    told = []
    for count in range(REPLUGS):
        bed.plug("sda", {}, {1: PART, 2: PART}, sequence=count + 1)
        before, drives = drives, seen(watch, 2)
        told += changes(before, drives)
        bed.unplug("sda")
        before, drives = drives, seen(watch, 0)
        told += changes(before, drives)
    assert [change.kind for change in told] == ["added", "added", "removed", "removed"] * REPLUGS
    assert [change.drive.sequence for change in told[::4]] == list(range(1, REPLUGS + 1))


NASTY = r"A\x1b\x5b2J\x0aB"


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["usb", *words])
    return result.exit_code, result.stdout, result.stderr


def test_usb_lists_the_drives_and_says_that_there_is_no_udev(bed: Testbed) -> None:
    bed.plug("sda", {}, {1: {**PART, "ID_FS_LABEL_ENC": NASTY}}, locked=True)
    code, out, err = run()
    assert code == 0
    assert out.splitlines() == [
        "/dev/sda1",
        "  label       A\ufffd[2J\ufffdB",
        "  model       Ultra Fit",
        "  serial      4C530001",
        "  file system vfat",
        "  size        1.1 GB",
        "  usable      no: it is write-protected: release its lock, or mount it for writing",
    ]
    [sentence] = err.splitlines()
    assert sentence.startswith("phone-recorder: udev does not run here: ")


def test_usb_marks_the_one_that_is_used(bed: Testbed, tmp_path: Path) -> None:
    bed.plug("sdg", {}, {1: PART}, sequence=1)
    bed.plug("sdh", {}, {1: PART}, sequence=2)
    with device_mount("/dev/sdh1", tmp_path / "stick", "size=64k") as mount:
        _, out, _ = run()
        first, second = out.split("\n\n")
        assert first.splitlines()[-1] == "  usable      no: it is not mounted: mount it"
        assert second.splitlines()[-4:] == [
            "  free        65.5 kB",
            f"  mounted at  {mount}",
            "  usable      yes",
            "  chosen      recordings go here",
        ]


def test_usb_json_is_one_document(bed: Testbed, tmp_path: Path) -> None:
    bed.plug("sdg", {}, {1: {**PART, "ID_FS_LABEL_ENC": NASTY}}, sequence=1)
    bed.plug("sdh", {}, {1: PART}, sequence=2)
    with device_mount("/dev/sdh1", tmp_path / "stick", "size=64k") as mount:
        code, out, _ = run("--json")
    found = json.loads(out)
    assert (code, found["udev"]) == (0, False)
    first, second = found["drives"]
    assert (first["label"], first["usable"], first["chosen"]) == ("A\x1b[2J\nB", False, False)
    assert first["problem"] == "it is not mounted: mount it"
    assert (second["mount"], second["free"], second["usable"], second["chosen"]) == (str(mount), 65536, True, True)


def test_usb_drive_is_told_when_it_cannot_be_used(bed: Testbed) -> None:
    bed.plug("sda", {}, {1: PART})
    code, out, err = run("--drive", "MUSIC")
    assert (code, out.splitlines()[0]) == (2, "/dev/sda1")
    assert "there is no USB drive called MUSIC: plugged in: BACKUP (/dev/sda1)" in err
    code, _, err = run("--drive", "BACKUP")
    assert (code, "the USB drive BACKUP (/dev/sda1) cannot be used: it is not mounted" in err) == (2, True)


def test_usb_with_no_drive_is_no_error(bed: Testbed) -> None:
    code, out, _ = run()
    assert (code, out) == (0, "no USB drive is plugged in\n")
    code, out, _ = run("--json")
    assert (code, json.loads(out)["drives"]) == (0, [])
