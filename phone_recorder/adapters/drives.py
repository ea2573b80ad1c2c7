"""USB drives: which there are, what is wrong with each, and which of them is recorded to.

The rule: sticks in the order in which they were plugged in, on a stick its partitions by number; the first that can be
used is used, or the one that was named. Without udevd all this still works, as far as sysfs, the mount table and blkid
tell: see drive_facts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from phone_recorder.adapters import drive_facts
from phone_recorder.adapters.drive_answers import HANGS, Answer, ask
from phone_recorder.adapters.drive_facts import Content, Mount, udevd_runs
from phone_recorder.errors import NoDrive
from phone_recorder.wire.printable import printable

__all__ = ["FoundDrive", "Identity", "choose", "find_drives", "udevd_runs"]

FORMAT = "format it with FAT32 or exFAT"


Identity = tuple[str, int]
"""Where a stick is plugged in, and which one of those that were it is."""


@dataclass(frozen=True, slots=True)
class FoundDrive:
    """One file system on a USB stick, or a stick that has none. Texts are the stick's own: `printable` before shown.

    `sys_path` vanishes when the stick is unplugged; `number` is the `st_dev` of its files; `sequence` counts the sticks
    as they were plugged in (0: the kernel does not say); `partition` 0 is the whole disk. `size` and `free` in bytes;
    `free` is None where nothing is mounted, or what is mounted does not answer. `file_system` and `partition_table` are
    "" for none; `known` is false where nobody could look. `permitted`: this user may write to what is mounted.
    """

    device: str
    sys_path: str
    number: int
    sequence: int
    partition: int
    model: str
    label: str
    serial: str
    uuid: str
    file_system: str
    size: int
    mount: Path | None
    read_only: bool
    free: int | None
    partition_table: str = ""
    partition_type: str = ""
    known: bool = True
    permitted: bool = True

    @property
    def identity(self) -> Identity:
        """A stick that was pulled and plugged in again is another one."""
        return self.sys_path, self.sequence

    @property
    def problem(self) -> str:
        """What is wrong with it and what to do, in a clause; "" if it can be recorded to now."""
        failed = self._failed()
        return failed.clause if failed else ""

    @property
    def mountable(self) -> bool:
        """Nothing is wrong, as far as one can tell, but that it is not mounted."""
        failed = self._failed()
        return failed is not None and failed.mounting_helps

    @property
    def hangs(self) -> bool:
        """It is mounted, and does not answer: nothing else is wrong."""
        return self.mount is not None and self.free is None and not replace(self, free=0).problem

    @property
    def name(self) -> str:
        """What people know it by, safe to show."""
        return printable(self.label or self.model or self.device)

    def _failed(self) -> _Check | None:
        return next((check for check in _CHECKS if check.fails(self)), None)


class _Check(NamedTuple):
    fails: Callable[[FoundDrive], bool]
    clause: str
    mounting_helps: bool = False


_UNUSABLE = {
    "crypto_LUKS": "it is encrypted",
    "BitLocker": "it is encrypted",
    "LVM2_member": "it is a part of an LVM volume",
    "linux_raid_member": "it is a part of a RAID",
    "zfs_member": "it is a part of a ZFS pool",
    "swap": "it is swap space",
    "iso9660": "it is the image of a CD, which cannot be written to",
    "squashfs": "it is an image that cannot be written to",
    "apfs": "its file system is Apple's APFS",
}
"""File system as blkid calls it to why none of it can be recorded to."""

PHONES_MOUNT = ("vfat", "exfat", "ext2", "ext3", "ext4")
"""File systems that a phone mounts by itself, as blkid calls them."""

_EFI_SYSTEM = {"c12a7328-f81f-11d2-ba4b-00c04fd430c8", "0xef"}
"""Types of the partition that a computer starts from: often the first on a stick, and too small."""

_CHECKS: tuple[_Check, ...] = (
    _Check(lambda d: not d.size, "there is no card in the reader: put one in"),
    _Check(
        lambda d: d.known and not d.file_system and bool(d.partition_table),
        f"there is no partition in its partition table: make one and {FORMAT}",
    ),
    _Check(lambda d: d.known and not d.file_system, f"there is no file system on it: {FORMAT}"),
    *(
        _Check(lambda d, name=name: d.file_system == name, f"{why}: {FORMAT}")  # type: ignore[misc]
        for name, why in _UNUSABLE.items()
    ),
    _Check(
        lambda d: d.mount is None and d.partition_type in _EFI_SYSTEM,
        "it is a partition for starting computers: use another partition",
    ),
    _Check(
        lambda d: d.mount is None and d.known and d.file_system not in PHONES_MOUNT,
        f"its file system is none that phones mount: {FORMAT}, or mount it",
        mounting_helps=True,
    ),
    _Check(lambda d: d.read_only, "it is write-protected: release its lock, or mount it for writing"),
    _Check(
        lambda d: d.mount is None and not d.known,
        "it is not mounted, and without udev only root can tell what is on it: mount it",
        mounting_helps=True,
    ),
    _Check(lambda d: d.mount is None, "it is not mounted: mount it", mounting_helps=True),
    _Check(lambda d: not d.permitted, "this user may not write to it: mount it for this user, or run as root"),
    _Check(lambda d: d.free is None, "it does not answer: pull it out and plug it in again"),
)
"""The first that fails is the drive's problem, so what cannot be helped by a later one comes first."""


