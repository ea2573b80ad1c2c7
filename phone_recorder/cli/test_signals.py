"""Signals that end a run of `phone-recorder test`: what was played is reported, and nothing is left."""

from __future__ import annotations

import signal
from contextlib import suppress
from types import FrameType
from typing import Any, Self

from phone_recorder.harness.runner.worker import HEARD


class Interrupts:
    """While it is entered, the first Ctrl-C, SIGTERM or end of the terminal is a KeyboardInterrupt.

    No other is heard: whoever presses Ctrl-C twice does not end the end. What was ignored still is, as `nohup` wants.
    """

    def __init__(self) -> None:
        self._heard = 0
        self._before: dict[int, Any] = {}

    @property
    def exit_code(self) -> int:
        """128 and the signal's number, as shells have it; 0 without a signal."""
        return 128 + self._heard if self._heard else 0

    def __enter__(self) -> Self:
        with suppress(ValueError):  # in another thread than the first no signal is heard anyway
            for number in HEARD:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            # A program that was interrupted is about to end, and nothing is to come between.
            signal.signal(number, signal.SIG_IGN if self._heard else handler)

    def _hear(self, number: int, _: FrameType | None) -> None:
        if not self._heard:
            self._heard = number
            raise KeyboardInterrupt
