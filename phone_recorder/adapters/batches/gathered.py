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
    """Room for `rows` datagrams of `width` bytes, to which they are copied before their memory is given back."""

    def __init__(self, memory: NDArray[np.uint8], rows: int = ROWS, width: int = WIDTH) -> None:
        self._memory = memory
        self._rows = np.zeros((rows, stride(width)), np.uint8)
        self._width = width
        self._windows: dict[int, Windows] = {}

    def copy(self, offsets: NDArray[np.int64], sizes: NDArray[np.int32]) -> NDArray[np.uint8]:
        """[n, width] view of the copies; of the longest of `sizes` only is as much copied as is needed."""
        longest = min(-(-int(sizes.max(initial=1)) // _GRAIN) * _GRAIN, self._width)
        if longest not in self._windows:
            self._windows[longest] = Windows(self._memory, longest)
        self._rows[: len(offsets), :longest] = self._windows[longest].at(offsets)
        return self._rows[: len(offsets), : self._width]
