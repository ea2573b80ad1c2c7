"""The ways to receive, by name and by merit: the best one that this kernel and user allow, or the one asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from phone_recorder.adapters.batches.batch import Receiver
from phone_recorder.adapters.batches.many_ports import ManyPorts
from phone_recorder.adapters.batches.packet_ring import PacketRing
from phone_recorder.adapters.batches.receiver_ports import SHARED_BUFFER, buffered
from phone_recorder.adapters.batches.shared_port import SharedPort
from phone_recorder.adapters.batches.uring import Uring
from phone_recorder.adapters.udp import LOOPBACK
from phone_recorder.errors import UsageError


class Way(NamedTuple):
    """A way to receive. Both functions make a receiver, or raise UsageError that says why it cannot be had."""

    many: Callable[[], Receiver]
    """For a port a flow."""
    shared: Callable[[], Receiver]
    """For one port of all."""
    loopback_only: bool = False
    """Is chosen for loopback alone, unless it is asked for by its name."""


WAYS = {
    # No firewall stands before the ring: what it would keep out at another interface must stay out.
    "packet-ring": Way(PacketRing, PacketRing, loopback_only=True),
    "recvmmsg": Way(ManyPorts, SharedPort),
    "io_uring": Way(Uring, lambda: Uring(prepare=buffered(SHARED_BUFFER))),
}
"""By name, those that cost the least per packet first."""


def best(shared: bool = False, host: str = LOOPBACK, wanted: str | None = None) -> Receiver:
    """The receiver that costs least of those that can be had for ports of that host, or the one `wanted` by its name.

    UsageError if that one cannot be had, or there is none of that name.
    """
    if wanted is not None:
        return _make(_by_name(wanted), shared)
    for way in WAYS.values():
        try:
            if not way.loopback_only or host.startswith("127."):
                return _make(way, shared)
        except UsageError as error:
            refused = error
    raise refused


def _by_name(name: str) -> Way:
    if name not in WAYS:
        raise UsageError(f"there is no way to receive that is called {name}: choose one of {', '.join(WAYS)}")
    return WAYS[name]


def _make(way: Way, shared: bool) -> Receiver:
    return way.shared() if shared else way.many()
