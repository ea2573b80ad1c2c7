"""From a captured frame to the UDP datagram in it: link layer, IPv4 (RFC 791) or IPv6 (RFC 8200), UDP (RFC 768).

Nothing is believed that the captured bytes do not bear out; a frame that gives no datagram gives the reason.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

Address = tuple[str, int]


class Skip(Enum):
    """Why a frame gives no datagram."""

    OTHER = "no UDP over IP"
    FRAGMENT = "a fragment of an IP packet"
    SHORT = "not captured to its end"


class Udp(NamedTuple):
    """One UDP datagram."""

    source: Address
    destination: Address
    payload: bytes


_ETHERNET_SIZE = 14
_VLAN_TAGS = (0x8100, 0x88A8, 0x9100)
_IP_TYPES = (0x0800, 0x86DD)
_IPV4_SIZE = 20
_IPV6_SIZE = 40
_UDP = 17
_UDP_HEADER = struct.Struct("!HHHH")
_V6_FRAGMENT = 44
_V6_EXTENSIONS: dict[int, Callable[[int], int]] = {
    0: lambda n: 8 * n + 8,  # hop by hop
    43: lambda n: 8 * n + 8,  # routing
    _V6_FRAGMENT: lambda _: 8,
    51: lambda n: 4 * n + 8,  # authentication
    60: lambda n: 8 * n + 8,  # destination
    135: lambda n: 8 * n + 8,  # mobility
}
"""Extension headers of IPv6, and their sizes from their second bytes."""


def supported(link_type: int) -> bool:
    """Frames of that link type can be read."""
    return link_type in _LINKS


def parse_udp(link_type: int, frame: bytes) -> Udp | Skip:
    """The datagram in a frame of a supported link type, or why there is none."""
    packet = _LINKS[link_type](frame)
    parse = _VERSIONS.get(packet[0] >> 4 if packet else 0)
    return parse(packet) if parse else Skip.OTHER


def _ethernet(frame: bytes) -> bytes:
    return _typed(frame, 12, _ETHERNET_SIZE)


def _linux_cooked(frame: bytes) -> bytes:
    return _typed(frame, 14, 16)


def _linux_cooked_2(frame: bytes) -> bytes:
    return _typed(frame, 0, 20)


def _raw_ip(frame: bytes) -> bytes:
    return frame


def _loopback(frame: bytes) -> bytes:
    # Address families differ between systems, and so does their byte order: IP says itself which version it is.
    return frame[4:]


def _typed(frame: bytes, type_offset: int, size: int) -> bytes:
    """The IP packet behind a header that has an Ethernet type, and behind its VLAN tags; empty if it is not IP."""
    kind = int.from_bytes(frame[type_offset : type_offset + 2])
    while kind in _VLAN_TAGS and len(frame) >= size + 4:
        kind = int.from_bytes(frame[size + 2 : size + 4])
        size += 4
    return frame[size:] if kind in _IP_TYPES else b""


def _ipv4(packet: bytes) -> Udp | Skip:
    if len(packet) < _IPV4_SIZE:
        return Skip.SHORT
    total, fragment = struct.unpack_from("!HxxH", packet, 2)
    if packet[9] != _UDP:
        return Skip.OTHER
    if fragment & 0x3FFF:
        return Skip.FRAGMENT
    header_size = max(4 * (packet[0] & 0x0F), _IPV4_SIZE)
    # A total of 0 is what a capture sees when the network card is to cut the packet up.
    return _udp(packet[12:16], packet[16:20], packet[header_size : total or None])


def _ipv6(packet: bytes) -> Udp | Skip:
    if len(packet) < _IPV6_SIZE:
        return Skip.SHORT
    (size,) = struct.unpack_from("!H", packet, 4)
    body = packet[: _IPV6_SIZE + size] if size else packet
    kind, offset = packet[6], _IPV6_SIZE
    while kind in _V6_EXTENSIONS:
        if len(body) < offset + 8:
            return Skip.SHORT
        if kind == _V6_FRAGMENT and int.from_bytes(body[offset + 2 : offset + 4]) & 0xFFF9:
            return Skip.FRAGMENT
        kind, offset = body[offset], offset + _V6_EXTENSIONS[kind](body[offset + 1])
    return _udp(packet[8:24], packet[24:40], body[offset:]) if kind == _UDP else Skip.OTHER


def _udp(source: bytes, destination: bytes, segment: bytes) -> Udp | Skip:
    if len(segment) < _UDP_HEADER.size:
        return Skip.SHORT
    source_port, destination_port, length, _ = _UDP_HEADER.unpack_from(segment)
    if not _UDP_HEADER.size <= length <= len(segment):
        return Skip.SHORT
    payload = segment[_UDP_HEADER.size : length]
    return Udp((_text(source), source_port), (_text(destination), destination_port), payload)


@lru_cache(maxsize=1024)
def _text(address: bytes) -> str:
    return str(ip_address(address))


_VERSIONS: dict[int, Callable[[bytes], Udp | Skip]] = {4: _ipv4, 6: _ipv6}

_LINKS: dict[int, Callable[[bytes], bytes]] = {
    0: _loopback,
    1: _ethernet,
    12: _raw_ip,
    14: _raw_ip,
    101: _raw_ip,
    108: _loopback,
    113: _linux_cooked,
    228: _raw_ip,
    229: _raw_ip,
    276: _linux_cooked_2,
}
"""Link type (tcpdump's list of LINKTYPE_ values) to what takes its header off."""
