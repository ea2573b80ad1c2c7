"""Our own addresses: those that sockets are bound to, and those that others see, as far as the routing table knows."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import ip_address

from phone_recorder.adapters.udp import family_of
from phone_recorder.sip.hop import Hop

_ANY_PORT = 9
"""Connecting a UDP socket sends nothing: the port does not matter, but must not be 0."""


def is_address(host: str) -> bool:
    """Whether it is an IP address; one of a link may name its interface behind a %."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_unspecified(host: str) -> bool:
    """Whether it stands for any address of ours: 0.0.0.0 or ::."""
    return is_address(host) and ip_address(host).is_unspecified


def own_host(bound: str, hop: Hop) -> str:
    """The address that we send to `hop` from, when our socket is bound to `bound`, without a zone."""
    if is_unspecified(bound):
        with suppress(OSError):
            # There may be no way there: sending says so. Until then any address is as good as another.
            bound = route_to(hop)
    return bound.partition("%")[0]


def route_to(hop: Hop) -> str:
    """The address of ours on the way there; OSError if there is none. Nothing is sent."""
    if not is_address(hop.host):
        raise OSError(f"{hop.host!r} is no IP address")
    with socket.socket(family_of(hop.host), socket.SOCK_DGRAM) as probe:
        probe.connect((hop.host, _ANY_PORT))
        host: str = probe.getsockname()[0]
        return host


def bound_to(host: str, port: int, unbound: socket.socket) -> socket.socket:
    """The socket, bound, for IPv6 to that alone, and not waiting; if the port is not to be had, OSError, and closed."""
    try:
        unbound.setblocking(False)
        if unbound.family == socket.AF_INET6:
            unbound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        unbound.bind((host, port))
    except OSError:
        unbound.close()
        raise
    return unbound
