"""What a media process and its parent say to each other: JSON, a line for each message, over a pair of sockets."""

from __future__ import annotations

import msgspec

from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import Call
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.media_impairments import Impairments


class Setup(msgspec.Struct, tag=True, frozen=True):
    """The parent's first message: of its plan, what all streams have in common; `voice` as `voice_of` takes it."""

    server: tuple[str, int]
    codec: str
    ptime_ms: int
    impairments: Impairments
    voice: str
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: FleetPlan, voice: str) -> Setup:
        return cls(plan.server, plan.codec, plan.ptime_ms, plan.impairments, voice, plan.sources)

    @property
    def plan(self) -> FleetPlan:
        """As far as it is known here."""
        return FleetPlan(
            self.server,
            codec=self.codec,
            ptime_ms=self.ptime_ms,
            impairments=self.impairments,
            sources=self.sources,
        )


class Begin(msgspec.Struct, tag=True, frozen=True):
    """Send the RTP of a call to this address, from the next tick on. The call's flow names the stream.

    `source` is one of those of Setup, "" where that has none.
    """

    address: tuple[str, int]
    call: Call
    source: str = ""


class End(msgspec.Struct, tag=True, frozen=True):
    """Send no more of it."""

    flow: int


class Ready(msgspec.Struct, tag=True, frozen=True):
    """The answer to Setup."""


class Refused(msgspec.Struct, tag=True, frozen=True):
    """The other answer to Setup, after which the process ends."""

    reason: str


class Begun(msgspec.Struct, tag=True, frozen=True):
    """The answer to Begin; with a `reason` nothing can be sent there."""

    flow: int
    reason: str = ""


class Ended(msgspec.Struct, tag=True, frozen=True):
    """The answer to End: what there was of the stream; nothing, if there was no such stream."""

    flow: int
    packets: Totals


class Second(msgspec.Struct, tag=True, frozen=True):
    """Told each second in which packets became due: how late they were given to the kernel."""

    packets: int
    late: int
    """Of those, later than a packet lasts."""
    unsent: int
    """That the kernel did not take."""
    octets: int
    """Of payload that was sent."""
    p99_s: float
    most_s: float
    """Both rounded down to whole milliseconds."""


Asked = Setup | Begin | End
Told = Ready | Refused | Begun | Ended | Second

_asked: msgspec.json.Decoder[Asked] = msgspec.json.Decoder(Asked)
_told: msgspec.json.Decoder[Told] = msgspec.json.Decoder(Told)


class _Lines:
    """Bytes as they come, cut into whole lines."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        *lines, self._held = (self._held + data).split(b"\n")
        return lines


class AskedReader(_Lines):
    """What the parent says, from bytes as they come; msgspec.DecodeError for what is none of these messages."""

    def read(self, data: bytes) -> list[Asked]:
        return [_asked.decode(line) for line in self.feed(data)]


class ToldReader(_Lines):
    """What the process says, from bytes as they come; msgspec.DecodeError for what is none of these messages."""

    def read(self, data: bytes) -> list[Told]:
        return [_told.decode(line) for line in self.feed(data)]


def line_of(message: Asked | Told) -> bytes:
    """A message as it is sent."""
    return msgspec.json.encode(message) + b"\n"
