"""Keys of an input device (evdev) that do something when they are pressed: a phone's record key."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from phone_recorder.adapters.input_devices import (
    EV_KEY,
    KEYS,
    PRESSED,
    Device,
    InputDevices,
    Monitor,
    listen_for,
    load_evdev,
)
from phone_recorder.adapters.reactor import Reactor, Timer
from phone_recorder.errors import UsageError

SETTLE_S = 1.0
"""So long after a device came udevd may still be about to say who may read it."""


class RecordKeys:
    """Calls `pressed` with what a key does, once a press; `tell` with how it is with the device, when that changes.

    `keys`: name or code of a key -> what it does. Others read the device as before, and every other key is theirs. A
    device that is not there, or goes and comes again, is opened when it comes. Of several with that name, all are.
    """

    def __init__(
        self,
        reactor: Reactor,
        device: str,
        keys: Mapping[str, str],
        pressed: Callable[[str], None],
        tell: Callable[[str], None],
        devices: InputDevices = InputDevices(),  # noqa: B008  # a frozen value
        settle_s: float = SETTLE_S,
    ) -> None:
        """UsageError for a key that does not exist or is given twice, and where evdev is not installed."""
        self._does = _meanings(keys)
        load_evdev()
        self._reactor, self._device, self._devices = reactor, device, devices
        self._pressed, self._tell, self._settle_s = pressed, tell, settle_s
        self._names = {key_code(text): text for text in keys}
        self._open: dict[str, Device] = {}
        self._settling: Timer | None = None
        self._told = ""
        # Listen before looking, and nothing that comes is missed.
        self._monitors = list(devices.monitors())
        for monitor in self._monitors:
            reactor.reading(monitor.fileno(), partial(self._heard, monitor))
        self._look()

    def close(self) -> None:
        """Read the keys no more."""
        for node in list(self._open):
            self._close(node)
        for monitor in self._monitors:
            self._reactor.forget(monitor.fileno())
        self._monitors.clear()  # pyudev closes the sockets with the objects
        self._settle(None)

    def _heard(self, monitor: Monitor) -> None:
        """Some input device came, went or changed. One look tells all."""
        with suppress(OSError):  # more news than the socket holds
            while monitor.poll(0) is not None:
                pass
        self._look()

    def _look(self, settled: bool = False) -> None:
        """Open what is there and is not open; say how it is now."""
        nodes = [node for node in self._devices.nodes(self._device) if node not in self._open]
        errors = [error for node in nodes if (error := self._take(node))]
        self._settle(None)
        if self._open:
            self._say(self._there())
        elif not errors:
            self._say(f"the record key works once its device is there: {self._device}")
        elif settled:
            self._say(_refusal(self._device, errors[0]))
        else:
            self._settle(self._reactor.later(self._settle_s, partial(self._look, settled=True)))

    def _settle(self, timer: Timer | None) -> None:
        if self._settling is not None:
            self._settling.cancel()
        self._settling = timer

    def _take(self, node: str) -> OSError | None:
        try:
            device = self._devices.open(node)
        except OSError as error:
            return error
        listen_for(device.fd, self._does)
        self._open[node] = device
        self._reactor.reading(device.fd, partial(self._read, node))
        return None

    def _read(self, node: str) -> None:
        try:
            events = list(self._open[node].read())
        except BlockingIOError:
            return
        except OSError as error:
            self._lost(node, error)
            return
        # After SYN_DROPPED some presses are lost, but what comes is pressed all the same.
        for event in events:
            if event.type == EV_KEY and event.value == PRESSED and event.code in self._does and node in self._open:
                self._pressed(self._does[event.code])

    def _lost(self, node: str, error: OSError) -> None:
        """It was unplugged, and may have come again already; what is there and broken waits until some device comes."""
        self._close(node)
        if error.errno == errno.ENODEV:
            self._look()
        else:
            self._say(_refusal(self._device, error))

    def _close(self, node: str) -> None:
        device = self._open.pop(node)
        self._reactor.forget(device.fd)
        with suppress(OSError):
            device.close()

    def _there(self) -> str:
        has = {code for device in self._open.values() for code in device.capabilities().get(EV_KEY, ())}
        lacking = ", ".join(text for code, text in self._names.items() if code not in has)
        if lacking:
            return f"the record key's device is there, but has no key {lacking}: {self._device}"
        return f"the record key's device is there: {self._device}"

    def _say(self, text: str) -> None:
        told, self._told = self._told, text
        if text != told:
            self._tell(text)


def key_code(text: str) -> int:
    """The code of a key: its number, or its name in linux/input-event-codes.h; UsageError if there is none such."""
    name = text.strip().upper()
    number = name.isascii() and name.isdecimal() and len(name) <= len(str(KEYS))
    code = int(name) if number else _named(name)
    if not 0 < code < KEYS - 1:
        raise UsageError(
            f"there is no key {text!r}: give a name of linux/input-event-codes.h, such as KEY_RECORD, or its number"
        )
    return code


def _named(name: str) -> int:
    """0 for what is no key's name."""
    if not name.startswith(("KEY_", "BTN_")):
        return 0
    return int(load_evdev().ecodes.ecodes.get(name, 0))


def _meanings(keys: Mapping[str, str]) -> dict[int, str]:
    """Code of a key -> what it does; UsageError for a key that is given twice."""
    meanings: dict[int, str] = {}
    for text, what in keys.items():
        if meanings.setdefault(key_code(text), what) != what:
            raise UsageError(f"one key cannot do two things: {meanings[key_code(text)]} and {what} are both {text}")
    return meanings


def _refusal(device: str, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"the record key's device may not be read: let this user into the group input, for {device}"
    return f"the record key's device cannot be read, {error.strerror or error}: {device}"
