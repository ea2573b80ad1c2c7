"""Frames of every link type, IPv4 and IPv6, against literal bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.wire.network import Skip, Udp, parse_udp, supported
from tests.wire.captures import ETHERNET, FAR, FAR6, NEAR, NEAR6, ethernet, ipv4, ipv6, udp

LINKS = (0, 1, 12, 14, 101, 108, 113, 228, 229, 276)
V4 = Udp(NEAR, FAR, b"audio")
V6 = Udp(NEAR6, FAR6, b"audio")

FRAMES = {
    "Ethernet": (1, ethernet(ipv4(b"audio")), V4),
    "Ethernet, padded to 60 bytes": (1, ethernet(ipv4(b"audio")) + bytes(13), V4),
    "Ethernet, IPv6": (1, ethernet(ipv6(b"audio"), "86dd"), V6),
    "802.1Q": (1, ethernet(ipv4(b"audio"), "8100 0064 0800"), V4),
    "802.1ad": (1, ethernet(ipv4(b"audio"), "88a8 0064 8100 0065 0800"), V4),
    "Linux cooked": (113, bytes(14) + b"\x08\x00" + ipv4(b"audio"), V4),
    "Linux cooked, IPv6": (113, bytes(14) + b"\x86\xdd" + ipv6(b"audio"), V6),
    "Linux cooked, 802.1Q": (113, bytes(14) + b"\x81\x00\x00\x64\x08\x00" + ipv4(b"audio"), V4),
    "Linux cooked 2": (276, b"\x08\x00" + bytes(18) + ipv4(b"audio"), V4),
    "raw": (101, ipv4(b"audio"), V4),
    "raw, IPv6": (101, ipv6(b"audio"), V6),
    "raw, OpenBSD": (14, ipv4(b"audio"), V4),
    "raw, others": (12, ipv6(b"audio"), V6),
    "IPv4": (228, ipv4(b"audio"), V4),
    "IPv6": (229, ipv6(b"audio"), V6),
    "null, little endian": (0, b"\2\0\0\0" + ipv4(b"audio"), V4),
    "null, macOS IPv6": (0, b"\x1e\0\0\0" + ipv6(b"audio"), V6),
    "loopback": (108, b"\0\0\0\2" + ipv4(b"audio"), V4),
    "IPv4 options": (101, ipv4(b"audio", options=bytes([1] * 8)), V4),
    "do not fragment": (101, ipv4(b"audio", fragment=0x4000), V4),
    "total length left to the card": (101, ipv4(b"audio", total=0), V4),
    "more in IP than in UDP": (101, ipv4(b"audio")[:20] + udp(b"audio", length=12), Udp(NEAR, FAR, b"audi")),
    "no payload": (101, ipv4(b""), Udp(NEAR, FAR, b"")),
    "hop by hop": (229, ipv6(b"audio", [(0, b"\0" + bytes(6))]), V6),
    "routing, destination": (229, ipv6(b"audio", [(43, b"\1" + bytes(14)), (60, b"\0" + bytes(6))]), V6),
    "authentication": (229, ipv6(b"audio", [(51, b"\4" + bytes(22))]), V6),
    "atomic fragment": (229, ipv6(b"audio", [(44, b"\0\0\0" + bytes(4))]), V6),
    "IPv6 length left to the card": (229, ipv6(b"audio", size=0), V6),
    "first fragment": (101, ipv4(b"audio", fragment=0x2000), Skip.FRAGMENT),
    "later fragment": (101, ipv4(b"audio", fragment=0x00B9), Skip.FRAGMENT),
    "first IPv6 fragment": (229, ipv6(b"audio", [(44, b"\0\0\1" + bytes(4))]), Skip.FRAGMENT),
    "later IPv6 fragment": (229, ipv6(b"audio", [(44, b"\0\0\x08" + bytes(4))]), Skip.FRAGMENT),
    "TCP": (101, ipv4(bytes(20), protocol=6), Skip.OTHER),
    "ICMPv6": (229, ipv6(b"", [(58, bytes(7))]), Skip.OTHER),
    "ARP": (1, ethernet(bytes(28), "0806"), Skip.OTHER),
    "a VLAN tag and no more": (1, ETHERNET + b"\x81\x00", Skip.OTHER),
    "version 7": (101, b"\x75" + bytes(40), Skip.OTHER),
    "no frame": (1, b"", Skip.OTHER),
    "cut in the payload": (101, ipv4(b"audio")[:-1], Skip.SHORT),
    "cut in the UDP header": (101, ipv4(b"audio")[:26], Skip.SHORT),
    "cut in the IP header": (101, ipv4(b"audio")[:19], Skip.SHORT),
    "cut in the IPv6 header": (229, ipv6(b"audio")[:39], Skip.SHORT),
    "more in the frame than in the IP packet": (1, ethernet(ipv4(b"audio", total=31)), Skip.SHORT),
    "cut before an extension": (229, ipv6(b"audio", [(0, b"\0" + bytes(6))])[:40], Skip.SHORT),
    "cut in an extension": (229, ipv6(b"audio", [(0, b"\0" + bytes(6))])[:44], Skip.SHORT),
    "extension past the end": (229, ipv6(b"audio", [(0, b"\xff" + bytes(6))]), Skip.SHORT),
    "UDP length past the end": (101, ipv4(b"audio")[:20] + udp(b"audio", length=14), Skip.SHORT),
    "UDP length under its header": (101, ipv4(b"audio")[:20] + udp(b"audio", length=7), Skip.SHORT),
}  # fmt: skip


@pytest.mark.parametrize(("link", "frame", "expected"), FRAMES.values(), ids=FRAMES)
def test_frames(link: int, frame: bytes, expected: Udp | Skip) -> None:
    assert parse_udp(link, frame) == expected


def test_the_link_types_are_these() -> None:
    assert tuple(link for link in range(300) if supported(link)) == LINKS


@given(st.sampled_from(LINKS), st.binary(max_size=120))
def test_garbage_gives_a_datagram_or_a_reason(link: int, frame: bytes) -> None:
    assert isinstance(parse_udp(link, frame), Udp | Skip)


@given(st.sampled_from([ipv4(b"audio"), ipv6(b"audio", [(0, b"\0" + bytes(6))])]), st.data())
def test_a_packet_changed_anywhere_never_gives_more_than_was_there(packet: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(packet) - 1))
    changed = packet[:at] + bytes([data.draw(st.integers(0, 255))]) + packet[at + 1 :]
    found = parse_udp(101, changed)
    assert isinstance(found, Skip) or found.payload in changed
