"""The record key and its lamp on the device itself, where there are some."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.lamp import HALF_PERIOD_MS, Led
from phone_recorder.adapters.reactor import Reactor, Timer
from phone_recorder.errors import LampError, PhoneRecorderError
from phone_recorder.recording.indicator import Lamp
from phone_recorder.settings.agent import AgentSettings

if TYPE_CHECKING:
    from phone_recorder.adapters.record_keys import RecordKeys

Pressed = Callable[[str], None]
"""Told what a key does: `record` or `pause`."""
TakeKeys = Callable[[Reactor, str, Mapping[str, str], Pressed, Callable[[str], None]], "RecordKeys"]


def _record_keys(*taken: Any) -> RecordKeys:
    """Loaded where there is a key: its libraries take memory."""
    from phone_recorder.adapters.record_keys import RecordKeys

    return RecordKeys(*taken)


class Signs:
    """As `use` says; without a device there is no key, and without a LED no lamp. What fails is told, and goes on.

    `take_led` and `take_keys` give the devices.
    """

    def __init__(
        self,
        reactor: Reactor,
        pressed: Pressed,
        log: Log,
        take_led: Callable[[str], Led] = Led,
        take_keys: TakeKeys = _record_keys,
    ) -> None:
        self._reactor = reactor
        self._pressed = pressed
        self._log = log
        self._make_led, self._make_keys = take_led, take_keys
        self._settings: AgentSettings | None = None
        self._keys: RecordKeys | None = None
        self._led: Led | None = None
        self._lamp: Lamp = "off"
        self._blinking: Timer | None = None
        self.problem = ""
        """Why the key or the lamp cannot be used; without them a phone still records."""

    def use(self, settings: AgentSettings) -> None:
        """The devices of these settings from now on, as far as they can be.

        Of the same settings again, those that could not be used: at boot a LED may still be root's.
        """
        if settings != self._settings:
            self.close()
            self.problem = ""
        elif not self.problem:
            return
        self._settings = settings
        problems = []
        for take in (self._take_led, self._take_keys):
            try:
                take(settings)
            except PhoneRecorderError as error:
                problems.append(str(error))
                if str(error) not in self.problem:
                    self._log("warning", str(error))
        self.problem = "; ".join(problems)
        self.show(self._lamp)

    def show(self, lamp: Lamp) -> None:
        """What the record key's lamp shows."""
        self._lamp = lamp
        if self._led is None:
            return
        try:
            self._led.show(lamp)
        except LampError as error:
            self._log("warning", str(error))
        self._blink(self._led, lamp == "blinking" and not self._led.blinks)

    def close(self) -> None:
        """Leave the devices as they were found."""
        if self._led:
            self._blink(self._led, False)
            self._led.close()
        if self._keys:
            self._keys.close()
        self._led = self._keys = self._settings = None

    def _take_led(self, settings: AgentSettings) -> None:
        if settings.lamp and self._led is None:
            self._led = self._make_led(settings.lamp)

    def _take_keys(self, settings: AgentSettings) -> None:
        if self._keys or not settings.key_device:
            return
        keys = {settings.key: "record", **({settings.pause_key: "pause"} if settings.pause_key else {})}
        self._keys = self._make_keys(
            self._reactor, settings.key_device, keys, self._pressed, lambda line: self._log("notice", line)
        )

    def _blink(self, led: Led, on: bool) -> None:
        """By our own timer, where the kernel has none for it."""
        if on and self._blinking is None:
            self._blinking = self._reactor.later(HALF_PERIOD_MS / 1000, lambda: self._toggle(led))
        elif not on and self._blinking is not None:
            self._blinking.cancel()
            self._blinking = None

    def _toggle(self, led: Led) -> None:
        self._blinking = None
        try:
            led.toggle()
        except LampError as error:
            self._log("warning", str(error))
        self._blink(led, True)
