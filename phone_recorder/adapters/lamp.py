"""A LED of the device as the record key's lamp, through /sys/class/leds (Linux: Documentation/leds/leds-class.rst).

`brightness` is what it shines with, from 0 to `max_brightness`. `trigger` is what drives it: the kernel's `timer` makes
it blink without waking anybody up, and `none` leaves it to who writes `brightness`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from phone_recorder.errors import LampError, UsageError
from phone_recorder.recording.indicator import Lamp

LEDS = Path("/sys/class/leds")
HALF_PERIOD_MS = 500
"""How long it is on, and then off, when it blinks."""
_FULL = 255
"""The brightness of a LED that does not tell its highest one."""
_NAMED = 10
"""As many LEDs are named to who has named none."""


class Led:
    """One LED, left alone until the first `show`. Used from one thread; nothing here waits.

    `blinks`: whether the kernel can make it blink. It is known for sure after the first `show("blinking")`; where it
    cannot, that leaves the LED on, and the caller has it blink by `toggle`.
    """

    def __init__(self, name: str, root: Path = LEDS) -> None:
        """UsageError, saying what to do, if there is no such LED or it may not be switched."""
        if name not in _names(root):
            raise UsageError(_no_such_led(name, root))
        self.name = name
        self._led = root / name
        self._demand_access()
        self._full = self._number("max_brightness") or _FULL
        self._found_trigger, triggers = _triggers(self._text("trigger"))
        self._found_brightness = self._number("brightness")
        self._has_triggers = bool(triggers) and _may_be_written(self._led / "trigger")
        self.blinks = self._has_triggers and "timer" in triggers
        self._shown: Lamp | None = None
        self._lit = False
        self._broken = False
        self._touched = False

    def show(self, lamp: Lamp) -> None:
        """Have it off, on or blinking. LampError once it cannot; then nothing, until it can again."""
        if lamp == self._shown:
            return
        try:
            self._switch(lamp)
        except OSError as error:
            self._shown = None
            self._fail(error)
        else:
            self._shown, self._broken = lamp, False

    def toggle(self) -> None:
        """The other half of a period, after `show("blinking")`. LampError as from `show`."""
        try:
            self._shine(0 if self._lit else self._full)
        except OSError as error:
            self._fail(error)
        else:
            self._broken = False

    def close(self) -> None:
        """Leave it as it was found, if it can be."""
        if not self._touched:
            return
        with suppress(OSError):
            self._free()
            # The brightness first: a 0 that is written takes every trigger away.
            self._shine(self._found_brightness)
            if self._has_triggers and self._found_trigger != "none":
                self._write("trigger", self._found_trigger)
        self._touched, self._shown = False, None

    def _switch(self, lamp: Lamp) -> None:
        if self._shown is None or self._shown == "blinking":
            self._free()
        self._shine(0 if lamp == "off" else self._full)
        if lamp == "blinking" and self.blinks:
            self._blink()

    def _free(self) -> None:
        """Nobody drives it but who writes its brightness."""
        if self._has_triggers:
            self._write("trigger", "none")
        else:
            self._shine(0)

    def _shine(self, brightness: int) -> None:
        self._write("brightness", str(brightness))
        self._lit = brightness > 0

    def _blink(self) -> None:
        """By the kernel. Its files for the times come with the trigger, and may be root's: half a second is its own."""
        self._write("trigger", "timer")
        if not (self._led / "delay_on").exists():
            self.blinks = False
            self._free()
            self._shine(self._full)
            return
        for file in ("delay_on", "delay_off"):
            if self._number(file) != HALF_PERIOD_MS:
                with suppress(OSError):
                    self._write(file, str(HALF_PERIOD_MS))

    def _fail(self, error: OSError) -> None:
        broken, self._broken = self._broken, True
        if not broken:
            raise LampError(f"the LED {self.name} cannot be switched: {error.strerror or error}") from error

    def _demand_access(self) -> None:
        if not _may_be_written(self._led / "brightness"):
            raise UsageError(
                f"the LED {self.name} may not be switched by this user: let a udev rule give"
                f" {self._led / 'brightness'} and trigger to its group"
            )

    def _write(self, file: str, text: str) -> None:
        """OSError if it cannot be. No file is made where there is none."""
        self._touched = True
        fd = os.open(self._led / file, os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)

    def _text(self, file: str) -> str:
        try:
            return (self._led / file).read_text("utf-8", "replace").strip()
        except OSError:
            return ""

    def _number(self, file: str) -> int:
        text = self._text(file)
        return int(text) if text.isdecimal() else 0


def _triggers(text: str) -> tuple[str, list[str]]:
    """Which one drives it, and all there are, of `none [timer] heartbeat`."""
    names = text.split()
    chosen = next((name[1:-1] for name in names if name.startswith("[")), "none")
    return chosen, [name.strip("[]") for name in names]


def _may_be_written(file: Path) -> bool:
    """Tried, as a file system that is read-only refuses too."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _names(root: Path) -> list[str]:
    try:
        return sorted(os.listdir(root))  # noqa: PTH208
    except OSError:
        return []


def _no_such_led(name: str, root: Path) -> str:
    names = _names(root)
    if not names:
        return f"there is no LED {name}: this device has none under {root}"
    more = ", ..." if len(names) > _NAMED else ""
    return f"there is no LED {name} under {root}: give one of {', '.join(names[:_NAMED])}{more}"
