"""The phone's mixer: the two directions of a call, each on its timeline, in step, summed into one stream.

The near party is this phone's user, the far party the peer. What is summed is what the recorder's receive-only stream
hears (guide: call recording architecture).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from phone_recorder.media.mixing import PayloadMixer, Piece
from phone_recorder.recording.placement import ByArrival
from phone_recorder.recording.recorded_time import RecordedTime
from phone_recorder.recording.tally import Tally
from phone_recorder.recording.timeline import Timeline
from phone_recorder.wire.payload import Codec

NEAR, FAR = "near", "far"

GapSink = Callable[[str, int, int], None]
"""Called with leg, start and length in units from the mixer's start, for audio that never came."""


class Summed(NamedTuple):
    """A frame of the mix: its legs, and its place in a recording that has the record tone."""

    near: Piece | None
    far: Piece | None
    place: int | None


class Mixer:
    """`start` is an instant; `frame` and `horizon` are units; the mix is in the codec `out`.

    `toned` tells where the mix is recorded, for the record tone; without it there is none.
    """

    def __init__(
        self,
        start: int,
        frame: int,
        horizon: int,
        out: Codec,
        on_gap: GapSink,
        toned: RecordedTime | None = None,
    ) -> None:
        self.start = start
        self.frame = frame
        self.near = Timeline(frame, horizon, ByArrival(start), counted=False)
        self.far = Timeline(frame, horizon, ByArrival(start), counted=False)
        self._timelines = {NEAR: self.near, FAR: self.far}
        self._out = out
        self._mixer = PayloadMixer(out)
        self._starts: list[int] = []
        self._on_gap = on_gap
        self._toned = toned
        self._next = 0
        self._waiting: tuple[list[Piece | None], list[Piece | None]] = ([], [])
        self.last: Summed | None = None
        """What the frame that both legs closed last is made of, mixed or not, while it is `watched`."""
        self.watched = False

    def begin(self, number: int) -> None:
        """A recording begins with frame `number`: let its G.722 not hang on how much was mixed before it for nobody."""
        self._starts.append(number)

    def tally(self, start: int) -> dict[str, Tally]:
        """Count the packets of each leg from this instant on."""
        return {leg: timeline.tally(start - self.start) for leg, timeline in self._timelines.items()}

    def drop(self, tallies: dict[str, Tally]) -> None:
        """Count no more for these."""
        for leg, timeline in self._timelines.items():
            timeline.drop(tallies[leg])

    def mix(self, now: int, wanted: int) -> tuple[int, list[bytes]]:
        """The frames that both legs have closed since, from number `wanted` on: the first one's number, and payloads.

        Frames before `wanted` cost no mixing: nobody listens to them.
        """
        near, far = self._waiting
        near += self.near.close(now)
        far += self.far.close(now)
        count = min(len(near), len(far))
        first, self._next = self._next, self._next + count
        self._tell_gaps(first, near[:count], far[:count])
        skipped = min(max(wanted - first, 0), count)
        pairs = enumerate(zip(near[skipped:count], far[skipped:count], strict=True), first + skipped)
        mixed = [self._mix(number, a, b) for number, (a, b) in pairs]
        if self.watched and count:
            self.last = Summed(near[count - 1], far[count - 1], self._place(self._next - 1))
        del near[:count], far[:count]
        return first + skipped, mixed

    def _mix(self, number: int, near: Piece | None, far: Piece | None) -> bytes:
        while self._starts and self._starts[0] <= number:
            self._starts.pop(0)
            self._mixer = PayloadMixer(self._out)
        return self._mixer.mix(near, far, self.frame, self._place(number))

    def _place(self, number: int) -> int | None:
        return self._toned.at(number * self.frame) if self._toned else None

    def _tell_gaps(self, first: int, near: list[Piece | None], far: list[Piece | None]) -> None:
        for leg, pieces in ((NEAR, near), (FAR, far)):
            for index, piece in enumerate(pieces, first):
                if piece is None:
                    self._on_gap(leg, index * self.frame, self.frame)
