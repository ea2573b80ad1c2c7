from __future__ import annotations

import os
import socket
import struct
from contextlib import ExitStack

import numpy as np
import pytest

from phone_recorder.adapters.batches.batch import Receiver
from phone_recorder.adapters.batches.best import WAYS
from phone_recorder.adapters.batches.packet_frames import Found, right
from phone_recorder.adapters.batches.packet_ring import PacketRing
from phone_recorder.adapters.udp import Address
from phone_recorder.errors import UsageError
from tests.adapters.batches.raw_udp import ip, udp
from tests.adapters.batches.receivers import datagrams, made, payloads, received, sender

FLOW = 7
SOURCE: Address = ("127.0.0.9", 4000)
MORE_FRAGMENTS = 0x2000
NOP = b"\1"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets and packet rings need CAP_NET_RAW")


@pytest.fixture
def ring(stack: ExitStack) -> Receiver:
    ring = made(WAYS["packet-ring"].many)
    stack.callback(ring.close)
    return ring


def raw(stack: ExitStack) -> socket.socket:
    return stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW))


def without_checksum(datagram: bytes) -> bytes:
    return datagram[:6] + b"\0\0" + datagram[8:]


def test_a_damaged_datagram_is_left_out_as_at_a_socket(each: Receiver, stack: ExitStack) -> None:
    sending, address = raw(stack), each.add(FLOW)
    bodies = [udp(SOURCE, address, bytes(range(size)), change) for size in (12, 171, 172) for change in (0, 1, 0x100)]
    bodies += [without_checksum(udp(SOURCE, address, b"none")), udp(SOURCE, address, b"", 0)]
    for body in bodies:
        sending.sendto(ip(SOURCE, address, body), (address[0], 0))
    found = received(each, 5)
    assert payloads(found) == {FLOW: [*(bytes(range(size)) for size in (12, 171, 172)), b"none", b""]}
    assert {datagram.source for datagram in found[FLOW]} == {SOURCE}


def test_a_checksum_may_be_carried_twice() -> None:
    for filling in range(256):
        data = bytes([filling, 255]) * 90
        body = udp(("255.255.255.254", 65535), ("255.255.255.255", 65534), data)
        columns = (0, 0, len(data), 0xFFFFFFFE, 65535, 0xFFFFFFFF << 16 | 65534, struct.unpack(">H", body[6:8])[0])
        found = Found(*(np.array([column], np.int64) for column in columns))
        rows = np.frombuffer(data + b"left over", np.uint8)[None, :]
        assert right(found, rows).tolist() == [True]
        assert right(found._replace(ports=found.ports - 1), rows).tolist() == [False]


def test_a_header_with_options(each: Receiver, stack: ExitStack) -> None:
    sending, address = raw(stack), each.add(FLOW)
    for count in (4, 40):
        packet = ip(SOURCE, address, udp(SOURCE, address, b"after %d" % count), NOP * count)
        sending.sendto(packet, (address[0], 0))
    assert payloads(received(each, 2)) == {FLOW: [b"after 4", b"after 40"]}


def test_fragments_are_no_rtp_of_ours(ring: Receiver, stack: ExitStack) -> None:
    sending, address = raw(stack), ring.add(FLOW)
    datagram = udp(SOURCE, address, bytes(40))
    for part, fragment in ((datagram[:24], MORE_FRAGMENTS), (datagram[24:], 3), (datagram, 0)):
        sending.sendto(ip(SOURCE, address, part, fragment=fragment), (address[0], 0))
    assert payloads(received(ring, 1)) == {FLOW: [bytes(40)]}


@pytest.mark.parametrize("length", [0, 7, 49, 65535])
def test_a_length_that_is_not_true(each: Receiver, stack: ExitStack, length: int) -> None:
    """0 would be the whole packet, in IPv6 only; a length that is too short for a header, or longer than the packet."""
    sending, address = raw(stack), each.add(FLOW)
    lying = without_checksum(udp(SOURCE, address, bytes(40)))
    sending.sendto(ip(SOURCE, address, lying[:4] + struct.pack(">H", length) + lying[6:]), (address[0], 0))
    sending.sendto(ip(SOURCE, address, without_checksum(udp(SOURCE, address, b"true"))), (address[0], 0))
    assert payloads(received(each, 1))[FLOW][-1] == b"true"
    assert len(payloads(received(each, 0)).get(FLOW, [])) == 0


def small(stack: ExitStack) -> PacketRing:
    """A ring of one block, which is 1,632 packets."""
    ring = PacketRing(waiting=1)
    stack.callback(ring.close)
    return ring


def test_around_the_rings_end(stack: ExitStack, ring: Receiver) -> None:
    sending, ring = sender(stack), small(stack)
    address = ring.add(FLOW)
    numbers: list[int] = []
    for first in range(0, 10_000, 1_000):
        for number in range(first, first + 1_000):
            sending.sendto(number.to_bytes(4, "big") + bytes(number % 1400), address)
        numbers += [int.from_bytes(data[:4], "big") for data in payloads(received(ring, 1_000))[FLOW]]
    assert numbers == list(range(10_000))
    assert ring.dropped == 0


def test_what_the_ring_had_no_room_for_is_counted(stack: ExitStack, ring: Receiver) -> None:
    sending, ring = sender(stack), small(stack)
    address = ring.add(FLOW)
    for number in range(2_000):
        sending.sendto(number.to_bytes(4, "big"), address)
    first = payloads(received(ring, 1_632))[FLOW]
    assert first == [number.to_bytes(4, "big") for number in range(1_632)]
    assert ring.dropped == ring.dropped == 2_000 - 1_632
    sending.sendto(b"again", address)
    assert payloads(received(ring, 1)) == {FLOW: [b"again"]}


def test_a_flow_that_comes_when_the_ring_is_full_gets_what_comes_later(stack: ExitStack, ring: Receiver) -> None:
    sending, ring = sender(stack), small(stack)
    address = ring.add(1)
    for _ in range(2_000):
        sending.sendto(b"for the first", address)
    ring.remove(1)
    ring.add(2, *address)
    assert payloads(received(ring, 0)) == {}
    sending.sendto(b"for the second", address)
    assert payloads(received(ring, 1)) == {2: [b"for the second"]}


def test_a_look_takes_what_waited_when_it_began_however_fast_others_send(stack: ExitStack, ring: Receiver) -> None:
    sending, address = sender(stack), ring.add(FLOW)
    sending.sendto(b"0", address)
    for look in range(3):
        batches = 0
        for batch in ring.receive():
            assert [datagram.data for _, datagram in datagrams(batch)] == [str(look).encode()]
            sending.sendto(str(look + 1).encode(), address)
            batches += 1
        assert batches == 1


def test_ipv6_is_refused(ring: Receiver) -> None:
    with pytest.raises(UsageError, match="receives IPv4 only"):
        ring.add(FLOW, "::1")


def test_nobody_is_told_that_no_one_listens(ring: Receiver, stack: ExitStack) -> None:
    sending, address = sender(stack), ring.add(FLOW)
    sending.connect(address)
    for _ in range(3):
        sending.send(b"x")
    ring.remove(FLOW)
    sending.send(b"x")
    with pytest.raises(ConnectionRefusedError):
        sending.send(b"x")
