"""Signals: none is lost between a look and a sleep, and the process has its own handlers back afterwards."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from phone_recorder.adapters.reactor import Reactor
from tests.adapters.reactors import running


@pytest.fixture
def reactor() -> Iterator[Reactor]:
    with running() as reactor:
        yield reactor


def send(number: int) -> None:
    os.kill(os.getpid(), number)


def test_a_signal_is_called_for(reactor: Reactor) -> None:
    called: list[str] = []
    reactor.on_signal(signal.SIGUSR1, lambda: called.append("one"))
    reactor.on_signal(signal.SIGUSR2, reactor.stop)
    send(signal.SIGUSR1)
    send(signal.SIGUSR2)
    assert called == []
    reactor.run()
    assert called == ["one"]


def test_what_is_asked_for_last_holds(reactor: Reactor) -> None:
    reactor.on_signal(signal.SIGUSR1, lambda: pytest.fail("called"))
    reactor.on_signal(signal.SIGUSR1, reactor.stop)
    send(signal.SIGUSR1)
    reactor.run()


def test_no_signal_is_lost_whenever_it_comes(reactor: Reactor) -> None:
    reactor.on_signal(signal.SIGUSR1, reactor.stop)
    for _ in range(300):
        sending = threading.Thread(target=send, args=(signal.SIGUSR1,))
        sending.start()
        reactor.run()
        sending.join()


def test_a_handler_of_others_may_ask_for_a_call(reactor: Reactor) -> None:
    old = signal.signal(signal.SIGUSR2, lambda number, frame: reactor.soon(reactor.stop))
    try:
        reactor.on_signal(signal.SIGUSR1, lambda: None)
        sending = threading.Thread(target=send, args=(signal.SIGUSR2,))
        sending.start()
        reactor.run()
        sending.join()
    finally:
        signal.signal(signal.SIGUSR2, old)


def test_a_full_bell_loses_no_signal(reactor: Reactor) -> None:
    called: list[int] = []
    reactor.on_signal(signal.SIGUSR1, reactor.stop)
    for number in range(5000):
        reactor.soon(lambda number=number: called.append(number))  # type: ignore[misc]
    send(signal.SIGUSR1)
    reactor.run()
    assert called == list(range(5000))


def test_the_handlers_are_given_back() -> None:
    numbers = (signal.SIGUSR1, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    with running() as reactor:
        for number in numbers:
            reactor.on_signal(number, reactor.stop)
            reactor.on_signal(number, reactor.stop)
        assert [signal.getsignal(number) for number in numbers] != before
    assert [signal.getsignal(number) for number in numbers] == before
    assert signal.set_wakeup_fd(-1) == -1
