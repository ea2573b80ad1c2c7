"""The kernel's input devices: found by name, opened through evdev, and heard of when they come.

evdev is an extra (`keys`) and is loaded by whoever asks for the first key of a device, not before.
"""

from __future__ import annotations

import fcntl
import struct
import sys
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyudev

from phone_recorder.adapters.drive_facts import context
from phone_recorder.errors import DriveError, UsageError

EV_SYN, EV_KEY = 0, 1
PRESSED = 1
"""A key's value: 0 is let go, and 2 is pressed still (autorepeat)."""
EVENT_TYPES, KEYS = 0x20, 0x300
"""EV_CNT and KEY_CNT: as many bits have the kernel's masks."""
_EVIOCSMASK = 0x40104593
"""_IOW('E', 0x93, struct input_mask): which events this reader is given (Linux 4.4)."""
_WITH_ASYNCIO = "evdev.eventio_async"


class InputEvent(Protocol):
    """struct input_event of linux/input.h, without its time."""

    @property
    def type(self) -> int:
        """EV_KEY, and so on."""

    @property
    def code(self) -> int:
        """Which key."""

    @property
    def value(self) -> int:
        """What happened to it."""


class Device(Protocol):
    """What evdev.InputDevice has, as far as it is used. It does not block."""

    fd: int

    def read(self) -> Iterable[InputEvent]:
        """The events that there are; BlockingIOError for none, ENODEV once it is unplugged."""

    def capabilities(self) -> Mapping[int, Sequence[Any]]:
        """Type to codes that it can send."""

    def close(self) -> None:
        """No more."""


class Monitor(Protocol):
    """What pyudev.Monitor has, as far as it is used."""

    def fileno(self) -> int:
        """Readable when there is news."""

    def poll(self, timeout: float) -> object:
        """The next piece of news; None for none."""


def load_evdev() -> Any:
    """evdev without asyncio, for which it has another module in reserve; UsageError where it is not installed."""
    there = _WITH_ASYNCIO in sys.modules
    if not there:
        sys.modules[_WITH_ASYNCIO] = None  # type: ignore[assignment]  # Python's own way to forbid an import
    try:
        import evdev
    except ImportError as error:
        raise UsageError(
            "a record key needs the package evdev: install phone-recorder[keys], or python3-evdev of Debian"
        ) from error
    finally:
        if not there:
            del sys.modules[_WITH_ASYNCIO]
    return evdev


def open_device(node: str) -> Device:
    """Open it beside whoever else reads it; OSError if it cannot be, or is no input device."""
    device: Device = load_evdev().InputDevice(node)
    return device


def listen_for(fd: int, codes: Iterable[int]) -> None:
    """Have the kernel give this reader the presses of these keys alone, and wake it up for nothing else.

    A kernel that cannot gives everything, as before.
    """
    with suppress(OSError):
        # The mask of EV_SYN is that of the types. What ends a packet always passes, but none comes that is empty.
        _mask(fd, EV_SYN, [EV_KEY], EVENT_TYPES)
        _mask(fd, EV_KEY, codes, KEYS)


def _mask(fd: int, kind: int, codes: Iterable[int], count: int) -> None:
    bits = bit_map(codes, count)
    address, length = bits.buffer_info()
    fcntl.ioctl(fd, _EVIOCSMASK, struct.pack("=IIQ", kind, length * bits.itemsize, address))


def bit_map(codes: Iterable[int], count: int) -> array[int]:
    """A bit for each code, in whole words of the kernel (unsigned long), the lowest first."""
    bits = sum(1 << code for code in set(codes))
    word = 8 * array("L").itemsize
    return array("L", [bits >> at & (1 << word) - 1 for at in range(0, count, word)])


def monitors() -> list[Monitor]:
    """What tells when input devices come: the kernel at once, udevd when it has set who may read them.

    None where libudev is missing, or nobody may listen: a device that comes later is not noticed then.
    """
    heard: list[Monitor] = []
    with suppress(OSError, DriveError):
        for source in ("kernel", "udev"):
            monitor = pyudev.Monitor.from_netlink(context(), source)
            monitor.filter_by("input")
            monitor.start()
            heard.append(monitor)
    return heard


@dataclass(frozen=True, slots=True)
class InputDevices:
    """Where input devices are found, and how they are opened and waited for: other than this in tests."""

    classes: Path = Path("/sys/class/input")
    folder: Path = Path("/dev/input")
    open: Callable[[str], Device] = open_device
    monitors: Callable[[], Sequence[Monitor]] = monitors

    def nodes(self, device: str) -> list[str]:
        """The files of that device: itself if it is a path, else all with that name; none if it is not there."""
        if device.startswith("/"):
            return [device] if Path(device).exists() else []
        return [str(self.folder / found.name) for found in self.classes.glob("event*") if _name(found) == device]


def _name(found: Path) -> str | None:
    """As in /proc/bus/input/devices; None for one that is going."""
    try:
        return (found / "device/name").read_bytes().decode("utf-8", "replace").rstrip("\n")
    except OSError:
        return None
