from __future__ import annotations

import asyncio

from phone_recorder.sip.timers import LoopTimers, VirtualTimers


def test_what_is_due_happens_at_its_own_instant_and_in_order() -> None:
    timers = VirtualTimers()
    happened: list[tuple[str, float]] = []
    for name, seconds in (("late", 3), ("early", 1), ("early too", 1), ("later than all", 9)):
        timers.call_later(seconds, lambda name=name: happened.append((name, timers.now())))  # type: ignore[misc]
    timers.advance(3)
    assert happened == [("early", 1), ("early too", 1), ("late", 3)]
    assert (timers.now(), timers.waiting) == (3, 1)


def test_what_a_timer_sets_happens_in_the_same_advance() -> None:
    timers = VirtualTimers()
    happened: list[float] = []

    def again() -> None:
        happened.append(timers.now())
        timers.call_later(1, again)

    again()
    timers.advance(2.5)
    assert happened == [0, 1, 2]


def test_a_cancelled_timer_does_not_happen_and_waits_no_more() -> None:
    timers = VirtualTimers()
    happened: list[str] = []
    timer = timers.call_later(1, lambda: happened.append("it"))
    timer.cancel()
    assert timers.waiting == 0
    timers.advance(2)
    timer.cancel()
    assert happened == []


def test_the_loop_keeps_real_time() -> None:
    async def wait() -> float:
        timers = LoopTimers()
        over: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        begun = timers.now()
        timers.call_later(0.01, lambda: over.set_result(timers.now() - begun))
        return await over

    assert asyncio.run(wait()) >= 0.009
