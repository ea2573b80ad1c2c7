"""UDP over IPv4 written by hand: whole packets, for what no UDP socket would send."""

from __future__ import annotations

import socket
import struct

from phone_recorder.adapters.udp import Address

_UDP = socket.IPPROTO_UDP


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    total = sum(int.from_bytes(data[at : at + 2].ljust(2, b"\0"), "big") for at in range(0, len(data), 2))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    return total ^ 0xFFFF


def udp(source: Address, target: Address, payload: bytes, change: int = 0) -> bytes:
    """Header and payload (RFC 768); `change` is added to the right checksum."""
    hosts = socket.inet_aton(source[0]) + socket.inet_aton(target[0])
    header = struct.pack(">HHH", source[1], target[1], 8 + len(payload))
    right = checksum(hosts + struct.pack(">HH", _UDP, 8 + len(payload)) + header + b"\0\0" + payload) or 0xFFFF
    return header + struct.pack(">H", (right + change) & 0xFFFF) + payload


def ip(source: Address, target: Address, body: bytes, options: bytes = b"", fragment: int = 0) -> bytes:
    """An IPv4 packet (RFC 791). `fragment`: flags and offset. The kernel adds length and checksum."""
    words = 5 + len(options) // 4
    head = struct.pack(">BBHHHBBH", 0x40 | words, 0, 0, 77, fragment, 64, _UDP, 0)
    return head + socket.inet_aton(source[0]) + socket.inet_aton(target[0]) + options + body


def finished(packet: bytes) -> bytes:
    """With length and checksum, for where no kernel adds them."""
    head = (packet[0] & 0xF) * 4
    sized = packet[:2] + struct.pack(">H", len(packet)) + packet[4:]
    return sized[:10] + struct.pack(">H", checksum(sized[:head])) + sized[12:]
