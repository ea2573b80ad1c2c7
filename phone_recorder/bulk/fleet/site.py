"""What the phones of a fleet share: the plan, the clock, alarms, media, links, and the count of what they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.fleet.phone_table import Action
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import Call
from phone_recorder.bulk.fleet.statistics import Tally
from phone_recorder.bulk.fleet.timers import Timers
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.spread import Spread


class StreamMedia(Protocol):
    """Sends the RTP of all who talk."""

    def begin(self, now: int, address: Address, source: str, call: Call) -> int:
        """A stream whose first packet is due `now`: its number. UsageError if nothing can be sent there."""

    def end(self, stream: int) -> Totals:
        """Nothing of it is sent from now on; what there was of it."""

    def tick(self, now: int) -> None:
        """Send what is due."""

    def totals(self) -> Totals:
        """Of all streams, those that have ended too."""

    def lateness(self) -> Spread:
        """From when each packet was due until it was sent."""


class Link(Protocol):
    """A control connection, or the attempt to make one."""

    def send(self, data: bytes) -> None:
        """Bytes for the server."""

    def close(self, reset: bool = False) -> None:
        """End it, by a reset if that is wanted. Its owner is told nothing from now on."""


class LinkOwner(Protocol):
    """Who is told what comes of a link; never from within a call to it."""

    def opened(self, peer: str) -> None:
        """It stands, with a server at this IP address."""

    def received(self, data: bytes) -> None:
        """Bytes came."""

    def lost(self, why: str) -> None:
        """It is no more, or never came to be; in words."""


OpenLink = Callable[[Address, str, LinkOwner], Link]
"""Begins to connect to an address, from a source address or "" for any."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of a call: `how` is the END, CUT, FAIL or GIVE_UP of the table; `reason` why it failed."""

    phone: int
    call: Call
    how: Action
    reason: str
    packets: Totals


@dataclass(slots=True)
class Site:
    """`run` is in the id of each recording of this run. `begins` tells from an instant when RTP may begin.

    `admit` lets a phone make its call of that number now, `expects` tells whether it may make one later.
    """

    plan: FleetPlan
    run: str
    clock: Clock
    timers: Timers
    tally: Tally
    media: StreamMedia
    open_link: OpenLink
    begins: Callable[[int], int]
    admit: Callable[[int], bool]
    expects: Callable[[int], bool]
    told: Callable[[Outcome], object]
