"""Which stream each packet at a shared port belongs to: told by its SSRC, or else by where it came from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.batch import Batch, address_keys
from phone_recorder.bulk.columns import Ints, Rows
from phone_recorder.errors import UsageError
from phone_recorder.wire.rtp import HEADER_SIZE

NOBODY = -1
_BITS = 20
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_EMPTY = np.int64(-1)


class Demultiplexer:
    """Streams of SSRCs that are known beforehand. A stream may change its SSRC: then its source is known by that time.

    Two streams of one SSRC cannot be told apart here, and need ports of their own.
    """

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}  # by SSRC
        self._keys = np.full(1 << _BITS, _EMPTY)  # the SSRC at its place in the table
        self._values = np.zeros(1 << _BITS, np.int64)
        self._expected: dict[int, int] = {}  # by row, its SSRC; where its place is another's, only `_rows` has it
        self._sources: dict[bytes, int] = {}
        self._source_of: dict[int, bytes] = {}
        self._heard = np.zeros(0, np.bool_)  # by row; the last is NOBODY

    def expect(self, ssrc: int, row: int) -> None:
        """Packets of this SSRC are of that row. UsageError if another row has it already."""
        if self._rows.setdefault(ssrc, row) != row:
            raise UsageError(f"the SSRC {ssrc:#010x} is another stream's at this port already: give each its own")
        self._expected[row] = ssrc
        if row + 1 >= len(self._heard):
            self._heard = np.concatenate([self._heard, np.zeros(row + 1024, np.bool_)])
        place = int(_places(np.array([ssrc]))[0])
        if self._keys[place] in (_EMPTY, ssrc):
            self._keys[place], self._values[place] = ssrc, row

    def forget(self, row: int) -> None:
        """Nothing is of this row any more."""
        ssrc = self._expected.pop(row, None)
        if ssrc is None:
            return
        del self._rows[ssrc]
        place = int(_places(np.array([ssrc]))[0])
        if self._keys[place] == ssrc:
            self._keys[place] = _EMPTY
        self._sources.pop(self._source_of.pop(row, b""), None)
        self._heard[row] = False

    def rows(self, batch: Batch) -> Rows:
        """The row of each datagram; NOBODY for what is of none."""
        ssrcs = _ssrcs(batch)
        places = _places(ssrcs)
        rows = np.where(self._keys[places] == ssrcs, self._values[places], NOBODY)
        short = batch.sizes < HEADER_SIZE
        rows[short] = NOBODY
        self._learn(batch, rows)
        if (rows == NOBODY).any():
            self._look_further(batch, ssrcs, rows)
        return rows

    def _look_further(self, batch: Batch, ssrcs: Ints, rows: Rows) -> None:
        at = np.flatnonzero(rows == NOBODY)
        sources = address_keys(batch.sources[at]).tolist()
        for place, source in zip(at.tolist(), sources, strict=True):
            ssrc = int(ssrcs[place])
            row = self._rows.get(ssrc, NOBODY) if batch.sizes[place] >= HEADER_SIZE else NOBODY
            rows[place] = self._sources.get(source, NOBODY) if row == NOBODY else row

    def _learn(self, batch: Batch, rows: Rows) -> None:
        """Where the streams come from that have not been heard before."""
        new = ~self._heard[rows]
        if not new.any():
            return
        unheard = np.flatnonzero(new)
        for row, at in zip(*(found.tolist() for found in np.unique(rows[unheard], return_index=True)), strict=True):
            if row != NOBODY:
                source = bytes(address_keys(batch.sources[unheard[at] : unheard[at] + 1])[0])
                self._source_of[row] = source
                self._sources[source] = row
                self._heard[row] = True


def _ssrcs(batch: Batch) -> Ints:
    return batch.data[:, 8:12].copy().view(">u4")[:, 0].astype(np.int64)


def _places(ssrcs: Ints) -> NDArray[np.uint64]:
    """Where an SSRC is in the table: multiplied, the highest bits."""
    return (ssrcs.astype(np.uint64) * _SPREAD) >> np.uint64(64 - _BITS)
