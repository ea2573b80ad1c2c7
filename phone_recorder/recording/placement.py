"""Where packets stand in time: the anchor of an SSRC, jumps, drift, and the paces that a recording can keep.

Places are units from the recording's start. The rules are told in docs/timeline.md.
"""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple, Protocol

from phone_recorder.recording.units import SECOND
from phone_recorder.wire.rtp import TIMESTAMP_MASK, timestamp_delta

JUMP = 2 * SECOND
"""A packet that would stand further than this from its arrival starts a new anchor."""
HELD = 10 * SECOND
"""A phone holds 5 s for a server that has not answered, and sends it at once; the network may do as much."""
CLOCKS_DIFFER = 100
"""By so little, a hundredth, may a sender's clock be fast."""
EVER = 1 << 62
STUCK = SECOND // 2
"""A stream that has come too late for so long is not late but shifted: it starts a new anchor."""
DRIFT_WINDOW_S = 10
NORMAL_S = 2
"""Seconds, the first of them perhaps just begun, that tell the delay with which a stream began."""
AHEAD = SECOND // 4
"""A stream may stand so far ahead of its arrival, its first packet having been slow; more is put right as drift is."""
DRIFT_PATIENCE = 2 * SECOND
"""How long a correction waits for a frame of silence to hide in."""


class Pace(Protocol):
    """What tells a recording how much time has passed."""

    follows: bool
    """Whether anchors follow arrivals: a stream that shifts or drifts against our clock is put back."""
    told: bool
    """Whether timestamps alone place a stream, whenever it arrives."""

    def stand(self, arrival: int) -> int:
        """Where an anchor that arrives now stands."""

    def window(self, arrival: int) -> tuple[int, int]:
        """The earliest and the latest place that a packet that arrives now should have."""

    def heard(self, arrival: int, place: int, end: int) -> None:
        """A packet was laid from this place to that."""

    def over(self, now: int) -> int:
        """Where the audio that may be given out ends."""

    def given_up(self, now: int, horizon: int) -> int:
        """Where the audio that has been over for the horizon ends."""

    def late(self, arrival: int, horizon: int) -> int:
        """Where the audio that a packet which arrives now comes too late for ends."""

    def settled(self, now: int) -> bool:
        """Whether it is known where the recording begins."""

    @property
    def first(self) -> int:
        """The place where it begins."""

    def end(self, now: int) -> int:
        """Where a recording that is stopped now ends."""


class ByArrival:
    """Our clock is the recording's: it is as long as it took. For a phone that records its own call."""

    follows = True
    told = False

    def __init__(self, start: int) -> None:
        self._start = start

    def stand(self, arrival: int) -> int:
        return arrival - self._start

    def window(self, arrival: int) -> tuple[int, int]:
        return arrival - self._start, arrival - self._start

    def heard(self, arrival: int, place: int, end: int) -> None:
        """Our clock needs no packets to go on."""

    def over(self, now: int) -> int:
        return now - self._start

    def given_up(self, now: int, horizon: int) -> int:
        return now - self._start - horizon

    def late(self, arrival: int, horizon: int) -> int:
        return arrival - self._start - horizon

    def settled(self, now: int) -> bool:
        return True

    @property
    def first(self) -> int:
        return 0

    def end(self, now: int) -> int:
        return now - self._start


class Told(ByArrival):
    """As ByArrival, for a stream whose sender shares our clock and has told its anchor: it never shifts."""

    follows = False
    told = True

    def window(self, arrival: int) -> tuple[int, int]:
        return -EVER, EVER

    def late(self, arrival: int, horizon: int) -> int:
        # A stall of ours is one of the sender's too: what comes after it was not late on the way.
        return -EVER


class BySender:
    """The sender's timestamps are the recording's clock: while it sends nothing, no time passes.

    For a record server: a phone that pauses in `skip` goes on with the next timestamp (WIRE.md, RTP to the server).
    """

    follows = told = False

    def __init__(self, lead: int) -> None:
        self._lead = lead
        self._first_at: int | None = None
        self._heard_at = self._first_end = 0
        self.first = lead  # of what has come; packets that the first one overtook stand in the lead before it
        self._end = lead

    def stand(self, arrival: int) -> int:
        return self._end

    def window(self, arrival: int) -> tuple[int, int]:
        if self._first_at is None:
            return self._end, self._end
        # No leap may be longer than the silence before it, nor all together than the time since the first packet.
        silent, elapsed = arrival - self._heard_at, arrival - self._first_at
        return self._end, max(self._end - JUMP, min(self._end + silent, self._first_end + elapsed))

    def heard(self, arrival: int, place: int, end: int) -> None:
        if self._first_at is None:
            self._first_at, self._first_end = arrival, end
        if arrival - self._first_at < self._lead and end > 0:
            self.first = min(self.first, max(place, 0))
        if end > self._end:
            self._end, self._heard_at = end, arrival

    def room(self, now: int) -> int:
        """How much may still have come by now: nobody talks faster than time goes, but for what a phone has held."""
        if self._first_at is None:
            return HELD
        elapsed = now - self._first_at
        return elapsed + elapsed // CLOCKS_DIFFER + HELD - (self._end - self._first_end)

    def over(self, now: int) -> int:
        return self._end

    def given_up(self, now: int, horizon: int) -> int:
        return self._end + min(now - self._heard_at - horizon, 0)

    def late(self, arrival: int, horizon: int) -> int:
        return self.given_up(arrival, horizon)

    def settled(self, now: int) -> bool:
        return self._first_at is not None and now - self._first_at >= self._lead

    def end(self, now: int) -> int:
        return self._end


