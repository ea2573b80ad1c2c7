"""What no receiver minds: errors of a socket, floods, looks that are broken off, want of room."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import sys
import termios
import time
from contextlib import ExitStack, suppress

import pytest

from phone_recorder.adapters.batches.batch import Receiver
from phone_recorder.adapters.batches.best import WAYS
from phone_recorder.adapters.batches.packet_ring import PacketRing
from phone_recorder.adapters.udp import Address
from tests.adapters.batches.receivers import KINDS, MANY, look, made, open_files, payloads, received, sender

FLOW = 7


def bound_to(address: Address) -> socket.socket:
    """The socket of this process that is bound to that, once more."""
    for name in open_files():
        with suppress(OSError):
            same = socket.socket(fileno=os.dup(int(name)))
            if same.family == socket.AF_INET and same.getsockname() == address:
                return same
            same.close()
    raise AssertionError(address)


def waiting_at(bound: socket.socket) -> int:
    """Bytes that can be read (SIOCINQ); that does not take the socket's error from it."""
    size = bytearray(4)
    fcntl.ioctl(bound, termios.FIONREAD, size)
    return int.from_bytes(size, sys.byteorder)


def disconnect(connected: socket.socket) -> None:
    """connect(2) with AF_UNSPEC, which Python has no words for."""
    nowhere = ctypes.create_string_buffer(16)
    assert ctypes.CDLL(None).connect(connected.fileno(), nowhere, 16) == 0


def test_an_error_of_a_socket_does_not_stop_it(receiver: Receiver, stack: ExitStack) -> None:
    """What it once sent met a port that nobody listens on: the next reading of that socket fails with ECONNREFUSED."""
    sending, nobody = sender(stack), sender(stack)
    address = receiver.add(FLOW)
    receiver.remove(FLOW)
    # A port that the kernel chose would be given back when the socket is disconnected.
    receiver.add(FLOW, *address)
    with bound_to(address) as same:
        gone = nobody.getsockname()
        nobody.close()
        for _ in range(3):
            sending.sendto(b"before", address)
            same.connect(gone)
            with suppress(ConnectionRefusedError):
                # Nobody reads the ring's sockets: there the error before still waits.
                same.send(b"x")
            disconnect(same)
            sending.sendto(b"after", address)
            until = time.monotonic() + 5
            while receiver.name != PacketRing.name and waiting_at(same) == 0 and time.monotonic() < until:
                pass
            first = payloads(look(receiver)).get(FLOW, [])
            assert first or receiver.name == PacketRing.name
            assert first + payloads(received(receiver, 2 - len(first))).get(FLOW, []) == [b"before", b"after"]


def test_two_at_once(stack: ExitStack) -> None:
    receivers = [made(make) for make in (*KINDS.values(), *KINDS.values())]
    for receiver in receivers:
        stack.callback(receiver.close)
    addresses = [receiver.add(FLOW) for receiver in receivers]
    sending = sender(stack)
    for number, address in enumerate(addresses):
        sending.sendto(bytes([number]), address)
    for number, receiver in enumerate(receivers):
        assert payloads(received(receiver, 1)) == {FLOW: [bytes([number])]}


def test_a_flood_does_not_hold_the_reader_for_ever(each: Receiver, stack: ExitStack) -> None:
    sending, address = sender(stack), each.add(FLOW)
    until = time.monotonic() + 60
    # More than a batch has rows.
    for _ in range(2500):
        sending.sendto(b"x", address)
    for batch in each.receive():
        for _ in range(len(batch.sizes)):
            sending.sendto(b"x", address)
        assert time.monotonic() < until


def test_a_look_that_is_broken_off_repeats_nothing(each: Receiver, stack: ExitStack) -> None:
    sending, address = sender(stack), each.add(FLOW)
    for number in range(1000):
        sending.sendto(number.to_bytes(4, "big"), address)
    broken_off = each.receive()
    first = next(broken_off)
    seen = [int.from_bytes(data[:4].tobytes(), "big") for data in first.data]
    for number in range(1000, 1010):
        sending.sendto(number.to_bytes(4, "big"), address)
    seen += [int.from_bytes(datagram.data, "big") for datagram in received(each, 10)[FLOW]]
    assert seen == sorted(set(seen))
    assert seen[-1] == 1009
    each.close()
    del broken_off


def test_what_it_had_no_room_for_is_counted(stack: ExitStack) -> None:
    for kind in ("recvmmsg", "io_uring"):
        receiver = made(MANY[kind])
        stack.callback(receiver.close)
        sending, address = sender(stack), receiver.add(FLOW)
        for _ in range(10_000):
            sending.sendto(bytes(172), address)
        got = len(received(receiver, 1)[FLOW])
        assert 0 < got < 10_000
        assert receiver.dropped == 10_000 - got
        receiver.remove(FLOW)
        assert receiver.dropped == 10_000 - got


@pytest.mark.parametrize("kind", KINDS)
def test_it_leaves_nothing_open(kind: str, stack: ExitStack) -> None:
    made(KINDS[kind]).close()
    sending, files = sender(stack), None
    for _ in range(5):
        receiver = KINDS[kind]()
        address = receiver.add(FLOW)
        sending.sendto(b"x", address)
        received(receiver, 1)
        receiver.close()
        files = files or open_files()
        assert open_files() == files
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.bind(address)


def test_nothing_waits_where_there_is_no_port(each: Receiver) -> None:
    assert list(each.receive()) == []
    each.remove(FLOW)


def test_every_way_has_a_name() -> None:
    assert len({made(way.many).name for way in WAYS.values()}) == len(WAYS)
