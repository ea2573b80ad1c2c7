from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.adapters.input_devices import Device, InputDevices, InputEvent, Monitor
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.adapters.record_keys import RecordKeys, key_code
from phone_recorder.errors import UsageError
from tests.peers import need_module

RECORD, PAUSE, OTHER = 167, 119, 30
EV_SYN, EV_KEY, EV_MSC = 0, 1, 4
SYN_REPORT, SYN_DROPPED = 0, 3
KEYS = {"KEY_RECORD": "record", "KEY_PAUSE": "pause"}
NAME = "gpio-keys"
WORKS_ONCE_THERE = f"the record key works once its device is there: {NAME}"
THERE = f"the record key's device is there: {NAME}"


@pytest.fixture(autouse=True, scope="module")
def evdev() -> None:
    need_module("evdev")


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


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    made = Phone(tmp_path)
    yield made
    made.close()


def test_a_key_does_what_it_is_for_once_a_press(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(press(RECORD) + press(OTHER) + press(PAUSE))
    phone.run()
    device.send(press(RECORD))
    phone.run()
    assert phone.pressed == ["record", "pause", "record"]


def test_a_key_that_is_held_is_pressed_once(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(event(EV_KEY, RECORD, 1) + event(EV_KEY, RECORD, 2) * 20 + event(EV_KEY, RECORD, 0))
    phone.run()
    assert phone.pressed == ["record"]


def test_other_kinds_of_events_with_the_same_number_are_no_press(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(b"".join(event(kind, RECORD, 1) for kind in (0, 2, 3, 4, 5, 0x11, 0x12, 0x14)))
    phone.run()
    assert phone.pressed == []


def test_after_events_were_lost_a_press_is_a_press(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(event(EV_SYN, SYN_DROPPED, 0) + event(EV_SYN, SYN_REPORT, 0) + press(RECORD))
    phone.run()
    assert phone.pressed == ["record"]


def test_more_presses_than_are_read_at_once_are_all_there(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(press(RECORD) * 20)
    phone.run()
    assert phone.pressed == ["record"] * 20


def test_a_key_may_be_given_by_its_code(phone: Phone) -> None:
    device = phone.plug(has=[0x2F0])
    phone.keys({str(0x2F0): "record"})
    device.send(press(0x2F0))
    phone.run()
    assert phone.pressed == ["record"] and phone.told == [THERE]


def test_a_device_that_comes_later_is_opened_then(phone: Phone) -> None:
    phone.keys()
    assert phone.told == [WORKS_ONCE_THERE]
    phone.plug("event0", "Power Button")
    phone.news.ring()
    phone.run()
    device = phone.plug("event1")
    phone.news.ring()
    phone.run()
    device.send(press(RECORD))
    phone.run()
    assert phone.pressed == ["record"] and phone.told == [WORKS_ONCE_THERE, THERE]


def test_a_device_that_is_pulled_is_closed_and_told_and_opened_when_it_comes_again(phone: Phone) -> None:
    first = phone.plug()
    phone.keys()
    phone.pull()
    phone.run()
    assert first.closed and phone.told == [THERE, WORKS_ONCE_THERE]
    second = phone.plug("event5")
    phone.news.ring()
    phone.run()
    second.send(press(PAUSE))
    phone.run()
    assert phone.pressed == ["pause"] and phone.told[2:] == [THERE]


def test_a_device_that_is_back_under_its_number_before_it_was_missed_is_opened(phone: Phone) -> None:
    phone.plug()
    phone.keys()
    phone.pull()
    second = phone.plug()
    phone.run()
    second.send(press(RECORD))
    phone.run()
    assert phone.pressed == ["record"] and phone.told == [THERE]


def test_a_press_before_the_pull_is_a_press(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(press(RECORD))
    phone.pull()
    phone.run()
    assert phone.pressed == ["record"]


def test_a_device_that_may_be_read_a_moment_later_is_not_told_as_refused(phone: Phone) -> None:
    phone.plug(fault=errno.EACCES)
    phone.keys()
    phone.plug()
    phone.news.ring()
    phone.run()
    assert phone.told == [THERE]


def test_a_device_that_may_be_read_later_without_news_of_it_is_opened_too(phone: Phone) -> None:
    phone.plug(fault=errno.EACCES)
    phone.keys()
    phone.plug()
    phone.run()
    assert phone.told == [THERE]


def test_a_device_that_may_not_be_read_says_what_to_do_once(phone: Phone) -> None:
    phone.plug(fault=errno.EACCES)
    phone.keys()
    for _ in range(2):
        phone.run()
        phone.news.ring()
    phone.run()
    assert phone.told == [f"the record key's device may not be read: let this user into the group input, for {NAME}"]


def test_what_cannot_be_opened_is_told(phone: Phone) -> None:
    phone.plug(fault=errno.ENOTTY)
    phone.keys()
    phone.run()
    assert phone.told == [f"the record key's device cannot be read, Inappropriate ioctl for device: {NAME}"]


def test_a_device_that_is_there_and_broken_waits_for_news(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.fault = errno.EIO
    device.send(press(RECORD))
    phone.run()
    assert device.closed
    assert phone.told == [THERE, f"the record key's device cannot be read, Input/output error: {NAME}"]


def test_a_device_without_such_a_key_is_told(phone: Phone) -> None:
    phone.plug(has=[PAUSE])
    phone.keys()
    assert phone.told == [f"the record key's device is there, but has no key KEY_RECORD: {NAME}"]


def test_of_several_with_one_name_all_are_read(phone: Phone) -> None:
    first, second = phone.plug("event0", has=[OTHER]), phone.plug("event1", has=[RECORD, PAUSE])
    phone.keys()
    first.send(press(PAUSE))
    phone.run()
    second.send(press(RECORD))
    phone.run()
    assert phone.pressed == ["pause", "record"] and phone.told == [THERE]


def test_after_the_end_nothing_is_read_or_heard(phone: Phone) -> None:
    device = phone.plug()
    keys = phone.keys()
    device.send(press(RECORD))
    phone.news.ring()
    keys.close()
    keys.close()
    phone.run()
    assert device.closed and phone.pressed == [] and phone.told == [THERE]


def test_whoever_is_told_of_a_press_may_end_it(phone: Phone) -> None:
    device = phone.plug()

    def pressed(what: str) -> None:
        phone.pressed.append(what)
        keys.close()

    keys = phone.keys(pressed=pressed)
    device.send(press(RECORD) * 3)
    phone.run()
    assert phone.pressed == ["record"]


def test_an_end_before_it_is_known_who_may_read_tells_nothing(phone: Phone) -> None:
    phone.plug(fault=errno.EACCES)
    phone.keys().close()
    phone.run()
    assert phone.told == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("KEY_RECORD", 167), (" key_record ", 167), ("167", 167), ("BTN_0", 0x100), ("1", 1), ("766", 766)],
)
def test_a_key_has_a_code(text: str, code: int) -> None:
    assert key_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "767",
        "768",
        "9" * 5000,
        "RECORD",
        "KEY_NOTHING",
        "KEY_RESERVED",
        "KEY_MAX",
        "KEY_CNT",
        "EV_KEY",
        "²",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"^there is no key .*: give a name of linux/input-event-codes.h"):
        key_code(text)


def test_one_key_for_two_things_is_refused(phone: Phone) -> None:
    with pytest.raises(UsageError, match="one key cannot do two things: record and pause are both 167"):
        phone.keys({"KEY_RECORD": "record", "167": "pause"})
