"""A fleet in real time: an asyncio loop whose ticks do not drift, and Ctrl-C."""

from __future__ import annotations

import asyncio
import gc
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from phone_recorder.adapters.clock import LiveClock
from phone_recorder.adapters.process import most_open_files
from phone_recorder.bulk.fleet.bottleneck import check_room
from phone_recorder.bulk.fleet.control_link import links_on
from phone_recorder.bulk.fleet.fleet import Fleet, run_of
from phone_recorder.bulk.fleet.interrupts import Interrupts
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.site import Outcome
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.bulk.fleet.streams import Streams
from phone_recorder.bulk.voices import Pattern, Voices
from phone_recorder.recording.units import from_seconds, to_seconds


class Running(Protocol):
    """A fleet, whatever it does."""

    @property
    def over(self) -> bool:
        """Whether it is at its end."""

    @property
    def due(self) -> int:
        """When `advance` is to be called."""

    def advance(self, now: int) -> None:
        """Let everything happen that is due."""

    def stop(self) -> None:
        """End in order."""

    def break_off(self) -> None:
        """End at once."""

    def snapshot(self) -> Snapshot:
        """What was done so far."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The last snapshot of a run, and the signal that has interrupted it; `trouble`: why it could not go on."""

    snapshot: Snapshot
    interrupted: int = 0
    trouble: str = ""


async def run_fleet(
    plan: FleetPlan,
    voices: Voices | None = None,
    show: Callable[[Running], object] = id,
    every_s: float = 1.0,
    told: Callable[[Outcome], object] = id,
    interrupts: Interrupts | None = None,
) -> Ended:
    """Run it to its end. `show` has the fleet each `every_s` and once at the end; `told` each call that is over.

    The first SIGINT or SIGTERM ends it in order, which takes some seconds; the second at once. `interrupts` are those
    of a caller who hears them before and after too. UsageError if there are not the files, ports and addresses for it.
    """
    check_room(plan, most_open_files())
    loop = asyncio.get_running_loop()
    with Streams(plan, voices or Pattern()) as media, undisturbed():
        fleet = Fleet(plan, media, links_on(loop), LiveClock(), run_of(secrets.randbits), told)
        return await carry_out(fleet, show, every_s, interrupts)


async def carry_out(
    fleet: Running, show: Callable[[Running], object], every_s: float, interrupts: Interrupts | None = None
) -> Ended:
    """Run a fleet to its end, or until it is interrupted."""
    with nullcontext(interrupts) if interrupts else Interrupts() as heard:
        try:
            await _tick(fleet, show, from_seconds(every_s), heard)
        finally:
            fleet.break_off()
        show(fleet)
        return Ended(fleet.snapshot(), heard.first)


async def _tick(fleet: Running, show: Callable[[Running], object], every: int, interrupts: Interrupts) -> None:
    clock = LiveClock()
    shown_at = clock.now()
    while not fleet.over:
        # Late already: sockets have their turn all the same.
        await asyncio.sleep(max(to_seconds(fleet.due - clock.now()), 0.0))
        interrupts.obey(fleet)
        now = clock.now()
        fleet.advance(now)
        if now - shown_at >= every:
            shown_at += (now - shown_at) // every * every
            show(fleet)


@contextmanager
def undisturbed() -> Iterator[None]:
    """What there is already is not looked through for garbage again and again, which would make ticks late."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
