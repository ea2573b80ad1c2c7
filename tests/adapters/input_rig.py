"""Input devices that a test plugs in and pulls out, their events written into pipes as the kernel writes them."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from phone_recorder.adapters.input_devices import Device, InputDevices, InputEvent, Monitor
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.adapters.record_keys import RecordKeys
from tests.peers import need_module

RECORD, PAUSE, OTHER = 167, 119, 30
EV_SYN, EV_KEY, EV_MSC = 0, 1, 4
SYN_REPORT, SYN_DROPPED = 0, 3
KEYS = {"KEY_RECORD": "record", "KEY_PAUSE": "pause"}
NAME = "gpio-keys"
WORKS_ONCE_THERE = f"the record key works once its device is there: {NAME}"
THERE = f"the record key's device is there: {NAME}"


def event(kind: int, code: int, value: int) -> bytes:
    """struct input_event of linux/input.h: the time in two longs, type, code, value."""
    return struct.pack("@llHHi", 1_700_000_000, 250_000, kind, code, value)


def press(code: int) -> bytes:
    """What a keyboard's driver sends for a key that is pressed and let go."""
    report = event(EV_SYN, SYN_REPORT, 0)
    scan = event(EV_MSC, 4, 0x70000 + code)
    return scan + event(EV_KEY, code, 1) + report + scan + event(EV_KEY, code, 0) + report


def evdev_reader(fd: int) -> Any:
    """What evdev reads its own devices with."""
    from evdev.eventio import EventIO

    reader = EventIO()
    vars(reader)["fd"] = fd
    return reader


class PipeDevice:
    """An input device whose events a test writes into a pipe. A pipe at its end is a device that was unplugged."""

    def __init__(self, has: Sequence[int]) -> None:
        self.fd, self.driver = os.pipe2(os.O_NONBLOCK)
        self._reader = evdev_reader(self.fd)
        self._has = has
        self.fault = 0
        self.closed, self.plugged = False, True

    def read(self) -> Iterator[InputEvent]:
        if self.fault:
            raise OSError(self.fault, os.strerror(self.fault))
        found = list(self._reader.read())
        if not found:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return iter(found)

    def capabilities(self) -> Mapping[int, Sequence[Any]]:
        return {EV_SYN: [0, 1, 3], EV_KEY: self._has}

    def send(self, data: bytes) -> None:
        os.write(self.driver, data)

    def unplug(self) -> None:
        os.close(self.driver)
        self.plugged = False

    def close(self) -> None:
        os.close(self.fd)
        self.closed = True

    def scrap(self) -> None:
        """Close what is still open."""
        if self.plugged:
            self.unplug()
        if not self.closed:
            self.close()


class News:
    """What pyudev's monitor is: a file that is readable, and news until there is none."""

    def __init__(self) -> None:
        self._ours, self._driver = os.pipe2(os.O_NONBLOCK)

    def fileno(self) -> int:
        return self._ours

    def poll(self, timeout: float) -> object:
        try:
            return os.read(self._ours, 1)
        except BlockingIOError:
            return None

    def ring(self) -> None:
        os.write(self._driver, b"..")

    def close(self) -> None:
        os.close(self._ours)
        os.close(self._driver)


class Phone:
    """Input devices that come and go, and what was pressed and told."""

    def __init__(self, folder: Path) -> None:
        need_module("evdev")
        self.reactor = Reactor()
        self.news = News()
        self.pressed: list[str] = []
        self.told: list[str] = []
        self.devices: dict[str, PipeDevice | int] = {}
        self.made: list[PipeDevice] = []
        self._classes = folder

    def plug(
        self, node: str = "event0", name: str = NAME, has: Sequence[int] = (RECORD, PAUSE, OTHER), fault: int = 0
    ) -> PipeDevice:
        """A device comes; with a fault it cannot be opened."""
        device = PipeDevice(has)
        self.made.append(device)
        (self._classes / node / "device").mkdir(parents=True, exist_ok=True)
        (self._classes / node / "device/name").write_text(f"{name}\n")
        self.devices[f"/dev/input/{node}"] = fault or device
        return device

    def pull(self, node: str = "event0") -> None:
        """A device goes."""
        (self._classes / node / "device/name").unlink()
        device = self.devices.pop(f"/dev/input/{node}")
        assert isinstance(device, PipeDevice)
        device.unplug()

    def open(self, node: str) -> Device:
        device = self.devices[node]
        if isinstance(device, int):
            raise OSError(device, os.strerror(device))
        return device

    def monitors(self) -> list[Monitor]:
        return [self.news]

    def keys(self, keys: Mapping[str, str] = KEYS, pressed: Callable[[str], None] | None = None) -> RecordKeys:
        found = InputDevices(classes=self._classes, open=self.open, monitors=self.monitors)
        return RecordKeys(
            self.reactor, NAME, keys, pressed or self.pressed.append, self.told.append, devices=found, settle_s=0.0
        )

    def run(self) -> None:
        """Until all that is ready was called: each round sees what is ready at its beginning."""
        for _ in range(4):
            self.reactor.later(0.0, self.reactor.stop)
            self.reactor.run()

    def close(self) -> None:
        self.reactor.close()
        self.news.close()
        for device in self.made:
            device.scrap()
