"""What signals ask of a run."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from threading import Thread

import pytest

from phone_recorder.bulk.fleet.interrupts import Interrupts

ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Asked:
    """Notes what is asked of it."""

    of: list[str] = field(default_factory=list)

    def stop(self) -> None:
        self.of.append("stop")

    def break_off(self) -> None:
        self.of.append("break off")


def raised(interrupts: Interrupts, *numbers: int) -> list[str]:
    """What a fleet is asked for at its next tick after these."""
    asked = Asked()
    for number in numbers:
        os.kill(os.getpid(), number)
    interrupts.obey(asked)
    return asked.of


@pytest.mark.parametrize("number", ALL)
def test_the_first_ends_it_in_order_and_the_next_at_once(number: signal.Signals) -> None:
    with Interrupts() as interrupts:
        assert (raised(interrupts), interrupts.first) == ([], 0)
        assert raised(interrupts, number) == ["stop"]
        assert raised(interrupts, signal.SIGINT) == (["break off"])
        assert raised(interrupts) == []
        assert interrupts.first == number


def test_the_first_is_told_when_it_is_obeyed() -> None:
    told = []
    with Interrupts() as interrupts:
        interrupts.told = lambda: told.append(interrupts.first)
        os.kill(os.getpid(), signal.SIGTERM)
        assert told == []
        assert raised(interrupts, signal.SIGINT) == ["stop", "break off"]
    assert told == [signal.SIGTERM]


def test_two_between_ticks_are_both_obeyed() -> None:
    with Interrupts() as interrupts:
        assert raised(interrupts, signal.SIGTERM, signal.SIGTERM) == ["stop", "break off"]


def test_a_terminal_that_tells_of_its_end_twice_has_one_end() -> None:
    with Interrupts() as interrupts:
        assert raised(interrupts, signal.SIGHUP, signal.SIGHUP, signal.SIGHUP) == ["stop"]
        assert raised(interrupts, signal.SIGTERM) == ["break off"]


def test_a_third_waits_for_nothing() -> None:
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        raised(interrupts, signal.SIGINT, signal.SIGINT, signal.SIGTERM)


def test_afterwards_signals_do_what_they_did() -> None:
    before = [signal.getsignal(number) for number in ALL]
    with Interrupts():
        assert before != [signal.getsignal(number) for number in ALL]
    assert before == [signal.getsignal(number) for number in ALL]


def test_the_end_of_a_terminal_is_not_heard_where_it_is_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            assert raised(interrupts, signal.SIGHUP) == []
    finally:
        signal.signal(signal.SIGHUP, before)


def test_on_another_thread_nothing_is_heard() -> None:
    before = signal.getsignal(signal.SIGINT)
    heard: list[object] = []

    def enter() -> None:
        with Interrupts() as interrupts:
            heard.append((signal.getsignal(signal.SIGINT), interrupts.first))

    thread = Thread(target=enter)
    thread.start()
    thread.join()
    assert heard == [(before, 0)]
