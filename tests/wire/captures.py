"""Captures built byte by byte for tests: frames of each link type, in classic pcap and in pcapng."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from ipaddress import ip_address

NEAR, FAR = ("192.0.2.1", 4000), ("192.0.2.2", 5000)
NEAR6, FAR6 = ("2001:db8::1", 4000), ("2001:db8::2", 5000)
ETHERNET = bytes(12)
Address = tuple[str, int]


def udp(payload: bytes, source: int = 4000, destination: int = 5000, length: int | None = None) -> bytes:
    return struct.pack("!HHHH", source, destination, 8 + len(payload) if length is None else length, 0) + payload


def ipv4(
    payload: bytes,
    source: Address = NEAR,
    destination: Address = FAR,
    fragment: int = 0,
    options: bytes = b"",
    protocol: int = 17,
    total: int | None = None,
) -> bytes:
    """A UDP datagram in an IPv4 packet; or `payload` as it is, for another protocol."""
    body = udp(payload, source[1], destination[1]) if protocol == 17 else payload
    size = 20 + len(options) + len(body) if total is None else total
    head = struct.pack("!BBHHHBBH", 0x40 | 5 + len(options) // 4, 0, size, 0, fragment, 64, protocol, 0)
    return head + ip_address(source[0]).packed + ip_address(destination[0]).packed + options + body


def ipv6(payload: bytes, extensions: Iterable[tuple[int, bytes]] = (), size: int | None = None) -> bytes:
    """A UDP datagram in an IPv6 packet. Extensions are (number, bytes without the leading next header)."""
    kinds = [number for number, _ in extensions] + [17]
    body = b"".join(bytes([kinds[i + 1]]) + data for i, (_, data) in enumerate(extensions)) + udp(payload)
    head = struct.pack("!IHBB", 6 << 28, len(body) if size is None else size, kinds[0], 64)
    return head + ip_address(NEAR6[0]).packed + ip_address(FAR6[0]).packed + body


def ethernet(packet: bytes, kind: str = "0800") -> bytes:
    return ETHERNET + bytes.fromhex(kind) + packet


def pcap(frames: Iterable[tuple[int, int, bytes]], order: str = "<", magic: int = 0xA1B2C3D4, link: int = 1) -> bytes:
    """Frames are (seconds, fraction, bytes)."""
    head = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    return head + b"".join(
        struct.pack(order + "IIII", seconds, fraction, len(frame), len(frame)) + frame
        for seconds, fraction, frame in frames
    )


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str = "<", size: int = -1) -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, size), order)


def interface(order: str = "<", link: int = 1, snap: int = 0, options: bytes = b"") -> bytes:
    return block(1, struct.pack(order + "HHI", link, 0, snap) + options, order)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def enhanced(frame: bytes, ticks: int = 0, number: int = 0, order: str = "<", size: int | None = None) -> bytes:
    size = len(frame) if size is None else size
    body = struct.pack(order + "5I", number, ticks >> 32, ticks & 0xFFFFFFFF, size, len(frame)) + frame
    return block(6, body, order)


def simple(frame: bytes, order: str = "<") -> bytes:
    return block(3, struct.pack(order + "I", len(frame)) + frame, order)
