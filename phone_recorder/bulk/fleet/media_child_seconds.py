"""The media of a process, second by second: whether packets left when they were due."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phone_recorder.bulk.fleet.media_child_messages import Second
from phone_recorder.bulk.fleet.streams import Streams
from phone_recorder.recording.units import SECOND


class CountedStreams(Streams):
    """Streams that show how many packets were late by how much."""

    @property
    def late_by_ms(self) -> NDArray[np.int64]:
        """Packets so far that were late by 0 to below 1 ms, by 1 to below 2 ms, and so on."""
        return self._lateness.counts


class Seconds:
    """Looks at streams once a second. `ptime_ms` is how long a packet lasts."""

    def __init__(self, now: int, streams: CountedStreams, ptime_ms: int) -> None:
        self._streams = streams
        self._ptime_ms = ptime_ms
        self._since = now
        self._late = streams.late_by_ms.copy()
        self._totals = streams.totals()

    def look(self, now: int) -> Second | None:
        """What there is to tell, if a second is over and anything was due in it."""
        if now - self._since < SECOND:
            return None
        late, before = self._streams.late_by_ms - self._late, self._totals
        self._since, self._late, self._totals = now, self._late + late, self._streams.totals()
        count = int(late.sum())
        if not count:
            return None
        return Second(
            count,
            int(late[self._ptime_ms :].sum()),
            self._totals.unsent - before.unsent,
            self._totals.octets - before.octets,
            int(np.searchsorted(np.cumsum(late), -(-count * 99 // 100))) / 1000,
            int(np.flatnonzero(late)[-1]) / 1000,
        )
