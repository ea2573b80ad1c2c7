"""What udev, sysfs, the mount table and blkid know of USB block devices; drives.py makes drives of it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pyudev

from phone_recorder.errors import DriveError

UDEV_CONTROL = "/run/udev/control"
_BLKID_TIMEOUT_S = 5.0
_SECTOR = 512
"""Bytes of a sector in sysfs, whatever the device's own are."""
_EXTENDED = {"0x5", "0xf", "0x85"}
"""DOS partition types that only hold other partitions."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is on a disk or a partition. `known` is false where nobody could look."""

    file_system: str = ""
    label: str = ""
    uuid: str = ""
    partition_table: str = ""
    partition_type: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a device is mounted, as the mount table has it."""

    path: Path
    file_system: str
    read_only: bool


def udevd_runs(control_socket: str = UDEV_CONTROL) -> bool:
    """Whether somebody answers at udevd's control socket; a socket that a dead udevd left behind does not count."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as control:
        control.setblocking(False)
        try:
            control.connect(control_socket)
        except (BlockingIOError, PermissionError):  # busy: it talks to one at a time; or there, but root's
            return True
        except OSError:
            return False
    return True


def usb_devices(ready: Callable[[Any], bool]) -> Iterator[tuple[Any, Any]]:
    """(disk, partition) of each partition of USB disks, (disk, disk) of a disk without partitions; if `ready`."""
    by_path = {device.sys_path: device for device in context().list_devices(subsystem="block")}
    disks = {path: device for path, device in by_path.items() if device.device_type == "disk" and _is_usb(device)}
    holding = set()
    for path, device in by_path.items():
        disk = disks.get(path.rpartition("/")[0])
        if disk is not None and attribute(device, "partition"):
            holding.add(disk.sys_path)
            if not _is_container(device) and ready(device):
                yield disk, device
    for path, disk in disks.items():
        if path not in holding and ready(disk):
            yield disk, disk


def context() -> Any:
    """pyudev's door to libudev; DriveError where that is missing."""
    try:
        return pyudev.Context()
    except ImportError as error:
        raise DriveError(
            "USB drives cannot be found without the library libudev: for example, apt install libudev1"
        ) from error


def _is_usb(disk: Any) -> bool:
    """A stick, a card reader, a disk in an enclosure; no CD drive. udev calls some enclosures `ata`."""
    if disk.sys_name.startswith("sr"):
        return False
    return prop(disk, "ID_BUS") == "usb" or disk.find_parent("usb", "usb_device") is not None


def _is_container(partition: Any) -> bool:
    """An extended partition: 1 KiB long for the kernel, and the partitions inside are listed themselves."""
    return prop(partition, "ID_PART_ENTRY_TYPE") in _EXTENDED or size(partition) == 2 * _SECTOR


def prop(device: Any, *names: str) -> str:
    """The first of these udev properties that is there, or ""."""
    for name in names:
        try:
            if value := device.properties.get(name):
                return str(value)
        except UnicodeDecodeError:
            continue
    return ""


def attribute(device: Any, *names: str) -> str:
    """The first of these sysfs attributes that is there and not empty, or ""."""
    for name in names:
        if value := (device.attributes.get(name) or b"").decode("utf-8", "replace").strip():
            return value
    return ""


def number_of(text: str) -> int:
    """A decimal number from sysfs; 0 for what is none."""
    return int(text) if text.isdecimal() and text.isascii() else 0


def size(device: Any) -> int:
    """Bytes; 0 for a card reader without a card."""
    return number_of(attribute(device, "size")) * _SECTOR


def sequence(disk: Any) -> int:
    """DISKSEQ, the kernel's count of disks that were plugged in (Linux 5.15); 0 where it is not told."""
    return number_of(attribute(disk, "diskseq") or prop(disk, "DISKSEQ"))


