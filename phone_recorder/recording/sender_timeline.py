"""A timeline by its sender's clock, which takes whole runs of packets at once while its stream is in order.

By that clock a frame is over as soon as it has come: of a run that is plainly next, each frame is given out as it
comes. So whoever has seen that packets are such a run need not lay them one by one.
"""

from __future__ import annotations

from typing import NamedTuple

from phone_recorder.recording.placement import BySender
from phone_recorder.recording.timeline import Timeline


class SenderPace(BySender):
    """BySender that says when it last heard anything new."""

    @property
    def heard_at(self) -> int:
        return self._heard_at


class Next(NamedTuple):
    """What the next packet in order must be, and where it stands: at the end of all that has been given out."""

    ssrc: int
    sequence: int
    timestamp: int
    place: int


class SenderTimeline(Timeline):
    """One whose pace is its sender's. A run is of whole frames, in one codec."""

    def __init__(self, frame: int, horizon: int, pace: SenderPace) -> None:
        super().__init__(frame, horizon, pace)

    def plainly_next(self) -> Next | None:
        """None while anything is waited for, or the next packet could stand elsewhere than at the end."""
        stream, end = self._stream, self._end
        # No arrival tells anything of where a packet stands by this pace.
        if not stream.placement or not self._flows(0, end) or self._next * self.frame != end:
            return None
        return Next(self._ssrc, stream.sequence.next, stream.placement.timestamp_at(end), end)

    def pass_run(self, packets: int, arrival: int, late: int) -> None:
        """Packets from `plainly_next` on have come, the last at `arrival`, and are given out by whoever has them.

        `late` is the furthest place that Pace.late told as each of them arrived.
        """
        placement, begin = self._stream.placement, self._end
        assert placement, "what is next has a place"
        end = begin + packets * self.frame
        self._give_up(late)
        self._pace.heard(arrival, begin, end)
        self._next += packets
        self.given += packets
        self._went(self._stream, placement, end)
