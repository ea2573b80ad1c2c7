"""What is known of delays, for rows of streams: the least one of each second, and since when packets come too late.

As DelayWatch and Placement have it for one: when drift calls for a shift, and when a stream that is too late is stuck.
"""

from __future__ import annotations

import numpy as np

from phone_recorder.bulk.columns import UNKNOWN, Columns, Flags, Ints, Rows, spans, unknown
from phone_recorder.recording.placement import AHEAD, DRIFT_WINDOW_S, NORMAL_S, STUCK


class Noted:
    """The delays of some rows, with packets noted that are taken only by `commit`.

    `rows` in order, one or more packets of each, `seconds` are those of their arrivals, `delays` theirs.
    """

    def __init__(self, columns: Columns, rows: Rows, seconds: Ints, delays: Ints) -> None:
        self._columns = columns
        at = spans(rows)
        self.rows = rows[at]
        self.due: Flags = np.zeros(len(self.rows), np.bool_)
        """Those for which a shift is called."""
        self._second = columns.second[self.rows]
        self._least = columns.least[self.rows]
        self._history: tuple[Ints, Ints, Ints] | None = None
        place = np.repeat(np.arange(len(at)), np.diff(at, append=len(rows)))
        if len(seconds) and (seconds == seconds[0]).all():
            self._note(int(seconds[0]), place, delays)
            return
        for second in np.unique(seconds):
            inside = seconds == second
            self._note(int(second), place[inside], delays[inside])

    def commit(self) -> None:
        """Take what was noted."""
        columns, rows = self._columns, self.rows
        columns.second[rows], columns.least[rows] = self._second, self._least
        if self._history:
            columns.seconds[rows], columns.kept[rows], columns.normal[rows] = self._history

    def _note(self, second: int, place: Ints, delays: Ints) -> None:
        """Packets of one second; `place` says of which of the rows, in order."""
        at = spans(place)
        which, least = place[at], np.minimum.reduceat(delays, at)
        turning = self._second[which] != second
        if turning.any():
            self._turn(which[turning])
        self._least[which] = np.where(turning, least, np.minimum(self._least[which], least))
        self._second[which] = second

    def _turn(self, which: Ints) -> None:
        """A second is over for these."""
        columns = self._columns
        if self._history is None:
            self._history = columns.seconds[self.rows], columns.kept[self.rows], columns.normal[self.rows]
        seconds, kept, normal = self._history
        begun = which[self._second[which] >= 0]
        seconds[begun, :-1] = seconds[begun, 1:]
        seconds[begun, -1] = self._least[begun]
        kept[begun] = np.minimum(kept[begun] + 1, DRIFT_WINDOW_S)
        judged = which[kept[which] == DRIFT_WINDOW_S]
        new = judged[unknown(normal[judged])]
        normal[new] = np.maximum(seconds[new, :NORMAL_S].min(axis=1), -AHEAD)
        moved = seconds[judged].min(axis=1) - normal[judged]
        self.due[judged] |= np.abs(moved) * 4 >= columns.frame * 3


class Lateness:
    """Since when the newest packets of some rows have come too late, taken only by `commit`.

    `rows` in order, one or more packets of each, which came at these `arrivals`, and of which some were `late`.
    """

    def __init__(self, columns: Columns, rows: Rows, arrivals: Ints, late: Flags) -> None:
        self._columns = columns
        self.stuck: Flags = np.zeros(len(rows), np.bool_)
        """Those with which their streams begin again elsewhere."""
        some = bool(late.any())
        # Mostly none is late, and none was before.
        at = spans(rows) if some or not unknown(columns.late_since).all() else np.zeros(0, np.int64)
        self._rows, self._since = rows[at], np.full(len(at), UNKNOWN)
        if some:
            since = self._runs(at, arrivals, late)
            self.stuck = late & (arrivals - since >= STUCK)
            last = np.append(at[1:], len(rows)) - 1
            self._since[late[last]] = since[last][late[last]]

    def commit(self) -> None:
        """Take it."""
        self._columns.late_since[self._rows] = self._since

    def _runs(self, at: Ints, arrivals: Ints, late: Flags) -> Ints:
        """When the run of late packets began that each late one is in."""
        begins = late.copy()
        begins[1:] &= ~late[:-1]
        begins[at] = late[at]
        since, known = arrivals.copy(), self._columns.late_since[self._rows]
        since[at] = np.where(unknown(known), since[at], known)
        return since[np.maximum.accumulate(np.where(begins, np.arange(len(late)), 0))]
