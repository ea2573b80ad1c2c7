"""Files, timers, other threads, and the sleep between: each is called in its turn, and nothing else wakes us."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from phone_recorder.adapters.reactor import Reactor
from tests.adapters.reactors import running

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def reactor() -> Iterator[Reactor]:
    with running() as reactor:
        yield reactor


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, two = socket.socketpair()
    one.setblocking(False)
    with one, two:
        yield one, two


def rounds(reactor: Reactor, number: int = 3) -> None:
    """So many rounds, in each of which what is ready is called."""
    left = [number]

    def count() -> None:
        left[0] -= 1
        reactor.soon(count) if left[0] else reactor.stop()

    reactor.soon(count)
    reactor.run()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_file_is_called_while_there_is_something_to_read(reactor: Reactor, pair: Pair) -> None:
    one, two = pair
    read: list[bytes] = []
    reactor.reading(one.fileno(), lambda: read.append(one.recv(2)))
    rounds(reactor)
    assert read == []
    two.send(b"abcd")
    rounds(reactor, 5)
    assert read == [b"ab", b"cd"]
    reactor.reading(one.fileno(), None)
    two.send(b"ef")
    rounds(reactor)
    assert read == [b"ab", b"cd"]


def test_the_end_of_the_other_side_is_something_to_read(reactor: Reactor, pair: Pair) -> None:
    one, two = pair
    reactor.reading(one.fileno(), reactor.stop)
    two.close()
    reactor.run()
    assert one.recv(10) == b""


def test_whoever_only_writes_hears_of_the_end_too(reactor: Reactor, pair: Pair) -> None:
    one, two = pair
    while True:
        try:
            one.send(bytes(65536))
        except BlockingIOError:
            break
    reactor.writing(one.fileno(), reactor.stop)
    two.close()
    reactor.run()
    with pytest.raises(OSError):
        one.send(b"x")


def test_a_file_may_be_read_and_written(reactor: Reactor, pair: Pair) -> None:
    one, two = pair
    called: list[str] = []
    reactor.reading(one.fileno(), lambda: called.append("read"))
    reactor.writing(one.fileno(), lambda: called.append("write"))
    two.send(b"x")
    rounds(reactor, 1)
    assert called == ["read", "write"]
    reactor.writing(one.fileno(), None)
    rounds(reactor, 1)
    assert called == ["read", "write", "read"]


def test_one_that_is_forgotten_is_not_called_even_if_it_was_ready(reactor: Reactor, pair: Pair) -> None:
    called: list[int] = []

    def ready(number: int) -> Callable[[], None]:
        def call() -> None:
            called.append(number)
            for end in pair:
                reactor.forget(end.fileno())

        return call

    for number, end in enumerate(pair):
        reactor.reading(end.fileno(), ready(number))
        pair[1 - number].send(b"x")
    rounds(reactor)
    assert len(called) == 1
    reactor.forget(pair[0].fileno())


def test_whoever_gets_the_number_of_a_closed_file_is_not_called_for_it(reactor: Reactor, pair: Pair) -> None:
    called: list[str] = []
    quiet, peer = socket.socketpair()

    def gives_to_another(number: int) -> Callable[[], None]:
        def call() -> None:
            called.append("first")
            reactor.forget(number)
            os.dup2(quiet.fileno(), number)
            reactor.reading(number, lambda: called.append("another"))

        return call

    for one, other in (pair, pair[::-1]):
        reactor.reading(one.fileno(), gives_to_another(other.fileno()))
        one.send(b"x")
    with quiet, peer:
        rounds(reactor, 1)
    assert called == ["first"]


def test_timers_are_called_in_the_order_of_their_times_and_never_early(reactor: Reactor) -> None:
    start, called = reactor.now(), list[tuple[str, bool]]()
    for name, delay_s in (("c", 0.03), ("a", 0.01), ("b", 0.02), ("b2", 0.02)):
        when_s = start + delay_s
        reactor.at(when_s, lambda name=name, when_s=when_s: called.append((name, reactor.now() >= when_s)))  # type: ignore[misc]
    reactor.later(0.05, reactor.stop)
    reactor.run()
    assert called == [("a", True), ("b", True), ("b2", True), ("c", True)]


def test_a_timer_that_is_cancelled_is_not_called_even_if_it_is_due(reactor: Reactor) -> None:
    called: list[str] = []

    def first() -> None:
        called.append("first")
        second.cancel()

    now = reactor.now()
    reactor.at(now, first)
    second = reactor.at(now, lambda: called.append("second"))
    third = reactor.later(0.001, lambda: called.append("third"))
    third.cancel()
    third.cancel()
    reactor.later(0.01, reactor.stop)
    reactor.run()
    assert called == ["first"]
    second.cancel()


def test_a_timer_that_asks_for_itself_at_once_starves_nobody(reactor: Reactor, pair: Pair) -> None:
    def again() -> None:
        reactor.at(0, again)

    again()
    pair[1].send(b"x")
    reactor.reading(pair[0].fileno(), reactor.stop)
    reactor.run()


def test_a_call_that_asks_for_itself_soon_starves_nobody(reactor: Reactor, pair: Pair) -> None:
    def again() -> None:
        reactor.soon(again)

    again()
    pair[1].send(b"x")
    reactor.reading(pair[0].fileno(), reactor.stop)
    reactor.run()


def test_a_timer_may_be_further_away_than_the_kernel_counts(reactor: Reactor) -> None:
    for never in (1e9, 1e300, float("inf")):
        with running() as other:
            other.later(never, other.stop)
            other.later(0.001, other.stop)
            other.run()
    reactor.later(1e12, reactor.stop).cancel()


def test_another_thread_wakes_it_and_is_served_in_the_order_of_asking(reactor: Reactor) -> None:
    here, called = threading.get_ident(), list[tuple[int, bool]]()

    def ask() -> None:
        for number in range(10_000):
            reactor.soon(lambda number=number: called.append((number, threading.get_ident() == here)))  # type: ignore[misc]
        reactor.soon(reactor.stop)

    thread = threading.Thread(target=ask)
    thread.start()
    reactor.run()
    thread.join()
    assert called == [(number, True) for number in range(10_000)]


def test_stop_may_come_before_run_and_from_another_thread(reactor: Reactor) -> None:
    reactor.stop()
    reactor.soon(lambda: called.append("later"))
    called: list[str] = []
    reactor.run()
    assert called == []
    thread = threading.Thread(target=reactor.stop)
    reactor.soon(thread.start)
    reactor.run()
    assert called == ["later"]
    thread.join()


def test_what_is_ready_when_it_is_stopped_is_called(reactor: Reactor) -> None:
    called: list[str] = []
    reactor.soon(reactor.stop)
    reactor.soon(lambda: called.append("after"))
    reactor.run()
    assert called == ["after"]


def test_the_error_of_a_callback_ends_it_and_is_raised(reactor: Reactor, pair: Pair) -> None:
    def fail() -> None:
        raise ZeroDivisionError("ours")

    readable = pair[0].fileno()
    pair[1].send(b"x")
    for begin in (reactor.soon, partial(reactor.later, 0), partial(reactor.reading, readable)):
        begin(fail)
        with pytest.raises(ZeroDivisionError, match="ours"):
            reactor.run()
    reactor.forget(readable)
    reactor.soon(reactor.stop)
    reactor.run()


def test_after_close_nothing_is_called_and_no_file_left_open() -> None:
    before = open_files()
    with running() as reactor:
        assert open_files() > before
    reactor.soon(lambda: pytest.fail("called"))
    reactor.stop()
    reactor.close()
    assert open_files() == before


def test_while_nothing_happens_it_does_not_wake(reactor: Reactor, pair: Pair) -> None:
    reactor.reading(pair[0].fileno(), lambda: None)
    reactor.later(0.3, reactor.stop)
    reactor.later(0.1, lambda: pytest.fail("called")).cancel()
    before = resource.getrusage(resource.RUSAGE_THREAD)
    reactor.run()
    after = resource.getrusage(resource.RUSAGE_THREAD)
    assert after.ru_nvcsw - before.ru_nvcsw <= 2
    assert after.ru_utime - before.ru_utime < 0.05


def test_it_loads_no_event_loop() -> None:
    program = (
        "import sys\n"
        "import phone_recorder.adapters.reactor\n"
        "sys.exit(bool({'asyncio', 'ssl', 'http', 'multiprocessing'} & set(sys.modules)))\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=20, check=False).returncode == 0
