"""Rows picked out of a large piece of memory at any offsets, many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.batch import WIDTH
from phone_recorder.adapters.batches.messages import ROWS, stride

_GRAIN = 16


class Windows:
    """The pieces of a memory, of `width` bytes, that begin at each of its bytes."""

    def __init__(self, memory: NDArray[np.uint8], width: int) -> None:
        kind = np.dtype((np.void, width))
        self._pieces = np.ndarray((len(memory) - width + 1,), kind, memory, strides=(1,))

    def at(self, offsets: NDArray[np.int64]) -> NDArray[np.uint8]:
        """[n, width] copies of what begins at the offsets, [n]."""
        return self._pieces[offsets].view(np.uint8).reshape(len(offsets), self._pieces.itemsize)


class Gathered:
    """Rows of `width` bytes, `rows` of them at most; behind all that is asked for the memory has so many bytes more."""

    def __init__(self, memory: NDArray[np.uint8], rows: int = ROWS, width: int = WIDTH) -> None:
        self._memory = memory
        self._rows = np.zeros((rows, stride(width)), np.uint8)
        self._width = width
        self._windows: dict[int, Windows] = {}

    def rows(self, offsets: NDArray[np.int64], sizes: NDArray[np.int32]) -> NDArray[np.uint8]:
        """[n, width] datagrams of [n] sizes, good until the memory is given back: copied only where they must be."""
        steps = np.diff(offsets[:2])
        if len(steps) and steps[0] > 0 and (np.diff(offsets) == steps[0]).all():
            # As frames of a ring lie, if none of them is anybody else's.
            shape, strides = (len(offsets), self._width), (int(steps[0]), 1)
            return np.ndarray(shape, np.uint8, self._memory, int(offsets[0]), strides)
        return self.copy(offsets, sizes)

    def copy(self, offsets: NDArray[np.int64], sizes: NDArray[np.int32]) -> NDArray[np.uint8]:
        """[n, width] view of copies; of the longest of `sizes` only is as much copied as is needed."""
        longest = min(-(-int(sizes.max(initial=1)) // _GRAIN) * _GRAIN, self._width)
        if longest not in self._windows:
            self._windows[longest] = Windows(self._memory, longest)
        self._rows[: len(offsets), :longest] = self._windows[longest].at(offsets)
        return self._rows[: len(offsets), : self._width]