def model(disk: Any) -> str:
    """The stick's own name, as its maker wrote it."""
    return (
        unescaped(prop(disk, "ID_MODEL_ENC")).strip()
        or prop(disk, "ID_MODEL").replace("_", " ").strip()
        or attribute(disk, "device/model")
        or _of_usb(disk, "product")
    )


def serial(disk: Any) -> str:
    """The stick's own serial number."""
    return prop(disk, "ID_USB_SERIAL_SHORT", "ID_SERIAL_SHORT") or _of_usb(disk, "serial")


def _of_usb(disk: Any, name: str) -> str:
    usb = disk.find_parent("usb", "usb_device")
    return attribute(usb, name) if usb is not None else ""


_OF_CONTENT = (
    *("ID_FS_TYPE", "ID_FS_LABEL_ENC", "ID_FS_LABEL", "ID_FS_UUID_ENC", "ID_FS_UUID"),
    *("ID_PART_TABLE_TYPE", "ID_PART_ENTRY_TYPE"),
)


def content(device: Any, udev: bool) -> Content:
    """What udev has found on the device; without udev, what blkid finds, if we may read the device."""
    facts = {name: prop(device, name) for name in _OF_CONTENT}
    if attribute(device, "partition"):
        del facts["ID_PART_TABLE_TYPE"]  # it is the disk's: a partition inherits it from udev
    if udev or facts["ID_FS_TYPE"] or facts.get("ID_PART_TABLE_TYPE"):
        return _content(facts)
    return probed(device.device_node)


def _content(facts: Mapping[str, str]) -> Content:
    return Content(
        file_system=facts.get("ID_FS_TYPE", ""),
        label=unescaped(facts.get("ID_FS_LABEL_ENC", "")) or facts.get("ID_FS_LABEL", ""),
        uuid=unescaped(facts.get("ID_FS_UUID_ENC", "")) or facts.get("ID_FS_UUID", ""),
        partition_table=facts.get("ID_PART_TABLE_TYPE", ""),
        partition_type=facts.get("ID_PART_ENTRY_TYPE", ""),
    )


_NOTHING_FOUND = 2


def probed(node: str) -> Content:
    """What blkid finds on a device, or in a file that is an image of one."""
    if not os.access(node, os.R_OK):
        return Content(known=False)
    try:
        blkid = subprocess.run(
            # of its forms this one alone gives every byte of a label
            ["blkid", "-p", "-o", "udev", node],
            capture_output=True,
            timeout=_BLKID_TIMEOUT_S,
            # /sbin is not in everybody's path
            env={**os.environ, "PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return Content(known=False)
    if blkid.returncode not in (0, _NOTHING_FOUND):
        return Content(known=False)
    return told_by_blkid(blkid.stdout)


def told_by_blkid(output: bytes) -> Content:
    """What `blkid -o udev` has printed: `ID_FS_TYPE=vfat`, and so on, in each line."""
    lines = output.decode("utf-8", "surrogateescape").split("\n")
    return _content(dict(line.split("=", 1) for line in lines if "=" in line))


_ESCAPE = re.compile(rb"\\x([0-9a-fA-F]{2})")


def unescaped(text: str) -> str:
    r"""udev's way to write any byte, `\x20`, undone; what is no UTF-8 then is replaced."""
    data = _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), text.encode("utf-8", "surrogateescape"))
    return data.decode("utf-8", "replace")


def mounts() -> dict[str, list[Mount]]:
    """Device node to where it is mounted, the writable places first.

    Where one mount lies over another, the last one is there, and the others are nowhere.
    """
    there = {entry.mountpoint: entry for entry in psutil.disk_partitions(all=True)}
    found: dict[str, list[Mount]] = {}
    for entry in there.values():
        if entry.device.startswith("/dev/"):
            mount = Mount(Path(entry.mountpoint), entry.fstype, "ro" in entry.opts.split(","))
            found.setdefault(os.path.realpath(entry.device), []).append(mount)
    return {node: sorted(places, key=lambda place: place.read_only) for node, places in found.items()}
