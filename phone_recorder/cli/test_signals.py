"""Signals that end a run of `phone-recorder test`: what was played is reported, and nothing is left."""

from __future__ import annotations

import signal
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Self

from phone_recorder.harness.runner.worker import HEARD


class Interrupts:
    """While it is entered, the first Ctrl-C, SIGTERM or end of the terminal is a KeyboardInterrupt.

    No other is heard: whoever presses Ctrl-C twice does not end the end. What was ignored still is, as `nohup` wants,
    but for those of `always`.
    """

    def __init__(self, always: Container[int] = ()) -> None:
        self._always = always
        self._instead: Callable[[], object] | None = None
        self._heard = 0
        self._over = False
        self._before: dict[int, Any] = {}

    @property
    def exit_code(self) -> int:
        """128 and the signal's number, as shells have it; 0 without a signal."""
        return 128 + self._heard if self._heard else 0

    def __enter__(self) -> Self:
        with suppress(ValueError):  # in another thread than the first no signal is heard anyway
            for number in HEARD:
                if number in self._always or signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *error: object) -> None:
        self._over = True
        # One that comes while another is being ignored is complained of by Python: until all are, they wait.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, self._before)
        for number, handler in self._before.items():
            # A program that was interrupted is about to end, and nothing is to come between.
            signal.signal(number, signal.SIG_IGN if self._heard else handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    @contextmanager
    def mean(self, instead: Callable[[], object]) -> Iterator[None]:
        """While it is entered, each signal does this, and nothing is interrupted."""
        self._instead = instead
        try:
            yield
        finally:
            self._instead = None

    def _hear(self, number: int, _: FrameType | None) -> None:
        if self._instead:
            self._instead()
            return
        if self._heard:
            return
        self._heard = number
        if not self._over:
            raise KeyboardInterrupt
