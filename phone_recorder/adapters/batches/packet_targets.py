"""Which flow a packet is for, by the address and port that it was sent to."""

from __future__ import annotations

import socket

import numpy as np
import psutil
from numpy.typing import NDArray

from phone_recorder.adapters.udp import Address

ANY_HOST = 0
_LOOPBACK_NETWORK = 127


class Targets:
    """The bound addresses, each with its flow and the number of the first frame that can be for it."""

    NOBODY = -1

    def __init__(self) -> None:
        self._bound: dict[int, tuple[int, int, int]] = {}
        self._ours = np.zeros(0, np.int64)
        self._sort()

    def add(self, flow: int, address: Address, first_frame: int) -> None:
        """An address that is bound from now on: what is in earlier frames was sent to whoever had it before."""
        host, port = int.from_bytes(socket.inet_aton(address[0]), "big"), address[1]
        self._bound[flow] = host << 16 | port, flow, first_frame
        self._stale = True
        if host == ANY_HOST:
            self._ours = np.array(_our_addresses(), np.int64)

    def remove(self, flow: int) -> None:
        self._stale = self._bound.pop(flow, None) is not None or self._stale

    def flows(self, targets: NDArray[np.int64], frames: NDArray[np.int64]) -> NDArray[np.int32]:
        """[n] flows of [n] targets (address * 65536 + port) that came in frames of [n] numbers; NOBODY's among them."""
        if self._stale:
            self._sort()
        found = self._exactly(targets, frames)
        if len(self._ours):
            hosts = targets >> 16
            open_to = (found == self.NOBODY) & ((hosts >> 24 == _LOOPBACK_NETWORK) | np.isin(hosts, self._ours))
            found = np.where(open_to, self._exactly(targets & 0xFFFF, frames), found)
        return found

    def _exactly(self, targets: NDArray[np.int64], frames: NDArray[np.int64]) -> NDArray[np.int32]:
        table = self._by_port
        # The last key is higher than any target.
        places = np.searchsorted(self._keys, targets) if table is None else table[targets & 0xFFFF]
        known = (self._keys[places] == targets) & (frames >= self._first_frames[places])
        return np.where(known, self._flows[places], self.NOBODY)

    def _sort(self) -> None:
        keys, flows, frames = zip(*sorted(self._bound.values()), (1 << 48, self.NOBODY, 0), strict=True)
        self._keys, self._first_frames = np.array(keys, np.int64), np.array(frames, np.int64)
        self._flows = np.array(flows, np.int32)
        self._by_port = self._table()
        self._stale = False

    def _table(self) -> NDArray[np.int64] | None:
        """[65536] which key has that port, the last one for none of them; None where one port has several."""
        ports = self._keys[:-1] & 0xFFFF
        if len(np.unique(ports)) < len(ports):
            return None
        table = np.full(1 << 16, len(ports))
        table[ports] = np.arange(len(ports))
        return table


def _our_addresses() -> list[int]:
    found = (address for addresses in psutil.net_if_addrs().values() for address in addresses)
    return [int.from_bytes(socket.inet_aton(one.address), "big") for one in found if one.family == socket.AF_INET]
