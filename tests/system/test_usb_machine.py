"""Recording to real USB sticks, as far as the kernel can tell: Debian's own, in a whole machine (EDGE-CASES S1-S8).

Times are the guest's. A pull comes between two looks at the guest's clock: `seen_s` counts from the one before it,
`lost_s` to the one after it, and so both are rather too long.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.cli.stick import NO_UDEV
from phone_recorder.wire.payload import PCMU
from tests.cli.call import Document, document
from tests.peers import need
from tests.system.aftermath import SECOND, in_order, look
from tests.system.conftest import Reliability
from tests.system.live_calls import lost_s, seen_s
from tests.system.machine.calls import (
    SEED,
    GuestCall,
    left_in_memory,
    mounts,
    plug,
    read_in_guest,
    stop_udev,
)
from tests.system.machine.machine import Machine, Snapshot
from tests.system.machine.stick import MIB, FileSystem, Stick
from tests.system.machine.wires import Done
from tests.system.numbered import alike

pytestmark = [pytest.mark.peer, pytest.mark.live]

KINDS = ("vfat", "exfat", "ext4")
LONGEST_S = 12
STALL_S = 2.0
BLKDEBUG = {"driver": "blkdebug"}
RETRIES = 5
"""Times the kernel tries a command again that a stick has failed (SD_MAX_RETRIES in drivers/scsi/sd.h)."""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    for program in ("qemu-system-x86_64", "mmdebstrap", "depmod", "mcopy", "mkfs.vfat", "mkfs.exfat", "sfdisk"):
        need(program)
    return Snapshot(tmp_path_factory.mktemp("machine"))


@pytest.fixture
def machine(snapshot: Snapshot) -> Iterator[Machine]:
    with snapshot.machine() as machine:
        yield machine


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The audio of the same call on a drive that is quick; a shorter call's is its beginning."""
    stick = tmp_path_factory.mktemp("undisturbed")
    document("--fast", "--usb", stick, "--seed", SEED, "--duration", LONGEST_S)
    return look(in_order(stick)).audio


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_is_recorded_whole_and_the_stick_left_clean(
    machine: Machine, tmp_path: Path, undisturbed: bytes, kind: str
) -> None:
    stick = Stick.make(tmp_path / "stick", FileSystem(kind))
    plug(machine, stick)
    found = GuestCall.begin(machine, 3, "0 record, 2 record").end(0)
    assert (mounts(machine), left_in_memory(machine)) == ([], [])
    machine.pull()
    checked = stick.check()
    assert (checked.returncode, "irty" in checked.stdout) == (0, False), checked.stdout
    [file] = files(machine, stick, tmp_path / "read")
    assert inspected(file)["complete"]
    assert file.read_bytes()[76:] == undisturbed[: 2 * SECOND]
    [recording] = found["recordings"]
    assert (recording["state"], recording["reason"]) == ("recorded", "record key")
    assert [Path(part["path"]).name for part in recording["parts"]] == [file.name]


@pytest.mark.parametrize(
    ("kind", "known"),
    [*((kind, True) for kind in KINDS), ("vfat", False)],
    ids=[*KINDS, "without table, without udevd"],
)
def test_a_stick_pulled_in_mid_recording_has_all_but_the_last_second(
    machine: Machine, tmp_path: Path, undisturbed: bytes, reliability: Reliability, kind: str, known: bool
) -> None:
    stick = Stick.make(tmp_path / "stick", FileSystem(kind), table=known)
    if not known:
        stop_udev(machine)
    plug(machine, stick, udev=known)
    call = GuestCall.begin(machine, 7)
    call.wait_until_recorded(1.5)
    before, after = machine.pull()
    found = call.end(1, "" if known else f"phone-recorder: {NO_UDEV}\n")
    assert left_in_memory(machine) == []
    [recording] = found["recordings"]
    assert (recording["state"], recording["reason"]) == ("cut short", "the drive was removed")
    [file] = files(machine, stick, tmp_path / "read")
    repaired(file)
    audio = look([file]).audio
    kept = alike(audio, undisturbed)
    # Where the file's length has reached the stick before its content, silence stands behind what is kept.
    assert audio[kept:].strip(PCMU.silence(1)) == b""
    lost = lost_s(found, after, file.parent) + (len(audio) - kept) / SECOND
    seen = seen_s(found, before)
    reliability(f"USB stick ({kind}) pulled out of a whole machine, after repair", lost_s=lost, seen_s=seen)
    assert (lost <= 1, seen <= 1) == (True, True), (lost, seen)


