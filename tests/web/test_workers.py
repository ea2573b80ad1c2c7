"""Work on a few threads: in order, taken back when nobody waits for it, and left behind at the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator

import pytest
from starlette.exceptions import HTTPException

from phone_recorder.web.workers import Workers

PATIENCE_S = 10.0


@pytest.fixture
def one() -> Iterator[Workers]:
    workers = Workers(1)
    yield workers
    workers.close()


class Held:
    """Work that takes until it is let go."""

    def __init__(self) -> None:
        self.begun, self._end = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self._end.wait(PATIENCE_S)
        return "held"

    def let_go(self) -> None:
        self._end.set()

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, PATIENCE_S)


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def within_patience() -> None:
        await asyncio.wait_for(scenario(), PATIENCE_S)

    asyncio.run(within_patience())


def test_what_work_gives_and_what_it_raises(one: Workers) -> None:
    async def scenario() -> None:
        assert await one.run(lambda a, b: a + b, "so ", "it is") == "so it is"
        with pytest.raises(ZeroDivisionError):
            await one.run(lambda: 1 // 0)

    run(scenario)


def test_the_loop_goes_on_meanwhile_and_no_more_is_done_at_a_time_than_there_are_threads() -> None:
    workers, held = Workers(2), [Held() for _ in range(3)]

    async def scenario() -> None:
        asked = [asyncio.create_task(workers.run(work)) for work in held]
        await held[0].has_begun()
        await held[1].has_begun()
        assert not held[2].begun.is_set()
        held[1].let_go()
        assert await asked[1] == "held"
        await held[2].has_begun()
        for work in held:
            work.let_go()
        assert await asyncio.gather(*asked) == ["held"] * 3

    run(scenario)
    workers.close()


def test_what_nobody_waits_for_any_more_is_not_begun(one: Workers) -> None:
    held, done = Held(), list[str]()

    async def scenario() -> None:
        first = asyncio.create_task(one.run(held))
        await held.has_begun()
        dropped = asyncio.create_task(one.run(done.append, "dropped"))
        wanted = asyncio.create_task(one.run(done.append, "wanted"))
        await asyncio.sleep(0)
        dropped.cancel()
        held.let_go()
        await asyncio.gather(first, wanted)

    run(scenario)
    assert done == ["wanted"]


def test_pieces_come_one_by_one_and_others_have_their_turn_in_between(one: Workers) -> None:
    order: list[str] = []

    def pieces(name: str) -> Iterator[bytes]:
        for number in range(3):
            order.append(name)
            yield bytes([number])

    async def take(name: str) -> list[bytes]:
        return [piece async for piece in one.each(pieces(name))]

    async def scenario() -> None:
        assert list(await asyncio.gather(take("a"), take("b"))) == [[b"\0", b"\1", b"\2"]] * 2

    run(scenario)
    assert order == ["a", "b"] * 3


def test_who_gives_up_has_no_more_pieces_made(one: Workers) -> None:
    made: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            made.append(1)
            yield b""

    async def take() -> None:
        async for _ in one.each(endless()):
            pass

    async def scenario() -> None:
        taking = asyncio.create_task(take())
        while len(made) < 3:
            await asyncio.sleep(0)
        taking.cancel()
        await asyncio.wait({taking})
        await one.run(int)  # what has been begun is over
        so_far = len(made)
        await one.run(int)
        assert len(made) == so_far

    run(scenario)


def test_at_the_end_nobody_waits_for_what_hangs(one: Workers) -> None:
    held = Held()

    async def scenario() -> None:
        hanging, waiting = asyncio.create_task(one.run(held)), asyncio.create_task(one.run(int))
        await held.has_begun()
        await asyncio.sleep(0)
        one.close()
        for task in (hanging, waiting):
            with pytest.raises(HTTPException) as refusal:
                await task
            assert (refusal.value.status_code, refusal.value.headers) == (503, {"Retry-After": "10"})
        with pytest.raises(HTTPException):
            await one.run(int)

    run(scenario)
    held.let_go()


def test_work_that_ends_after_its_loop_hurts_nobody(one: Workers) -> None:
    held = Held()

    async def scenario() -> None:
        asyncio.get_running_loop().create_task(one.run(held))
        await held.has_begun()

    async def another() -> None:
        assert await one.run(lambda: "still here") == "still here"

    run(scenario)
    held.let_go()
    run(another)