class Placement:
    """Where the timestamps of one SSRC stand."""

    def __init__(self, frame: int, timestamp: int, place: int) -> None:
        self._frame = frame
        self.anchor(timestamp, place)

    def anchor(self, timestamp: int, place: int) -> None:
        """This timestamp stands here; what was known of the delay is void."""
        self._timestamp = timestamp
        self._place = place
        self._late_since: int | None = None
        self._delays = DelayWatch(self._frame)

    def at(self, timestamp: int) -> int:
        """The place of a timestamp."""
        return self._place + timestamp_delta(timestamp, self._timestamp)

    def timestamp_at(self, place: int) -> int:
        """The timestamp of a place."""
        return (self._timestamp + place - self._place) & TIMESTAMP_MASK

    def advance(self, timestamp: int, place: int) -> None:
        """Measure from this timestamp, which stands here, on: from the anchor it would not fit 31 bits for ever."""
        self._timestamp, self._place = timestamp, place

    @property
    def newest(self) -> tuple[int, int]:
        """The timestamp that it measures from, and its place."""
        return self._timestamp, self._place

    @property
    def delays_in_step(self) -> DelaysInStep | None:
        """What is known of the delay; None while a shift is due."""
        known = self._delays.in_step
        return known and known._replace(late_since=self._late_since)

    def go_on(self, timestamp: int, place: int, delays: DelaysInStep) -> None:
        """Measure from here on, with this known of the delay."""
        self._timestamp, self._place = timestamp, place
        self._late_since = delays.late_since
        self._delays.go_on(delays)

    def stuck(self, arrival: int, late: bool) -> bool:
        """Note whether the newest packet came too late; true when that has lasted."""
        if not late:
            self._late_since = None
        elif self._late_since is None:
            self._late_since = arrival
        return self._late_since is not None and arrival - self._late_since >= STUCK

    def note(self, arrival: int, delay: int) -> bool:
        """Note a packet's delay (arrival - place); true if drift calls for a shift."""
        return self._delays.note(arrival, delay)

    def patient(self, arrival: int) -> bool:
        """Whether the shift can still wait for a packet that hides it."""
        return self._delays.patient(arrival)

    def shift(self, arrival: int) -> int:
        """Move the anchor by a frame, later or earlier."""
        shift = self._delays.shift(arrival)
        self._place += shift
        return shift


class DelaysInStep(NamedTuple):
    """What is known of a delay when no shift is due: the second that runs (-1: none yet) and its least delay, those of
    the last seconds that had packets, the delay with which the stream began, None while that is not known, and since
    when its newest packets have come too late, None if they do not."""

    second: int = -1
    least: int = 0
    seconds: tuple[int, ...] = ()
    normal: int | None = None
    late_since: int | None = None


class DelayWatch:
    """The least delay of the last seconds, and when it calls for a shift of one frame.

    A shift is called for when the delay has moved by three quarters of a frame: after it the stream stands a quarter
    off the other way, so that it never swings, and two legs that are both followed stay within 20 ms of each other.
    """

    def __init__(self, frame: int) -> None:
        self._frame = frame
        self._seconds: list[int] = []  # the least delay of each second that had packets
        self._second = -1
        self._least = 0
        self._normal: int | None = None  # the least delay as the stream began
        self._due: int | None = None

    def note(self, arrival: int, delay: int) -> bool:
        """Whether a shift is called for."""
        if arrival // SECOND != self._second:
            self._turn(arrival)
            self._least = delay
        elif delay < self._least:
            self._least = delay
        return self._due is not None

    @property
    def in_step(self) -> DelaysInStep | None:
        """All that it knows; None if a shift is called for."""
        if self._due is not None:
            return None
        return DelaysInStep(self._second, self._least, tuple(self._seconds), self._normal)

    def go_on(self, delays: DelaysInStep) -> None:
        """Know this from now on."""
        self._second, self._least, seconds, self._normal, _ = delays
        self._seconds = list(seconds)

    def patient(self, arrival: int) -> bool:
        """Whether the shift that is called for can still wait."""
        return self._due is not None and arrival < self._due

    def shift(self, arrival: int) -> int:
        """Make the shift that is called for: a frame later or earlier."""
        shift = self._moved()
        self._seconds = [least - shift for least in self._seconds]
        self._least -= shift
        self._due = None
        self._judge(arrival)
        return shift

    def _turn(self, arrival: int) -> None:
        if self._second >= 0:
            self._seconds = [*self._seconds, self._least][-DRIFT_WINDOW_S:]
        self._second = arrival // SECOND
        self._judge(arrival)

    def _judge(self, arrival: int) -> None:
        if len(self._seconds) < DRIFT_WINDOW_S:
            return
        if self._normal is None:
            self._normal = max(min(islice(self._seconds, NORMAL_S)), -AHEAD)
        if self._moved() == 0:
            self._due = None
        elif self._due is None:
            self._due = arrival + DRIFT_PATIENCE

    def _moved(self) -> int:
        moved = min(self._seconds) - (self._normal or 0)
        if abs(moved) * 4 < self._frame * 3:
            return 0
        return self._frame if moved > 0 else -self._frame
