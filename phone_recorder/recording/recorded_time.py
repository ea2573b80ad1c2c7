"""How far a recording has come at each place of the call's mix: what the record tone hangs on.

Places are units from the mix's start; those of edges are whole frames, as the session has them.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter


class RecordedTime:
    """`frame` is the mix's, in units; `skips`: a pause takes no time in a recording, rather than being silence in it.

    Edges come in the order of the keys; what has been asked of a place before the key does not change by it.
    """

    def __init__(self, frame: int, skips: bool) -> None:
        self._frame = frame
        self._skips = skips
        self._edges: list[tuple[int, int | None]] = []  # a place, and the recording's time there; None while none runs
        self._left = (0, 0)  # where the last recording was paused or ended, and its time there
        self._running = False

    def at(self, place: int) -> int | None:
        """The recording's own time at this place, in units; None where nothing is recorded, or is paused."""
        index = bisect_right(self._edges, place, key=itemgetter(0)) - 1
        edge, time = self._edges[index] if index >= 0 else (0, None)
        return None if time is None else time + place - edge

    def begin(self, place: int) -> None:
        """A recording begins with this frame."""
        self._running = True
        self._set(place, 0)

    def follow(self, runs: bool, place: int) -> None:
        """Whether the last recording runs, and is not paused, from this place on."""
        if runs != self._running:
            self._running = runs
            self._go_on(place) if runs else self._leave(place)

    def _leave(self, place: int) -> None:
        # With the frame in which that comes, as the session does.
        first = place // self._frame * self._frame
        time = self.at(first)
        if time is not None:
            self._left = first, time
        self._set(first, None)

    def _go_on(self, place: int) -> None:
        # With the first frame that is wholly after this.
        first = -(-place // self._frame) * self._frame
        left, time = self._left
        self._set(first, time if self._skips else time + first - left)

    def _set(self, place: int, time: int | None) -> None:
        while self._edges and self._edges[-1][0] >= place:
            self._edges.pop()
        self._edges.append((place, time))