def find_drives(folder: str = "") -> list[FoundDrive]:
    """The USB drives that are plugged in, in the order of the rule. DriveError where libudev is missing.

    `folder` on a drive is where this user wants to write.
    """
    udev = udevd_runs()
    mounted = drive_facts.mounts()

    def ready(device: Any) -> bool:
        """What udevd has not yet looked at has an event still to come; what is mounted is used meanwhile."""
        return not udev or device.is_initialized or device.device_node in mounted

    found = [
        _drive(
            disk,
            device,
            drive_facts.content(device, udev and device.is_initialized),
            *_place(mounted.get(device.device_node, []), device.device_number, folder),
        )
        for disk, device in drive_facts.usb_devices(ready)
        if device.device_node is not None  # gone while we looked
    ]
    return sorted(found, key=lambda drive: (drive.sequence, _disk_order(drive), drive.partition))


def _place(mounts: Iterable[Mount], number: int, folder: str) -> tuple[Mount | None, Answer]:
    """The first of the mounts that is one, and what it tells."""
    for mount in mounts:
        answer = ask(mount.path, number, folder)
        if answer.directory:
            return mount, answer
    return None, HANGS


def _drive(disk: Any, device: Any, content: Content, mount: Mount | None, answer: Answer) -> FoundDrive:
    return FoundDrive(
        device=device.device_node,
        sys_path=device.sys_path,
        number=device.device_number,
        sequence=drive_facts.sequence(disk),
        partition=drive_facts.number_of(drive_facts.attribute(device, "partition")),
        model=drive_facts.model(disk),
        label=content.label,
        serial=drive_facts.serial(disk),
        uuid=content.uuid,
        file_system=content.file_system or (mount.file_system if mount else ""),
        size=drive_facts.size(device),
        mount=mount.path if mount else None,
        read_only=drive_facts.attribute(device, "ro") == "1" or (mount is not None and mount.read_only),
        free=answer.free,
        partition_table=content.partition_table,
        partition_type=content.partition_type,
        known=content.known or mount is not None,
        permitted=answer.permitted,
    )


def _disk_order(drive: FoundDrive) -> tuple[int, str]:
    """sdz before sdaa. Of one stick all partitions have a path that begins the same."""
    disk = Path(drive.sys_path).parent.name if drive.partition else Path(drive.sys_path).name
    return len(disk), disk


def choose(drives: Sequence[FoundDrive], wanted: str = "", automount: bool = False) -> FoundDrive:
    """The first drive that can be used, or with `automount` mounted; `wanted` is a label, serial, UUID or device.

    NoDrive if there is none such; it says what there is.
    """
    if not drives:
        which = printable(wanted) if wanted else "one formatted with FAT32 or exFAT"
        raise NoDrive(f"no USB drive is plugged in: plug in {which}")
    asked = [drive for drive in drives if not wanted or _is_called(drive, wanted)]
    if not asked:
        there = " and ".join(map(_described, drives))
        raise NoDrive(f"there is no USB drive called {printable(wanted)}: plugged in: {there}")
    for drive in asked:
        if not drive.problem or (automount and drive.mountable):
            return drive
    raise NoDrive(_why_none(asked))


def _is_called(drive: FoundDrive, wanted: str) -> bool:
    """Letters big or small: FAT stores labels in big ones only."""
    names = (drive.label, drive.serial, drive.uuid, drive.device)
    return wanted.casefold() in {name.casefold() for name in names if name}


def _described(drive: FoundDrive) -> str:
    return f"{drive.name} ({drive.device})" if drive.name != drive.device else drive.device


def _why_none(drives: Sequence[FoundDrive]) -> str:
    if len(drives) == 1:
        return f"the USB drive {_described(drives[0])} cannot be used: {drives[0].problem}"
    why = "; ".join(f"{_described(drive)}: {drive.problem}" for drive in drives)
    return f"none of the USB drives can be used: {why}"
