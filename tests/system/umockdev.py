"""USB sticks that only this process sees, through umockdev: no root, no udevd, no kernel support needed.

umockdev works by LD_PRELOAD, which must be there when Python starts: see test_usb_umockdev.py.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PRELOAD = "libumockdev-preload.so.0"
LIBRARY = "libumockdev.so.0"
USB = "/devices/pci0000:00/0000:00:14.0/usb1"

Facts = Mapping[str, str]

PART = {"ID_FS_TYPE": "vfat", "ID_FS_LABEL_ENC": "BACKUP", "ID_FS_UUID_ENC": "1234-ABCD", "ID_PART_ENTRY_TYPE": "0xc"}
"""What udev says of the usual partition."""

_SD_MAJOR = 8
_MINORS = 16
"""Of a SCSI disk: itself, and up to 15 partitions."""


class Testbed:
    """A /sys and a /dev of our own, empty at first."""

    __test__ = False  # for pytest, which takes its name for a test's

    def __init__(self) -> None:
        self._library = _library()
        self._bed = self._library.umockdev_testbed_new()
        self._root = Path(self._library.umockdev_testbed_get_root_dir(self._bed).decode())
        self._plugged: dict[str, list[str]] = {}

    def close(self) -> None:
        """The machine's own /sys and /dev are seen again."""
        objects = ctypes.CDLL("libgobject-2.0.so.0")
        objects.g_object_unref.argtypes = [ctypes.c_void_p]
        objects.g_object_unref(self._bed)

    def plug(
        self, name: str, disk: Facts | None = None, parts: Mapping[int, Facts] | None = None, **usual: Any
    ) -> None:
        """A stick as `sda`, `sdb`..: udev's properties of the disk, and of its partitions. See `_disk` for the rest."""
        devices = dict(_devices(name, disk or {}, parts or {}, **usual))
        error = ctypes.c_void_p()
        text = "\n".join(devices.values()).encode()
        if not self._library.umockdev_testbed_add_from_string(self._bed, text, ctypes.byref(error)):
            raise RuntimeError(f"umockdev takes no such device:\n{text.decode()}")
        self._plugged[name] = list(devices)

    def unplug(self, name: str) -> None:
        """As the kernel does it: partitions first, the usb device last, an event for each."""
        for path in reversed(self._plugged.pop(name)):
            self._library.umockdev_testbed_uevent(self._bed, f"/sys{path}".encode(), b"remove")
            self._library.umockdev_testbed_remove_device(self._bed, f"/sys{path}".encode())
        self._remove_leavings(name)

    def _remove_leavings(self, name: str) -> None:
        """Links to what is gone, over which umockdev would abort the next time, and nodes in /dev."""
        for link in [*self._root.glob("sys/block/*"), *self._root.glob("sys/dev/block/*")]:
            if not link.exists():
                link.unlink()
        for node in [*self._root.glob(f"dev/{name}*"), *self._root.glob(f"dev/.node/{name}*")]:
            node.unlink()


@contextmanager
def new_testbed() -> Iterator[Testbed]:
    """A testbed, taken down at the end."""
    bed = Testbed()
    try:
        yield bed
    finally:
        bed.close()


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(LIBRARY)
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    signatures = {
        "new": (pointer, []),
        "get_root_dir": (text, [pointer]),
        "add_from_string": (ctypes.c_int, [pointer, text, pointer]),
        "uevent": (None, [pointer, text, text]),
        "remove_device": (None, [pointer, text]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, f"umockdev_testbed_{name}")
        function.restype, function.argtypes = result, arguments
    return library


def _devices(
    name: str, disk: Facts, parts: Mapping[int, Facts], usb: bool = True, **usual: Any
) -> Iterator[tuple[str, str]]:
    """(path, umockdev's description) of the usb device, the disk and its partitions."""
    index = ord(name[-1]) - ord("a")
    above = f"{USB}/1-{index + 1}" if usb else f"/devices/pci0000:00/ata{index + 1}"
    if usb:
        yield above, _described(above, {"SUBSYSTEM": "usb", "DEVTYPE": "usb_device"}, _usb_attributes(index))
    path = f"{above}/host0/block/{name}"
    yield path, _disk(path, index, disk, **usual)
    for number, facts in parts.items():
        yield f"{path}/{name}{number}", _part(f"{path}/{name}{number}", index, number, facts, **usual)


def _usb_attributes(index: int) -> Facts:
    return {"product": "Ultra Fit", "serial": f"4C53000{index + 1}"}


def _disk(path: str, index: int, facts: Facts, sequence: int = 1, size: int = 16 << 30, locked: bool = False) -> str:
    """`sequence`: DISKSEQ. `size` in bytes. `locked`: write-protected."""
    properties = {"DEVTYPE": "disk", "DISKSEQ": str(sequence), **_block(path, index * _MINORS), **facts}
    return _described(path, properties, {"size": str(size // 512), "ro": str(int(locked))})


def _part(path: str, index: int, number: int, facts: Facts, locked: bool = False, **_: Any) -> str:
    """A GiB, or as long as the property SIZE says, which is none of udev's."""
    size = int(facts.get("SIZE", 1 << 30))
    properties = {"DEVTYPE": "partition", **_block(path, index * _MINORS + number), **facts}
    attributes = {"partition": str(number), "size": str(size // 512), "ro": str(int(locked))}
    return _described(path, properties, attributes)


def _block(path: str, minor: int) -> Facts:
    return {"SUBSYSTEM": "block", "DEVNAME": f"/dev/{Path(path).name}", "MAJOR": str(_SD_MAJOR), "MINOR": str(minor)}


def _described(path: str, properties: Facts, attributes: Facts) -> str:
    lines = [f"P: {path}"]
    if "DEVNAME" in properties:
        lines.append(f"N: {Path(path).name}")
    lines += [f"E: {name}={value}" for name, value in properties.items()]
    lines += [f"A: {name}={value}\\n" for name, value in attributes.items()]
    return "\n".join(lines) + "\n"
