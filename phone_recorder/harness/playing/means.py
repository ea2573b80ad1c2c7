"""What differs between the two clocks that a case can be played by, as one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from phone_recorder.adapters.slow_time import SlowTime
from phone_recorder.adapters.stick_writers import MakeWriters
from phone_recorder.harness.call.links import MemoryMixLink
from phone_recorder.harness.call.run import FAST_TICK
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.clock import ScenarioClock
from phone_recorder.harness.playing.server import ScenarioServer
from phone_recorder.harness.scenario.actions import ServerActs
from phone_recorder.harness.scenario.case import Case
from phone_recorder.phone.call import MixLink
from phone_recorder.recording.account import Account
from phone_recorder.recording.server_destination import ServerLink


class Server(Protocol):
    """The record server of a scenario, behind its script."""

    storage: Path
    """The directory where it stores."""

    @property
    def running(self) -> bool:
        """Something of what it has taken is not safe yet."""

    @property
    def disk_error(self) -> OSError | None:
        """What the disk of its storage has failed with, as far as can be seen; None if it has not."""

    def act(self, acts: ServerActs) -> None:
        """How it is from now on."""

    def link(self) -> ServerLink:
        """For one recording."""

    def advance(self, now: int) -> None:
        """Call at each tick."""

    def account_of(self, recording_id: str) -> Account | None:
        """Its own account of a recording that runs or has ended; None if it has never taken that."""

    def stray(self, packets: int) -> None:
        """So many from a stranger reach each port that is open now; UsageError if none is."""

    def close(self) -> None:
        """Let the storage go."""


MakeServer = Callable[[Path, ServerActs, Callable[[Passed], None]], Server]
"""From its storage, how it is in the beginning, and who hears each control message that passes."""


@dataclass(frozen=True, slots=True)
class Means:
    """`live`: all that goes to a stick is written in the background. `tick` in units, that of who records to a stick.

    `stand_still` takes as many units as it is told, where time passes at all.
    """

    clock: ScenarioClock
    mix_link: Callable[[], MixLink]
    writers: MakeWriters
    server: MakeServer
    tick: int
    stand_still: Callable[[int], None]
    live: bool


def virtual_means(case: Case) -> Means:
    """All in memory: no time passes but that of the clock, which goes when it is told to."""
    clock = ScenarioClock(case.begins_at)
    return Means(
        clock=clock,
        mix_link=lambda: MemoryMixLink(clock),
        writers=SlowTime,
        server=lambda storage, acts, tell: ScenarioServer(storage, clock, acts, tell),
        tick=FAST_TICK["local"],
        stand_still=lambda units: None,
        live=False,
    )