def test_plugged_in_again_the_stick_is_repaired_and_recorded_to(
    machine: Machine, tmp_path: Path, undisturbed: bytes
) -> None:
    stick = Stick.make(tmp_path / "stick", FileSystem("vfat"))
    plug(machine, stick)
    call = GuestCall.begin(machine, 10, "0 record, 8 record")
    call.wait_until_recorded(1)
    machine.pull()
    cut_between_audio_and_header(stick, tmp_path / "cut", undisturbed)
    machine.plug(stick.image)
    found = call.end(1)
    machine.pull()
    first, second = found["recordings"]
    assert (first["state"], first["reason"]) == ("cut short", "the drive was removed")
    assert (second["state"], second["duration_s"]) == ("recorded", 2)
    assert [repair["result"] for repair in found["drive"]["repairs"]] == ["mended"]
    assert any("1 recording repaired" in screen["prompt"] for screen in found["screen"])
    both = files(machine, stick, tmp_path / "read")
    assert all(inspected(file)["complete"] for file in both)
    assert undisturbed.startswith(both[0].read_bytes()[76:])
    assert len(both[1].read_bytes()) == 76 + 2 * SECOND


def test_s2_a_full_stick_ends_the_recording_and_its_files_are_whole(
    machine: Machine, tmp_path: Path, undisturbed: bytes, reliability: Reliability
) -> None:
    stick = Stick.make(tmp_path / "stick", FileSystem("vfat", 16 * MIB))
    free = 12 * 2048
    stick.fill(free)
    plug(machine, stick)
    found = GuestCall.begin(machine, 5, "0 record", "--reserve", "0").end(1)
    machine.pull()
    [recording] = found["recordings"]
    assert (recording["state"], recording["reason"][:17]) == ("cut short", "the drive is full")
    assert any("is full" in screen["prompt"] for screen in found["screen"])
    assert stick.check().returncode == 0
    [file] = files(machine, stick, tmp_path / "read")
    assert inspected(file)["complete"]
    kept = file.read_bytes()[76:]
    assert undisturbed.startswith(kept)
    # Whole packets of 160 bytes, as many as fit.
    assert free - 160 < 76 + len(kept) <= free
    reliability("USB stick recorded full in a whole machine", lost_s=0.0)


def test_s8_a_write_protected_stick_is_refused_in_plain_words(machine: Machine, tmp_path: Path) -> None:
    stick = Stick.make(tmp_path / "stick", FileSystem("vfat", 16 * MIB))
    before = stick.image.read_bytes()
    machine.plug(stick.image, read_only=True)
    machine.guest.wait_for("test -b /dev/sda1 && udevadm settle")
    found = GuestCall.begin(machine, 1).end(1)
    machine.pull()
    [recording] = found["recordings"]
    assert recording["state"] == "failed"
    assert "it is write-protected" in recording["reason"]
    assert recording["reason"] in found["screen"][-1]["prompt"]
    assert stick.image.read_bytes() == before


def test_s7_a_slow_stick_loses_nothing(
    machine: Machine, tmp_path: Path, undisturbed: bytes, reliability: Reliability
) -> None:
    """Twice as fast as the audio, file system and headers and all."""
    stick = Stick.make(tmp_path / "stick", FileSystem("vfat", 16 * MIB))
    machine.monitor("object-add", qom_type="throttle-group", id="slow", limits={"bps-write": 2 * SECOND})
    machine.plug(stick.image, over=[{"driver": "throttle", "throttle-group": "slow"}])
    machine.guest.wait_for("test -b /dev/sda1 && udevadm settle")
    found = GuestCall.begin(machine, 6, "0 record, 4 record").end(0)
    machine.pull()
    nothing_is_missing(machine, stick, found, tmp_path / "read", undisturbed[: 4 * SECOND])
    reliability("slow USB stick in a whole machine", lost_s=0.0)


def test_s7_a_stick_that_stalls_for_two_seconds_loses_nothing(
    machine: Machine, tmp_path: Path, undisturbed: bytes, reliability: Reliability
) -> None:
    stick = Stick.make(tmp_path / "stick", FileSystem("vfat", 16 * MIB))
    machine.plug(stick.image, over=[BLKDEBUG, {"driver": "raw"}])
    machine.guest.wait_for("test -b /dev/sda1 && udevadm settle")
    call = GuestCall.begin(machine, 7, "0 record, 6 record")
    call.wait_until_recorded(1)
    stall(machine, "stick-2", STALL_S)
    found = call.end(0)
    machine.pull()
    assert any("the drive is slow" in screen["prompt"] for screen in found["screen"])
    nothing_is_missing(machine, stick, found, tmp_path / "read", undisturbed[: 6 * SECOND])
    reliability("USB stick stalls for 2 s in a whole machine", lost_s=0.0)


