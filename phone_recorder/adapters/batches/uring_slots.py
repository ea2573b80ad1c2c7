"""Which flow each request of an io_uring is for. A slot is used again only when its request is known to have ended."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Slots:
    """Numbers of requests from 0 on, each with a flow and a socket's descriptor."""

    NOBODY = -1

    def __init__(self) -> None:
        self._flows = np.full(64, self.NOBODY, np.int32)
        self._descriptors = np.full(64, self.NOBODY, np.int32)
        self._of: dict[int, int] = {}
        self._free = list(range(63, -1, -1))

    def take(self, flow: int, descriptor: int) -> int:
        """A slot for that flow."""
        if not self._free:
            self._grow()
        slot = self._of[flow] = self._free.pop()
        self._flows[slot], self._descriptors[slot] = flow, descriptor
        return slot

    def leave(self, flow: int) -> int:
        """That flow's slot, which is nobody's from now on, and not yet free."""
        slot = self._of.pop(flow)
        self._flows[slot] = self.NOBODY
        return slot

    def flows(self, slots: NDArray[np.uint64]) -> NDArray[np.int32]:
        """[n] flows of [n] slots, NOBODY for one that was left."""
        return self._flows[slots.astype(np.int64)]

    def descriptors(self, slots: NDArray[np.int64]) -> NDArray[np.int32]:
        """[n] descriptors of [n] slots."""
        return self._descriptors[slots]

    def free_left(self, ended: NDArray[np.int64]) -> NDArray[np.int64]:
        """The requests of these slots have ended: those that were left are free, and the others returned."""
        left = self._flows[ended] == self.NOBODY
        self._free.extend(ended[left].tolist())
        going_on: NDArray[np.int64] = ended[~left]
        return going_on

    def _grow(self) -> None:
        size = len(self._flows)
        more = np.full(size, self.NOBODY, np.int32)
        self._flows, self._descriptors = np.concatenate([self._flows, more]), np.concatenate([self._descriptors, more])
        self._free.extend(range(2 * size - 1, size - 1, -1))
