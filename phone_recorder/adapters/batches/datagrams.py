"""The datagrams of a batch one by one, as UdpPort gives them out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from phone_recorder.adapters.batches.batch import Batch

_SIX = socket.AF_INET6
_KEY = 22
"""Bytes of an address without its port and scope."""


def datagrams(batch: Batch) -> Iterator[tuple[int, int, bytes, str]]:
    """Flow, instant, datagram and source host of each, in the order of the batch."""
    return zip(batch.flows.tolist(), batch.arrivals.tolist(), _contents(batch), _hosts(batch), strict=True)


def _contents(batch: Batch) -> Iterator[bytes]:
    width, joined = batch.data.shape[1], batch.data.tobytes()
    starts = range(0, len(joined), width)
    return (joined[start : start + size] for start, size in zip(starts, batch.sizes.tolist(), strict=True))


def _hosts(batch: Batch) -> Iterator[str]:
    families, addresses = batch.sources[:, :2], batch.sources[:, 4:24]
    joined = np.concatenate((families, addresses), axis=1).tobytes()
    return (_host(joined[start : start + _KEY]) for start in range(0, len(joined), _KEY))


@lru_cache(maxsize=4096)
def _host(source: bytes) -> str:
    if int.from_bytes(source[:2], "little" if np.little_endian else "big") == _SIX:
        return socket.inet_ntop(_SIX, source[6:22])
    return socket.inet_ntop(socket.AF_INET, source[2:6])