def test_s6_a_bad_sector_is_told_and_nothing_is_missing(
    machine: Machine, tmp_path: Path, undisturbed: bytes, reliability: Reliability
) -> None:
    """One that takes what it is given when it is written to once more, after the kernel's own attempts."""
    stick = Stick.make(tmp_path / "stick", FileSystem("vfat", 16 * MIB))
    fail = {"event": "none", "iotype": "write", "errno": 5, "sector": sector_of_data(stick, 2 * SECOND), "once": True}
    machine.plug(stick.image, over=[{**BLKDEBUG, "inject-error": [fail] * (1 + RETRIES)}])
    machine.guest.wait_for("test -b /dev/sda1 && udevadm settle")
    found = GuestCall.begin(machine, 5, "0 record, 4 record").end(0)
    machine.pull()
    [recording] = found["recordings"]
    [fault] = recording["faults"]
    assert 1 <= fault["at_s"] <= 4
    assert any("the drive reports errors" in screen["prompt"] for screen in found["screen"])
    nothing_is_missing(machine, stick, found, tmp_path / "read", undisturbed[: 4 * SECOND])
    reliability("bad sector of a USB stick in a whole machine", lost_s=0.0)


def test_s8_of_two_sticks_the_first_that_can_be_used_is_recorded_to_or_the_one_that_is_named(
    machine: Machine, tmp_path: Path
) -> None:
    """In the order in which they came, their partitions by number; the first partition here has no file system."""
    first = Stick.make(tmp_path / "first", FileSystem("vfat", 16 * MIB), FileSystem("vfat", 16 * MIB, "FIRST-2"))
    blank = tmp_path / "blank"
    with blank.open("wb") as file:
        file.truncate(16 * MIB)
    first.put_back(blank)
    second = Stick.make(tmp_path / "second", FileSystem("ext4", 16 * MIB, "SECOND"), table=False)
    machine.plug(first.image, "one")
    machine.guest.wait_for("test -b /dev/sda2 && udevadm settle")
    machine.plug(second.image, "two")
    machine.guest.wait_for("test -b /dev/sdb && udevadm settle")
    by_rule = GuestCall.begin(machine, 0.5).end(0)
    listed = json.loads(machine.program("usb", "--json").result().out)["drives"]
    named = GuestCall.begin(machine, 0.5, "0 record", "--usb-drive", "TWO").end(0)
    assert [(drive["device"], drive["label"]) for drive in listed] == [
        ("/dev/sda1", ""),
        ("/dev/sda2", "FIRST-2"),
        ("/dev/sdb", "SECOND"),
    ]
    assert (by_rule["drive"]["device"], named["drive"]["device"]) == ("/dev/sda2", "/dev/sdb")
    machine.pull("one")
    machine.pull("two")
    assert [len(first.read(tmp_path / "a", 1)), len(second.read(tmp_path / "b"))] == [1, 1]


def files(machine: Machine, stick: Stick, to: Path) -> list[Path]:
    """The record files of a stick that is out, oldest first."""
    if stick.systems[0].kind == "exfat":
        read_in_guest(machine, stick, to)
    else:
        stick.read(to)
    return in_order(to)


def nothing_is_missing(machine: Machine, stick: Stick, found: Document, to: Path, audio: bytes) -> None:
    """It is the recording of the same call on a quick drive, byte for byte, and no packet was late."""
    [recording] = found["recordings"]
    assert (recording["state"], recording["gaps_count"]) == ("recorded", 0)
    assert stick.check().returncode == 0
    assert b"".join(file.read_bytes()[76:] for file in files(machine, stick, to)) == audio


def inspected(file: Path) -> dict[str, Any]:
    """What `inspect` says of it."""
    [facts] = json.loads(program("inspect", "--json", str(file)))
    return dict(facts)


def repaired(file: Path) -> None:
    """Mended by `repair`, and complete by `inspect`."""
    program("repair", str(file))
    assert inspected(file)["complete"]


def program(*words: str) -> str:
    command = [sys.executable, "-m", "phone_recorder", *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def cut_between_audio_and_header(stick: Stick, to: Path, audio: bytes) -> None:
    """The pull comes after some audio and before the header that tells of it."""
    [path] = stick.read(to)
    kept = len(path.read_bytes()) - 76
    with path.open("ab") as file:
        file.write(audio[kept:][:800])
    stick.write(path)


def sector_of_data(stick: Stick, offset: int) -> int:
    """The sector of the image where a byte of the first file will be (FAT specification, "BPB")."""
    start = 2048
    boot = stick.image.read_bytes()[start * 512 :][:512]
    reserved, tables, entries, length = (int.from_bytes(boot[at : at + n], "little") for at, n in BOOT_FIELDS)
    return start + reserved + tables * length + entries * 32 // 512 + offset // 512


BOOT_FIELDS = ((14, 2), (16, 1), (17, 2), (22, 2))


def stall(machine: Machine, node: str, seconds: float) -> None:
    """The stick's next write takes so long; it takes one at a time."""

    def tell(command: str) -> None:
        machine.monitor("human-monitor-command", command_line=f'qemu-io {node} "{command}"')

    tell("break write_aio stall")
    machine.wait_until_told("Suspended request 'stall'")
    done: Done = machine.guest.try_run(f"sleep {seconds}")
    assert done.ended - done.began >= seconds
    tell("resume stall")
