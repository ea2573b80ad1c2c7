"""The ways to receive, by name and by merit: the best one that this kernel and user allow, or the one asked for."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from phone_recorder.adapters.batches.batch import Receiver
from phone_recorder.adapters.batches.many_ports import ManyPorts
from phone_recorder.adapters.batches.packet_ring import WAITING, PacketRing
from phone_recorder.adapters.batches.receiver_ports import shared_buffer
from phone_recorder.adapters.batches.shared_port import SharedPort
from phone_recorder.adapters.batches.uring import Uring
from phone_recorder.adapters.udp import LOOPBACK
from phone_recorder.errors import UsageError


class Make(Protocol):
    """Makes a receiver at which so many packets may wait, or raises UsageError that says why it cannot be had."""

    def __call__(self, waiting: int = 0) -> Receiver: ...


class Way(NamedTuple):
    """A way to receive."""

    many: Make
    """For a port a flow."""
    shared: Make
    """For one port of all."""
    loopback_only: bool = False
    """Is chosen for loopback alone, unless it is asked for by its name."""


def _ring(waiting: int = 0) -> Receiver:
    return PacketRing(waiting=max(WAITING, waiting))


WAYS = {
    # No firewall stands before the ring: what it would keep out at another interface must stay out.
    "packet-ring": Way(_ring, _ring, loopback_only=True),
    "recvmmsg": Way(lambda waiting=0: ManyPorts(), lambda waiting=0: SharedPort(waiting=waiting)),
    "io_uring": Way(lambda waiting=0: Uring(), lambda waiting=0: Uring(prepare=shared_buffer(waiting))),
}
"""By name, those that cost the least per packet first."""


def best(shared: bool = False, host: str = LOOPBACK, wanted: str | None = None, waiting: int = 0) -> Receiver:
    """The receiver that costs least of those that can be had for ports of that host, or the one `wanted` by its name.

    It keeps `waiting` packets of calls while nobody reads, if this user may have the memory: one second of them is
    much. UsageError if that one cannot be had, or there is none of that name.
    """
    if wanted is not None:
        return _make(_by_name(wanted), shared, waiting)
    for way in WAYS.values():
        try:
            if not way.loopback_only or host.startswith("127."):
                return _make(way, shared, waiting)
        except UsageError as error:
            refused = error
    raise refused


def _by_name(name: str) -> Way:
    if name not in WAYS:
        raise UsageError(f"there is no way to receive that is called {name}: choose one of {', '.join(WAYS)}")
    return WAYS[name]


def _make(way: Way, shared: bool, waiting: int) -> Receiver:
    return (way.shared if shared else way.many)(waiting)
