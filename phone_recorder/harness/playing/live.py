"""A case played in real time: over sockets on loopback, with threads that write to the stick."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.playing.course import Course
from phone_recorder.harness.playing.real_clock import RealClock
from phone_recorder.harness.playing.real_means import real_means
from phone_recorder.harness.playing.real_server import RealServer
from phone_recorder.harness.playing.world import World
from phone_recorder.harness.runner.interruptible import run_interruptible
from phone_recorder.harness.scenario.case import Case
from phone_recorder.recording.units import from_ms, to_seconds

GRACE = from_ms(20)
"""Who wakes up so late is in time."""
SETTLING_S = 0.01
"""What the tick of this instant has set off, in a thread or in the server, is there when it is looked at."""


def play_live(case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
    """Play it as virtual.play does; it takes as long as it takes.

    A step is done when its instant has come and the machine lets us, and counts from its instant; of one that is done
    late the evidence says how late. What sockets, threads and files take is what they take.
    """
    return run_interruptible(partial(_played, case, seed, place, keep))


async def _played(case: Case, seed: int, place: Path, keep: bool) -> Evidence:
    clock = RealClock(case.begins_at)
    with World(case, seed, place, real_means(clock), keep) as world:
        server = world.ground.server
        assert isinstance(server, RealServer), "these are its means"
        async with server:
            world.begin()
            clock.begin()
            return await _course(world, clock)


async def _course(world: World, clock: RealClock) -> Evidence:
    course = Course(world)
    for instant in course.instants:
        await _pass_to(world, clock, instant)
        if (late := clock.real - instant) > GRACE:
            world.note(f"{to_seconds(late) * 1000:.0f} ms late")
        course.act(instant)
        if course.is_looked_at(instant):
            await asyncio.sleep(SETTLING_S)
            world.reach(instant)
            course.look(instant)
    course.end()
    while not course.over:
        await _pass_to(world, clock, world.next_tick)
    return course.evidence


async def _pass_to(world: World, clock: RealClock, instant: int) -> None:
    """Wake for each frame of the mix and for each tick, as a phone does, until then."""
    while clock.now() < instant:
        tick = min(world.next_tick, instant)
        due = min(world.next_frame, tick)
        await asyncio.sleep(max(to_seconds(due - clock.real), 0))
        late = clock.real - due > GRACE
        now = min(clock.real, instant) if late else due
        world.reach(now) if now >= tick else world.mix(now)
