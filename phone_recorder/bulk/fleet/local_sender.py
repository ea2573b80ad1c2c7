"""What the phones of a fleet in mode local say, from a process of its own: `python -m`, told on stdin what to say.

So the recorder's process does nothing but record, and its use of a core is what recording costs.
"""

from __future__ import annotations

import time
from heapq import heappop, heappush

from phone_recorder.adapters.batches.send import BatchSender
from phone_recorder.adapters.clock import Clock, LiveClock
from phone_recorder.adapters.udp import LOOPBACK
from phone_recorder.bulk.fleet.local_lines import Lines, live
from phone_recorder.bulk.fleet.local_messages import Counts, End, Message, Ready, Said, Say, Talk
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.media import Media
from phone_recorder.bulk.voices import voice_of
from phone_recorder.recording.units import SECOND, from_ms, to_seconds
from phone_recorder.wire.payload import find_codec

TICK = from_ms(5)
AT_ONCE = SECOND
"""Of media that one tick makes up for: whoever is too slow must still hear that it is to end."""
PATIENCE_S = 30.0


class Talker:
    """Legs that each say so many packets and end."""

    def __init__(self, talk: Talk, sender: BatchSender, now: int) -> None:
        codec = find_codec(talk.codec)
        assert codec
        self._frame = talk.frame
        self._impairments = talk.impairments
        self._voice = voice_of(talk.voice, codec)
        self._payload_type = codec.payload_type
        self._media = Media(sender, talk.frame)
        self._streams: dict[int, int] = {}
        self._last: list[tuple[int, int]] = []  # when a flow's last packet is due
        self._said_until = now

    def say(self, leg: Say, now: int) -> None:
        """A leg begins. If that is late, all of it is: a recorder takes the first packet for one in time."""
        start = max(leg.start, now)
        self._streams[leg.flow] = self._media.begin(
            start,
            leg.address,
            ssrc=leg.ssrc,
            sequence=leg.sequence,
            timestamp=leg.timestamp,
            payload_type=self._payload_type,
            voice=self._voice,
            flow=leg.flow,
            impairments=self._impairments,
            key=leg.key,
        )
        heappush(self._last, (start + (leg.packets - 1) * self._frame, leg.flow))

    def end(self, flows: tuple[int, ...]) -> list[Said]:
        """Those of these that had not ended yet, which they do now."""
        return [self._end(flow) for flow in flows if flow in self._streams]

    def advance(self, now: int) -> list[Said]:
        """Send what is due; the legs that have said all."""
        until = min(now, self._said_until + AT_ONCE)
        ended = []
        while self._last and self._last[0][0] <= until:
            # After a stall: not so far that it says a packet too many.
            at = min(until, self._last[0][0] + self._frame - 1)
            self._tick(at, now)
            while self._last and self._last[0][0] <= at:
                ended += self.end((heappop(self._last)[1],))
        self._tick(until, now)
        self._said_until = until
        return ended

    def counts(self, late_share: float) -> Counts:
        """So far."""
        return Counts(Totals.of(self._media.totals), self._media.lateness.spread(), late_share)

    def _tick(self, at: int, now: int) -> None:
        self._media.lateness.behind = now - at
        self._media.tick(at)

    def _end(self, flow: int) -> Said:
        return Said(flow, Totals.of(self._media.end(self._streams.pop(flow))))


class Second:
    """How many of a second's ticks were late."""

    def __init__(self, now: int) -> None:
        self._since = now
        self._ticks = self._late = 0

    def tick(self, late: bool) -> None:
        self._ticks += 1
        self._late += late

    def over(self, now: int) -> bool:
        """Whether it is; then the next one begins with `begin`."""
        return now - self._since >= SECOND

    @property
    def late_share(self) -> float:
        return self._late / max(self._ticks, 1)


def talk(lines: Lines, clock: Clock) -> None:
    """Until nobody tells any more what to say."""
    lines.wait(PATIENCE_S)
    told = lines.received()
    if not told or not isinstance(told[0], Talk):
        return
    first, due = told[0], clock.now()
    talker, second, share = Talker(first, BatchSender(LOOPBACK), due), Second(due), 0.0
    lines.send(Ready())
    while not lines.ended:
        now = clock.now()
        second.tick(now - due > first.frame)
        said = [one for message in lines.received() for one in _do(talker, message, now)] + talker.advance(now)
        for one in said:
            lines.send(one)
        if second.over(now):
            second, share = Second(now), second.late_share
            lines.send(talker.counts(share))
        elif said:
            lines.send(talker.counts(share))
        lines.flush()
        due = max(due + TICK, now)
        # What is told meanwhile waits: to wake up for each leg would cost more than all of them.
        time.sleep(max(to_seconds(due - clock.now()), 0.0))


def _do(talker: Talker, message: Message, now: int) -> list[Said]:
    if isinstance(message, Say):
        talker.say(message, now)
    return talker.end(message.flows) if isinstance(message, End) else []


if __name__ == "__main__":
    live(lambda lines: talk(lines, LiveClock()))
