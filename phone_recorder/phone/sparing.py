"""News that a flood must not make a flood of lines of: one at once, the others of a second together."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.sip.timers import Timers

PAUSE_S = 1.0
"""Between two lines."""


class Sparing:
    """Tells by `tell`: a line as it is; of those that follow too soon the last one, and how many others there were."""

    def __init__(self, timers: Timers, tell: Callable[[str], None]) -> None:
        self._timers = timers
        self._tell = tell
        self._pauses = False
        self._last = ""
        self._held = 0

    def tell(self, line: str) -> None:
        """Now, or soon."""
        if self._pauses:
            self._last = line
            self._held += 1
        else:
            self._say(line)

    def _say(self, line: str) -> None:
        self._tell(line)
        self._pauses = True
        self._timers.call_later(PAUSE_S, self._go_on)

    def _go_on(self) -> None:
        others, self._held, self._pauses = self._held - 1, 0, False
        if others >= 0:
            self._say(f"{self._last} (and {others} more since)" if others else self._last)
