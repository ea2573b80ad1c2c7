"""The signals that end a run: noted when they come, obeyed at its next tick, so that nothing is cut in the middle."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Protocol, Self

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MOST = 2
"""Signals that are obeyed; whoever sends another one does not want to wait for anything."""


class Stoppable(Protocol):
    """A fleet, as far as signals go."""

    def stop(self) -> None:
        """End in order."""

    def break_off(self) -> None:
        """End at once."""


class Interrupts:
    """While it is entered, Ctrl-C, SIGTERM and the end of the terminal end nothing by themselves.

    The first one ends the fleet in order, the second at once, a third whatever there is, as a KeyboardInterrupt. A
    terminal may tell of its end twice: that counts once, and not at all where it is ignored, as `nohup` wants it.
    """

    def __init__(self) -> None:
        self.told: Callable[[], object] = int
        """Called when the first has been obeyed."""
        self._heard: list[int] = []
        self._obeyed = 0
        self._before: dict[int, Any] = {}

    @property
    def first(self) -> int:
        """The signal that came first; 0 if none did."""
        return self._heard[0] if self._heard else 0

    def __enter__(self) -> Self:
        # Elsewhere than on the main thread nobody can interrupt it.
        with suppress(ValueError):
            for number in _ENDING:
                if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def obey(self, fleet: Stoppable) -> None:
        """Do what has been asked for since."""
        while self._obeyed < len(self._heard):
            self._obeyed += 1
            if self._obeyed == 1:
                fleet.stop()
                self.told()
            else:
                fleet.break_off()

    def _hear(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP and number in self._heard:
            return
        self._heard.append(number)
        if len(self._heard) > _MOST:
            raise KeyboardInterrupt
