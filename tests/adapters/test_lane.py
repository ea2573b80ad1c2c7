"""One thread for a thing that may hang: order, room, patience, and errors."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pytest

from phone_recorder.adapters import aside
from phone_recorder.adapters.lane import Lane, Lanes, Newest
from phone_recorder.errors import DriveError, DriveGone

HANGS = "the drive does not answer"


def lane(patience_s: float | None = 20.0, room: int = 32, now: Callable[[], float] = lambda: 0.0) -> Lane:
    return Lane(lambda: DriveError(HANGS), patience_s, room, now)


@contextmanager
def hanging(lane: Lane) -> Iterator[Future[bool]]:
    """A piece that has begun, and hangs until the end of this."""
    begun, end = threading.Event(), threading.Event()

    def hang() -> bool:
        begun.set()
        return end.wait(20)

    done = lane.put(hang)
    assert begun.wait(20)
    try:
        yield done
    finally:
        end.set()


def test_what_the_work_gives_or_raises_comes_back() -> None:
    def fail() -> None:
        raise DriveGone("the drive was removed")

    one = lane()
    assert one.wait(lambda: 42) == asyncio.run(aside.ask(one, lambda: 42)) == 42
    for ask in (one.wait, lambda work: asyncio.run(aside.ask(one, work))):
        with pytest.raises(DriveGone, match="removed"):
            ask(fail)
    assert one.wait(lambda: 43) == 43


def test_an_error_of_the_work_that_is_called_as_the_lanes_own_is_the_works() -> None:
    def fail() -> None:
        raise TimeoutError("the work's")

    for ask in (lane().wait, lambda work: asyncio.run(aside.ask(lane(), work))):
        with pytest.raises(TimeoutError, match="the work's"):
            ask(fail)


def test_two_hundred_pieces_are_done_one_after_the_other() -> None:
    one, order = lane(room=200), list[int]()
    running: list[int] = []

    def work(number: int) -> int:
        running.append(sum(thread.name == "lane" for thread in threading.enumerate()))
        order.append(number)
        return number

    async def run() -> list[int]:
        return await asyncio.gather(*(aside.ask(one, lambda number=number: work(number)) for number in range(200)))  # type: ignore[misc]

    before = sum(thread.name == "lane" for thread in threading.enumerate())
    assert asyncio.run(run()) == order == list(range(200))
    assert max(running) <= before + 1


def test_whoever_finds_no_room_is_refused_at_once() -> None:
    one = lane(room=2)
    with hanging(one):
        waiting = [one.put(lambda: 1), one.put(lambda: 2)]
        with pytest.raises(DriveError, match=HANGS):
            one.put(lambda: 3)
    assert [done.result(20) for done in waiting] == [1, 2]


def test_while_one_piece_hangs_everybody_is_refused_at_once() -> None:
    clock = [0.0]
    one = lane(5.0, now=lambda: clock[0])
    with hanging(one) as done:
        clock[0] = 4.9
        later = one.put(lambda: 1)
        clock[0] = 5.0
        for ask in (one.wait, lambda work: asyncio.run(aside.ask(one, work))):
            with pytest.raises(DriveError, match=HANGS):
                ask(lambda: 2)
        with pytest.raises(DriveError, match=HANGS):
            asyncio.run(aside.share(one, done))
    assert later.result(20) == 1
    assert one.wait(lambda: 3) == 3


def test_whoever_has_waited_long_enough_is_refused_and_what_nobody_waits_for_is_not_begun() -> None:
    one, begun = lane(0.01), list[int]()
    with hanging(one):
        for ask in (one.wait, lambda work: asyncio.run(aside.ask(one, work))):
            with pytest.raises(DriveError, match=HANGS):
                ask(lambda: begun.append(1))
        last = one.put(lambda: begun.append(2))
    last.result(20)
    assert begun == [2]


def test_one_that_gives_up_takes_nothing_from_the_others() -> None:
    one = lane(0.01)
    with hanging(one):
        shared = one.put(lambda: 7)
        with pytest.raises(DriveError, match=HANGS):
            asyncio.run(aside.share(one, shared))
    assert shared.result(20) == 7


def test_what_hangs_is_the_end_of_no_thread_but_its_own() -> None:
    one = lane(None, room=0)
    with hanging(one) as done:
        assert all(thread.daemon for thread in threading.enumerate() if thread.name == "lane")
        with pytest.raises(DriveError, match=HANGS):
            one.put(lambda: 1)
    assert done.result(20)


def test_another_thing_has_another_lane() -> None:
    lanes = Lanes(lane)
    first = lanes.of("a stick")
    with hanging(first):
        assert lanes.of("a stick") is first
        assert lanes.of("another").wait(lambda: 42) == 42


def test_what_is_older_than_what_was_found_already_is_dropped() -> None:
    newest = Newest("")
    assert newest.keep(2, "second") == "second"
    assert newest.keep(1, "first") == "second" == newest.value
    assert newest.keep(2, "second, late") == "second, late" and newest.number == 2


def test_a_lane_that_got_no_thread_refuses_and_works_again_when_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    one = lane()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_more)
        with pytest.raises(DriveError, match=HANGS):
            one.put(lambda: 42)
    assert one.wait(lambda: 42) == 42
