"""The RTP of a fleet: media engines, one for each address that phones call from.

A server takes RTP from the host alone that its control connection comes from (WIRE.md), so each has a port there.
"""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType

from phone_recorder.adapters.batches.send import BatchSender
from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import Call
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.media import Media
from phone_recorder.bulk.media_lateness import Lateness
from phone_recorder.bulk.spread import Spread
from phone_recorder.bulk.voices import Voices
from phone_recorder.recording.units import SECOND

AT_ONCE = SECOND
"""Of media that one tick makes up for. A machine too slow for its phones needs more than a second for a second of them:
if each tick sent all that had become due in the one before, each would be longer, and nobody could stop the run."""


class Streams:
    """A site's StreamMedia, over UDP; UsageError if no port can be had. To be closed, or used as `with`."""

    def __init__(self, plan: FleetPlan, voices: Voices) -> None:
        self._plan = plan
        self._voices = voices
        self._lateness = Lateness()
        self._said_until = 0
        self._running: dict[int, tuple[Media, int]] = {}
        self._begun = 0
        usual = "::" if ":" in plan.server[0] else "0.0.0.0"
        with ExitStack() as undo:
            self._media = {source: self._engine(source or usual, undo) for source in plan.sources or ("",)}
            self._undo = undo.pop_all()

    def __enter__(self) -> Streams:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def begin(self, now: int, address: Address, source: str, call: Call) -> int:
        media = self._media[source]
        number = media.begin(
            now,
            address,
            ssrc=call.ssrc,
            sequence=call.sequence,
            timestamp=call.timestamp,
            payload_type=self._plan.payload.payload_type,
            voice=self._voices,
            flow=call.flow,
            impairments=self._plan.impairments,
            key=call.key,
        )
        if not self._running:
            self._said_until = now
        self._begun += 1
        self._running[self._begun] = media, number
        return self._begun

    def end(self, stream: int) -> Totals:
        media, number = self._running.pop(stream)
        return Totals.of(media.end(number))

    def tick(self, now: int) -> None:
        """Send what is due, but of no more than AT_ONCE."""
        if not self._running:
            return
        until = min(now, self._said_until + AT_ONCE)
        self._lateness.behind = now - until
        for media in self._media.values():
            media.tick(until)
        self._said_until = until

    def totals(self) -> Totals:
        return Totals.together(Totals.of(media.totals) for media in self._media.values())

    def lateness(self) -> Spread:
        return self._lateness.spread()

    def close(self) -> None:
        """Give the ports back."""
        self._undo.close()

    def _engine(self, host: str, undo: ExitStack) -> Media:
        sender = BatchSender(host)
        undo.callback(sender.close)
        media = Media(sender, self._plan.frame)
        media.lateness = self._lateness
        return media
