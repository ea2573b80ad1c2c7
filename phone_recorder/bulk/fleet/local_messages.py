"""What a fleet in mode local and its two child processes tell each other: a JSON object a line.

Instants are units of CLOCK_MONOTONIC, which all processes of a machine have in common.
"""

from __future__ import annotations

from msgspec import Struct

from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.bulk.spread import Spread


class Talk(Struct, frozen=True, tag=True):
    """To the sender, first of all: how all legs talk. `frame` is units."""

    frame: int
    codec: str
    voice: str
    impairments: Impairments


class Say(Struct, frozen=True, tag=True):
    """To the sender: a leg, which ends after so many packets.

    Its first one is due at the instant `start`, or if that is over when this is heard, at once. `key` is as of
    `Media.begin`.
    """

    flow: int
    ssrc: int
    sequence: int
    timestamp: int
    address: Address
    start: int
    packets: int
    key: int = 0


class End(Struct, frozen=True, tag=True):
    """To the sender: these legs end now. Of one that has ended already nothing more is told."""

    flows: tuple[int, ...]


class Said(Struct, frozen=True, tag=True):
    """Of the sender: a leg has ended; its packets."""

    flow: int
    packets: Totals


class Counts(Struct, frozen=True, tag=True):
    """Of the sender, each second and after each leg that has ended: packets of all legs so far.

    `late_share`: of its last second's ticks, those that came later than a packet lasts.
    """

    packets: Totals = Totals()
    lateness: Spread = Spread()
    late_share: float = 0.0


class Files(Struct, frozen=True, tag=True):
    """To the checker, first of all: how all files are recorded. `frame` is units."""

    frame: int
    codec: str


class Leg(Struct, frozen=True):
    """What is known of one leg of a recording that has ended.

    `said` packets, of which `placed` have a place in it, and `repeated` came to a frame that had come already; `gaps`
    are (first frame, frames) in which nothing of it came. Of frames from `known` on nobody knows whether it came. It
    has moved so many times: by drift, or a new anchor.
    """

    flow: int
    said: int
    placed: int
    gaps: tuple[tuple[int, int], ...]
    known: int
    moves: int = 0
    repeated: int = 0


class Check(Struct, frozen=True, tag=True):
    """To the checker: look at every frame of a recording. `whole`: it has ended as it should."""

    paths: tuple[str, ...]
    legs: tuple[Leg, Leg]
    whole: bool


class Checked(Struct, frozen=True, tag=True):
    """Of the checker: so many frames there are, of which so many are not what was said.

    `cut` packets have their places after the end: they came later than those that followed them.
    """

    frames: int
    wrong: int
    cut: int = 0


class Ready(Struct, frozen=True, tag=True):
    """Of a child: it has all that it needs."""


class Trouble(Struct, frozen=True, tag=True):
    """Of a child, last of all: why it must end, in words."""

    why: str


Message = Talk | Say | End | Said | Counts | Files | Check | Checked | Ready | Trouble
