"""The udev rules, read by the real udev with devices of umockdev's; and the programs that they run."""

from __future__ import annotations

import grp
import os
import stat
from pathlib import Path

import pytest

from tests.packaging.programs import DEBIAN, attempt, need_root, run
from tests.peers import need

KEY_RECORD = "167"
HALF = "8000000000"
"""The word in which KEY_RECORD is, alone; the third from the end, with 64 bits in a word."""

WORD_IS_64 = os.sysconf("SC_LONG_BIT") == 64


@pytest.mark.skipif(not WORD_IS_64, reason="these words are of 64 bits")
@pytest.mark.parametrize(
    ("words", "has"),
    [
        (f"{HALF} 0 0", True),
        (f"1 0 {HALF} 0 0", True),
        ("ffffffffffffffff 0 0", True),
        (f"{HALF} ffffffffffffffff fffffffffffffffe", True),
        ("4000000000 0 0", False),
        ("7fffffffff 0 0", False),
        (f"{HALF} 0", False),
        (f"{HALF} 0 0 0", False),
        (HALF, False),
        ("0", False),
        ("1 0 0", False),
    ],
)
def test_has_key_finds_the_record_key(words: str, has: bool) -> None:
    done = attempt(str(DEBIAN / "has-key"), KEY_RECORD, *words.split())
    assert (done.returncode == 0, done.stderr) == (has, "")


def test_the_group_may_set_a_lamp_afterwards(tmp_path: Path) -> None:
    group = grp.getgrgid(os.getegid()).gr_name
    for name in ("brightness", "trigger", "max_brightness"):
        (tmp_path / name).touch(mode=0o644)
        (tmp_path / name).chmod(0o644)
    run(str(DEBIAN / "lamp"), str(tmp_path), group)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"brightness": 0o664, "trigger": 0o664, "max_brightness": 0o644}


RULES_ALONE = """
set -e
for place in /run/udev /dev/char /dev/block /usr/libexec; do mkdir -p $place; mount -t tmpfs none $place; done
mkdir -p /run/udev/rules.d /usr/libexec/phone-recorder
cp "$1"/70-phone-recorder.rules /run/udev/rules.d
cp "$1"/has-key /usr/libexec/phone-recorder
exec umockdev-run --device "$2" -- udevadm test --action=add "$3" 2>/dev/null
"""
"""In a mount table of its own: `udevadm test` writes to udev's data."""

LED = "/devices/platform/leds/leds/red:record"
KEYS, DISK = "/devices/platform/keys/input/input5", "/devices/pci0000:00/{bus}/sdb"


def said(directory: Path, device: str, path: str) -> list[str]:
    """What udev says of a device: its properties, and the programs that it would run."""
    need_root("a mount table of one's own")
    for program in ("umockdev-run", "udevadm", "unshare"):
        need(program)
    (directory / "devices").write_text(device)
    words = (str(DEBIAN), str(directory / "devices"), f"/sys{path}")
    return run("unshare", "--mount", "sh", "-c", RULES_ALONE, "sh", *words).splitlines()


def a_keypad(keys: str, extra: str = "") -> str:
    return f"""\
P: {KEYS}
E: SUBSYSTEM=input
A: name=gpio-keys
A: capabilities/ev=3
A: capabilities/key={keys}

P: {KEYS}/event5
N: input/event5
E: DEVNAME=/dev/input/event5
E: SUBSYSTEM=input
E: MAJOR=13
E: MINOR=69
{extra}A: dev=13:69
"""


def a_partition(bus: str = "usb1", **properties: str) -> str:
    """On a stick, or elsewhere."""
    disk = DISK.format(bus=bus)
    told = {"ID_FS_USAGE": "filesystem", "ID_FS_TYPE": "vfat", **properties}
    lines = "".join(f"E: {name}={value}\n" for name, value in told.items())
    kind = "usb" if bus.startswith("usb") else "pci"
    return f"""\
P: {disk.rpartition("/")[0]}
E: SUBSYSTEM={kind}

P: {disk}
N: sdb
E: DEVNAME=/dev/sdb
E: SUBSYSTEM=block
E: DEVTYPE=disk
E: MAJOR=8
E: MINOR=16
A: dev=8:16

P: {disk}/sdb1
N: sdb1
E: DEVNAME=/dev/sdb1
E: SUBSYSTEM=block
E: DEVTYPE=partition
E: MAJOR=8
E: MINOR=17
{lines}A: dev=8:17
A: partition=1
"""


WANTED = "SYSTEMD_WANTS=phone-recorder-stick@sdb1.service"
ACCESS = "run: '/usr/bin/setfacl --modify group:phone-recorder:r /dev/input/event5'"


@pytest.mark.peer
def test_a_lamp_is_given_to_the_group(tmp_path: Path) -> None:
    device = f"P: {LED}\nE: SUBSYSTEM=leds\nA: brightness=0\n"
    assert f"run: '/usr/libexec/phone-recorder/lamp /sys{LED} phone-recorder'" in said(tmp_path, device, LED)


@pytest.mark.peer
@pytest.mark.skipif(not WORD_IS_64, reason="these words are of 64 bits")
@pytest.mark.parametrize(
    ("keys", "extra", "opened"),
    [
        (f"{HALF} 0 4", "", True),
        ("4", "", False),
        ("4", "E: PHONE_RECORDER_KEYS=1\n", True),
        (f"{HALF} 0 4", "E: PHONE_RECORDER_KEYS=0\n", False),
    ],
    ids=["a record key", "other keys", "other keys, asked for", "a record key, forbidden"],
)
def test_keys_are_opened_for_reading(tmp_path: Path, keys: str, extra: str, opened: bool) -> None:
    assert (ACCESS in said(tmp_path, a_keypad(keys, extra), f"{KEYS}/event5")) is opened


@pytest.mark.peer
@pytest.mark.parametrize(
    ("device", "mounted"),
    [
        (a_partition(), True),
        (a_partition(ID_FS_TYPE="exfat"), True),
        (a_partition(ID_FS_TYPE="ext4"), True),
        (a_partition(ID_FS_TYPE="iso9660"), False),
        (a_partition(ID_FS_USAGE="crypto", ID_FS_TYPE="crypto_LUKS"), False),
        (a_partition(ID_PART_ENTRY_TYPE="c12a7328-f81f-11d2-ba4b-00c04fd430c8"), False),
        (a_partition(ID_PART_ENTRY_TYPE="0xef"), False),
    ],
)
def test_a_stick_is_mounted_if_it_can_be_recorded_to(tmp_path: Path, device: str, mounted: bool) -> None:
    assert (WANTED in said(tmp_path, device, f"{DISK.format(bus='usb1')}/sdb1")) is mounted


@pytest.mark.peer
def test_a_disk_of_the_machine_is_left_alone(tmp_path: Path) -> None:
    path = DISK.format(bus="ata1")
    assert WANTED not in said(tmp_path, a_partition("ata1"), f"{path}/sdb1")
    assert WANTED in said(tmp_path, a_partition("ata1", ID_BUS="usb"), f"{path}/sdb1")
