"""Captures written: a classic pcap (IETF opsawg draft) of IP packets whose headers are made here.

The addresses and ports are the true ones; identification, sequence numbers and windows are made up.
"""

from __future__ import annotations

import struct
from ipaddress import IPv6Address, ip_address

from phone_recorder.wire.network import Address

FILE_HEADER = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, 101)
"""Times in nanoseconds; frames are IP packets without a link layer (LINKTYPE_RAW)."""
MAX_DATAGRAM = 65_507
"""Bytes that an IPv4 packet has room for behind its header and UDP's."""
MAX_SEGMENT = 16_384
"""Bytes that go into one made TCP segment."""

_NS = 1_000_000_000
_UDP, _TCP = 17, 6
_PSH_ACK = 0x18
_WINDOW = 65_535
_HOPS = 64


def record(time_ns: int, packet: bytes) -> bytes:
    """A packet as the file has it; the time in ns of the Unix epoch."""
    return struct.pack("<IIII", time_ns // _NS & 0xFFFFFFFF, time_ns % _NS, len(packet), len(packet)) + packet


def udp_packet(source: Address, target: Address, payload: bytes) -> bytes:
    """An IP packet with one datagram (RFC 768), cut to MAX_DATAGRAM; ValueError if an address is none."""
    payload = payload[:MAX_DATAGRAM]
    head = struct.pack("!HHH", source[1], target[1], 8 + len(payload))
    return _packet(source, target, _UDP, head, payload)


def tcp_packet(source: Address, target: Address, sequence: int, acknowledged: int, payload: bytes) -> bytes:
    """An IP packet with one segment (RFC 9293) of at most MAX_SEGMENT bytes; ValueError if an address is none.

    `sequence` is that of its first byte, `acknowledged` of the next one from the other side; both modulo 2^32.
    """
    numbers = (source[1], target[1], sequence & 0xFFFFFFFF, acknowledged & 0xFFFFFFFF)
    head = struct.pack("!HHIIBBH", *numbers, 5 << 4, _PSH_ACK, _WINDOW)
    return _packet(source, target, _TCP, head, payload, b"\0\0")


def _packet(source: Address, target: Address, protocol: int, head: bytes, payload: bytes, tail: bytes = b"") -> bytes:
    """The checksum stands between the head of UDP or TCP and its tail."""
    here, there = _packed(source[0], target[0])
    size = len(head) + 2 + len(tail) + len(payload)
    pseudo = here + there + struct.pack("!IHBB", size, 0, 0, protocol)
    checksum = _checksum(pseudo + head + tail + payload)
    if protocol == _UDP and not checksum:
        checksum = 0xFFFF  # zero says that there is none
    body = head + struct.pack("!H", checksum) + tail + payload
    return (_ipv4 if len(here) == 4 else _ipv6)(here, there, protocol, len(body)) + body


def _packed(source: str, target: str) -> tuple[bytes, bytes]:
    """Both addresses of one length: where one is IPv6, the other is mapped into it."""
    addresses = [ip_address(text.partition("%")[0]) for text in (source, target)]
    if len({address.version for address in addresses}) > 1:
        addresses = [a if isinstance(a, IPv6Address) else IPv6Address(f"::ffff:{a}") for a in addresses]
    return addresses[0].packed, addresses[1].packed


def _ipv4(source: bytes, target: bytes, protocol: int, size: int) -> bytes:
    head = struct.pack("!BBHHHBB", 0x45, 0, 20 + size, 0, 0x4000, _HOPS, protocol)
    return head + struct.pack("!H", _checksum(head + b"\0\0" + source + target)) + source + target


def _ipv6(source: bytes, target: bytes, protocol: int, size: int) -> bytes:
    return struct.pack("!IHBB", 6 << 28, size, protocol, _HOPS) + source + target


def _checksum(data: bytes) -> int:
    """The Internet's (RFC 1071). The sum of 16-bit words modulo 65535 is the number itself modulo 65535."""
    if len(data) % 2:
        data += b"\0"
    return 0xFFFF - (int.from_bytes(data) % 0xFFFF or 0xFFFF)
