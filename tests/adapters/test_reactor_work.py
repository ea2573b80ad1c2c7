"""Coroutines without an event loop of asyncio: what they wait for, how they end, and what the end of all does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from typing import Any

import pytest

from phone_recorder.adapters.lane import Lane
from phone_recorder.adapters.reactor import Reactor, waiting
from phone_recorder.errors import DriveError, DriveGone
from tests.adapters.reactors import running


@pytest.fixture
def reactor() -> Iterator[Reactor]:
    with running() as reactor:
        yield reactor


class Ends:
    """How coroutines ended, in the order in which they did."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.all: list[tuple[Any, str]] = []
        self.then = then

    def __call__(self, result: object, error: BaseException | None) -> None:
        self.all.append((result, repr(error) if error else ""))
        self.then()


async def added(*futures: Future[int]) -> int:
    return sum([await waiting(future) for future in futures])


def test_one_that_has_nothing_to_wait_for_is_done_at_once(reactor: Reactor) -> None:
    ends, there = Ends(), Future[int]()
    there.set_result(3)
    reactor.start(added(there, there), ends)
    assert ends.all == [(6, "")]


def test_coroutines_that_wait_for_others_go_on_when_the_last_has_what_it_waits_for(reactor: Reactor) -> None:
    ends, futures = Ends(reactor.stop), [Future[int](), Future[int]()]
    here: list[int] = []

    async def outer() -> int:
        result = 10 * await added(*futures)
        here.append(threading.get_ident())
        return result

    reactor.start(outer(), ends)
    for number, future in enumerate(futures):
        reactor.later(0.01 * number, threading.Thread(target=future.set_result, args=(number + 1,)).start)
    assert ends.all == []
    reactor.run()
    assert ends.all == [(30, "")]
    assert here == [threading.get_ident()]


def test_the_thread_of_a_lane_works_for_it(reactor: Reactor) -> None:
    lane, ends = Lane(lambda: DriveError("it hangs"), None, 32), Ends(reactor.stop)

    def fail() -> int:
        raise DriveGone("the drive was removed")

    async def asked() -> tuple[int, str]:
        number = await waiting(lane.put(lambda: 42))
        try:
            await waiting(lane.put(fail))
        except DriveGone as error:
            return number, str(error)
        return number, ""

    reactor.start(asked(), ends)
    reactor.run()
    assert ends.all == [((42, "the drive was removed"), "")]


def test_the_error_that_ends_one_is_told(reactor: Reactor) -> None:
    ends, failed, cancelled = Ends(), Future[int](), Future[int]()
    reactor.start(added(failed), ends)
    reactor.start(added(cancelled), ends)
    failed.set_exception(DriveGone("gone"))
    assert cancelled.cancel()
    reactor.soon(reactor.stop)
    reactor.run()
    assert ends.all == [(None, "DriveGone('gone')"), (None, repr(CancelledError()))]


def test_an_error_that_nobody_is_told_of_ends_the_run(reactor: Reactor) -> None:
    there, later = Future[int](), Future[int]()
    there.set_exception(DriveGone("gone"))
    with pytest.raises(DriveGone):
        reactor.start(added(there))
    reactor.start(added(later))
    later.set_exception(DriveGone("gone"))
    with pytest.raises(DriveGone):
        reactor.run()


def test_the_error_of_whoever_is_told_is_its_own_and_ends_the_run(reactor: Reactor) -> None:
    told: list[object] = []

    def fail(result: object, error: BaseException | None) -> None:
        told.append((result, error))
        raise ZeroDivisionError

    later = Future[int]()
    reactor.start(added(later), fail)
    later.set_result(1)
    with pytest.raises(ZeroDivisionError):
        reactor.run()
    assert told == [(1, None)]


def test_many_wait_for_one(reactor: Reactor) -> None:
    ends, one = Ends(), Future[int]()
    for _ in range(1000):
        reactor.start(added(one), ends)
    one.set_result(1)
    reactor.soon(reactor.stop)
    reactor.run()
    assert ends.all == [(1, "")] * 1000


def test_at_close_those_that_wait_are_closed_and_nobody_is_told() -> None:
    ends, future, closed = Ends(), Future[int](), list[str]()

    async def waits() -> int:
        try:
            return await waiting(future)
        finally:
            closed.append("closed")

    async def outer() -> int:
        return await waits()

    with running() as reactor:
        reactor.start(outer(), ends)
        reactor.start(waits(), ends)
    assert closed == ["closed", "closed"]
    future.set_result(1)
    assert ends.all == []


def test_what_comes_in_the_instant_of_the_close_is_too_late() -> None:
    ends, future = Ends(), Future[int]()
    with running() as reactor:
        reactor.start(added(future), ends)
        future.set_result(1)
    assert ends.all == []


def test_one_that_waits_for_an_event_loop_is_told_so(reactor: Reactor) -> None:
    ends = Ends()

    async def sleeps() -> None:
        await asyncio.sleep(0)

    reactor.start(sleeps(), ends)
    assert ends.all == [(None, "TypeError('a coroutine of the reactor waits for futures, not for None')")]
