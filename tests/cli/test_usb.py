from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Self

import pytest
from click.testing import CliRunner

from phone_recorder.adapters import drive_watch, drives
from phone_recorder.adapters.drives import FoundDrive
from phone_recorder.cli.main import cli
from phone_recorder.errors import DriveError
from tests.adapters.found import found, not_mounted

A = found()
B = not_mounted(device="/dev/sdb", sys_path="/sys/b", sequence=8, partition=0, label="\x1b[2J", serial="", model="")


class Watch:
    """A watch that always sees something."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def wait(self, timeout_s: float | None = None) -> bool:
        return True


@pytest.fixture(autouse=True)
def with_udev(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives, "udevd_runs", lambda: True)
    monkeypatch.setattr(drive_watch, "DriveWatch", Watch)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[FoundDrive]]:
    """Put in here what is there, a list for each look; after the last of them somebody presses Ctrl-C."""
    looks: list[Sequence[FoundDrive]] = []

    def find_drives() -> list[FoundDrive]:
        if not looks:
            raise KeyboardInterrupt
        return list(looks.pop(0))

    monkeypatch.setattr(drives, "find_drives", find_drives)
    return looks


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["usb", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_each_drive_is_a_block_and_the_chosen_one_is_marked(there: list[Sequence[FoundDrive]]) -> None:
    there.append([A, B])
    assert run() == (
        0,
        "/dev/sda1\n"
        "  label       BACKUP\n"
        "  model       Ultra Fit\n"
        "  serial      4C530001\n"
        "  file system vfat\n"
        "  size        16.0 GB\n"
        "  free        12.3 GB\n"
        "  mounted at  /media/BACKUP\n"
        "  usable      yes\n"
        "  chosen      recordings go here\n"
        "\n"
        "/dev/sdb\n"
        "  label       \ufffd[2J\n"
        "  model       unknown\n"
        "  serial      unknown\n"
        "  file system vfat\n"
        "  size        16.0 GB\n"
        "  usable      no: it is not mounted: mount it\n",
        "",
    )


@pytest.mark.parametrize(
    ("facts", "lines"),
    [
        ({"label": "", "file_system": ""}, ["label       none", "file system none"]),
        ({"known": False, "file_system": "", "mount": None}, ["file system unknown"]),
        (
            {"free": None},
            ["free        unknown", "usable      no: it does not answer: pull it out and plug it in again"],
        ),
        ({"size": 0}, ["size        0 B", "usable      no: there is no card in the reader: put one in"]),
        ({"size": 999}, ["size        999 B"]),
        ({"size": 1000}, ["size        1.0 kB"]),
        ({"size": 2_000_000_000_000}, ["size        2.0 TB"]),
    ],
)
def test_what_is_not_known_is_said(
    there: list[Sequence[FoundDrive]], facts: dict[str, object], lines: list[str]
) -> None:
    there.append([found(**facts)])
    printed = run()[1].splitlines()
    assert [line for line in lines if f"  {line}" not in printed] == []


def test_json_is_one_document_with_all_facts(there: list[Sequence[FoundDrive]]) -> None:
    there.append([A, B])
    code, out, err = run("--json")
    document = json.loads(out)
    first, second = document["drives"]
    assert (code, err, document["udev"]) == (0, "", True)
    assert first == {
        "device": "/dev/sda1",
        "sys_path": A.sys_path,
        "number": 2049,
        "sequence": 7,
        "partition": 1,
        "model": "Ultra Fit",
        "label": "BACKUP",
        "serial": "4C530001",
        "uuid": "1234-ABCD",
        "file_system": "vfat",
        "size": 16_000_000_000,
        "mount": "/media/BACKUP",
        "read_only": False,
        "free": 12_340_000_000,
        "partition_table": "",
        "partition_type": "",
        "known": True,
        "permitted": True,
        "usable": True,
        "mountable": False,
        "problem": "",
        "chosen": True,
    }
    assert (second["mount"], second["usable"], second["mountable"], second["chosen"]) == (None, False, True, False)


def test_drive_chooses(there: list[Sequence[FoundDrive]]) -> None:
    there.append([A, found(device="/dev/sdb1", label="MUSIC")])
    code, out, _ = run("--drive", "music", "--json")
    assert (code, [drive["chosen"] for drive in json.loads(out)["drives"]]) == (0, [False, True])


def test_a_drive_that_is_named_and_cannot_be_used_is_an_error_after_the_list(
    there: list[Sequence[FoundDrive]],
) -> None:
    there.append([B])
    code, out, err = run("--drive", "/dev/sdb")
    assert (code, out.splitlines()[0]) == (2, "/dev/sdb")
    assert err == "phone-recorder: the USB drive \ufffd[2J (/dev/sdb) cannot be used: it is not mounted: mount it\n"


def test_no_drive_is_no_error_unless_one_is_named(there: list[Sequence[FoundDrive]]) -> None:
    there.extend([[], [], []])
    assert run() == (0, "no USB drive is plugged in\n", "")
    assert json.loads(run("--json")[1]) == {"udev": True, "drives": []}
    code, out, err = run("--drive", "BACKUP")
    assert (code, out) == (2, "no USB drive is plugged in\n")
    assert err == "phone-recorder: no USB drive is plugged in: plug in BACKUP\n"


def test_without_udevd_that_is_said_in_one_sentence(
    there: list[Sequence[FoundDrive]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drives, "udevd_runs", lambda: False)
    there.append([])
    code, _, err = run("--json")
    assert (code, err.count("\n"), err.startswith("phone-recorder: udev does not run here: ")) == (0, 1, True)


def test_without_libudev_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_drives() -> list[FoundDrive]:
        raise DriveError("USB drives cannot be found without the library libudev")

    monkeypatch.setattr(drives, "find_drives", find_drives)
    assert run() == (2, "", "phone-recorder: USB drives cannot be found without the library libudev\n")


def test_watch_tells_what_is_there_and_then_each_change_until_ctrl_c(there: list[Sequence[FoundDrive]]) -> None:
    there.extend([[A], [A], [A, B], [found(read_only=True), B], [B]])
    assert run("--watch") == (
        0,
        "present  BACKUP (/dev/sda1): usable: yes, recordings go here\n"
        "added    \ufffd[2J (/dev/sdb): usable: no: it is not mounted: mount it\n"
        "changed  BACKUP (/dev/sda1): usable: no: it is write-protected: release its lock, or mount it for writing\n"
        "removed  BACKUP (/dev/sda1)\n",
        "",
    )


def test_watch_with_nothing_there_says_so(there: list[Sequence[FoundDrive]]) -> None:
    there.extend([[], [A]])
    assert run("--watch")[1] == (
        "no USB drive is plugged in\nadded    BACKUP (/dev/sda1): usable: yes, recordings go here\n"
    )


def test_watch_json_is_an_object_a_line(there: list[Sequence[FoundDrive]]) -> None:
    there.extend([[], [A], []])
    code, out, _ = run("--watch", "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert (code, [line["event"] for line in told]) == (0, ["added", "removed"])
    assert [line["drive"]["chosen"] for line in told] == [True, False]
    assert told[0]["drive"]["label"] == "BACKUP"
    gone = told[1]["drive"]
    assert (gone["usable"], gone["mountable"], gone["mount"], gone["free"]) == (False, False, None, None)
    assert gone["problem"] == "it was removed"


C = found(device="/dev/sdc1", sys_path="/sys/c", sequence=9, label="MUSIC")


def test_watch_tells_which_drive_is_chosen_now_when_the_one_that_was_is_pulled(
    there: list[Sequence[FoundDrive]],
) -> None:
    there.extend([[A, C], [C], [C]])
    assert run("--watch")[1].splitlines()[2:] == [
        "removed  BACKUP (/dev/sda1)",
        "chosen   MUSIC (/dev/sdc1): usable: yes, recordings go here",
    ]
    there.extend([[A, C], [C]])
    told = [json.loads(line) for line in run("--watch", "--json")[1].splitlines()]
    assert [(line["event"], line["drive"]["chosen"]) for line in told] == [
        ("present", True),
        ("present", False),
        ("removed", False),
        ("chosen", True),
    ]


def test_watch_marks_the_one_that_is_named_and_says_when_it_is_not_there(there: list[Sequence[FoundDrive]]) -> None:
    there.extend([[A, C], [A], [A], [A, C]])
    code, out, err = run("--watch", "--drive", "MUSIC")
    assert code == 0
    assert out.splitlines() == [
        "present  BACKUP (/dev/sda1): usable: yes",
        "present  MUSIC (/dev/sdc1): usable: yes, recordings go here",
        "removed  MUSIC (/dev/sdc1)",
        "added    MUSIC (/dev/sdc1): usable: yes, recordings go here",
    ]
    assert err == ("phone-recorder: there is no USB drive called MUSIC: plugged in: BACKUP (/dev/sda1)\n")
    there.append([])
    assert run("--watch", "--drive", "MUSIC")[2] == "phone-recorder: no USB drive is plugged in: plug in MUSIC\n"
