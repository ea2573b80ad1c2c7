"""A timeline whose stream can be carried on elsewhere while it is in step, and comes back when it is not.

In step, each packet stands where its number says: then a stream is told by few numbers, and thousands of streams are
rows of arrays. Whoever carries one on keeps to docs/timeline.md, and hands it back before the first packet that it
cannot place as the timeline would.
"""

from __future__ import annotations

from dataclasses import dataclass

from phone_recorder.media.mixing import Piece
from phone_recorder.recording.placement import EVER, DelaysInStep, Pace
from phone_recorder.recording.tally import Fate
from phone_recorder.recording.timeline import Stream, Timeline
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, PCMU, Codec
from phone_recorder.wire.rtp import SEQUENCE_MASK, RtpPacket


@dataclass(frozen=True, slots=True)
class InStep:
    """`number`, `timestamp` and `place` are those of the newest packet; each other of its SSRC stands accordingly.

    `seen`: bit n tells that number - n has come. `given` frames are given out, what is before frame `opened` takes no
    more; `frames` wait, by index.
    """

    ssrc: int
    codec: Codec
    number: int
    timestamp: int
    place: int
    seen: int
    given: int
    opened: int
    frames: dict[int, Piece]
    delays: DelaysInStep


@dataclass(frozen=True, slots=True)
class Went:
    """How a stream has gone on: where it is now, and how many packets were laid, came too late or again meanwhile.

    It is `ahead` so many numbers; the lowest of those that are new is `depth` below the newest.
    """

    now: InStep
    laid: int
    late: int
    repeated: int
    ahead: int
    depth: int


class SteppingTimeline(Timeline):
    """One whose anchors follow arrivals, as a leg's do, and that counts from its beginning to its end."""

    def __init__(self, frame: int, horizon: int, pace: Pace) -> None:
        super().__init__(frame, horizon, pace)
        self._newest: tuple[int, int, Codec] = (-1, -1, PCMU)  # SSRC, number and codec of the last placed in order

    def in_step(self) -> InStep | None:
        """What whoever carries it on needs to know; None while more than that matters."""
        stream, placement, frames = self._stream, self._stream.placement, self._pieces()
        number = (stream.sequence.next - 1) & SEQUENCE_MASK
        ssrc, newest, codec = self._newest
        if placement is None or frames is None or (ssrc, newest) != (self._ssrc, number) or self._until != EVER:
            return None
        timestamp, place = placement.newest
        delays, seen = placement.delays_in_step, stream.sequence.seen
        if place % self.frame or place + self.frame != self._end or delays is None or not self._known(place, seen):
            return None
        return InStep(ssrc, codec, number, timestamp, place, seen, self._next, self._open, frames, delays)

    def skip(self, given: int, opened: int) -> None:
        """So many frames are given out, and what is before frame `opened` takes no more."""
        self._settled = True
        self._next = self.given = given
        self._open = opened

    def go_on(self, went: Went) -> None:
        """Take it back."""
        now, sequence, placement = went.now, self._stream.sequence, self._stream.placement
        assert placement is not None, "what was handed over had a place"
        sequence.go_on(went.ahead, now.seen, went.laid + went.late, went.repeated, went.depth)
        fates: dict[Fate, int] = {"laid": went.laid, "late": went.late, "repeated": went.repeated}
        self._whole.go_on(now.ssrc, went.ahead, now.seen, went.depth, fates)
        placement.go_on(now.timestamp, now.place, now.delays)
        self.skip(now.given, now.opened)
        self._frames = dict(now.frames)
        self._end = now.place + self.frame
        self._newest = now.ssrc, now.number, now.codec

    def _place(self, arrival: int, packet: RtpPacket, stream: Stream) -> int | None:
        place = super()._place(arrival, packet, stream)
        if stream.sequence.newest:
            self._newest = packet.ssrc, packet.sequence, BY_PAYLOAD_TYPE[packet.payload_type]
        return place

    def _takes(self, index: int) -> bool:
        # A leg goes on after the end of its recording: what reaches beyond that is no duplicate.
        return index >= self._next and index >= self._open

    def _pieces(self) -> dict[int, Piece] | None:
        """The frames that wait; None if any of them is not whole."""
        pieces = {index: found for index, found in self._frames.items() if isinstance(found, Piece)}
        return pieces if len(pieces) == len(self._frames) else None

    def _known(self, place: int, seen: int) -> bool:
        """Whether each frame that is taken, and not closed, is of a number that has come: then numbers tell all."""
        newest = place // self.frame
        taken = [*range(max(self._open, 0), self._next), *self._frames]
        return all(newest - index >= 0 and seen >> newest - index & 1 for index in taken)
