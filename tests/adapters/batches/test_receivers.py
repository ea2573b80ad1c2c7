"""What every receiver does, whichever way the kernel gives it the datagrams."""

from __future__ import annotations

import os
import random
import socket
from contextlib import ExitStack
from itertools import count

import pytest

from phone_recorder.adapters.batches.batch import WIDTH, Receiver
from phone_recorder.adapters.udp import UdpPort
from phone_recorder.errors import UsageError
from tests.adapters.batches.receivers import (
    KINDS,
    MANY,
    Received,
    look,
    made,
    open_files,
    payloads,
    received,
    sender,
    units,
)

SOL_UDP, UDP_SEGMENT = 17, 103
FLOW = 7
MAY_HAVE_ANY_BUFFER = os.geteuid() == 0


def traffic(seed: int, count: int) -> list[bytes]:
    """Numbered datagrams of all sizes that are taken."""
    random_ = random.Random(seed)
    sizes = [0, 1, 12, WIDTH, *(random_.randrange(WIDTH + 1) for _ in range(count - 4))]
    return [(number.to_bytes(4, "big") + random_.randbytes(size))[:size] for number, size in enumerate(sizes)]


def test_it_receives_what_a_udp_port_receives(each: Receiver, stack: ExitStack) -> None:
    port = UdpPort()
    stack.callback(port.close)
    address = each.add(FLOW)
    sending = sender(stack), sender(stack, "127.0.0.2")
    before = units()
    for number, data in enumerate(traffic(seed=1, count=200)):
        for to in (address, port.address):
            sending[number % 2].sendto(data, to)
    found = received(each, 200)
    assert list(found) == [FLOW]
    expected = [(data, source) for _, data, source in port.arrivals()]
    assert [(datagram.data, datagram.source) for datagram in found[FLOW]] == expected
    # Not in order, maybe: the kernel's time stamps are not on at once, and what has none came when it was read.
    arrivals = [datagram.arrival for datagram in found[FLOW]]
    assert before - 8 <= min(arrivals) <= max(arrivals) <= units()


def test_an_instant_is_that_of_arrival_not_of_reading(each: Receiver, stack: ExitStack) -> None:
    sending, address = sender(stack), each.add(FLOW)

    def lateness() -> int:
        look(each)
        before = units()
        sending.sendto(b"x", address)
        after = units()
        while units() < after + 160:
            pass
        [datagram] = received(each, 1)[FLOW]
        assert datagram.arrival >= before - 8
        return datagram.arrival - after

    # The kernel's time stamps are not on at once: some worker of its own turns them on.
    assert any(lateness() < 80 for _ in range(100))
    assert sorted(lateness() for _ in range(5))[2] < 80


def test_a_datagram_too_long_is_no_rtp(each: Receiver, stack: ExitStack) -> None:
    sending, address = sender(stack), each.add(FLOW)
    sent = [bytes([1]) * WIDTH, bytes([2]) * (WIDTH + 1), bytes([3]) * 60_000, b"after"]
    for data in sent:
        sending.sendto(data, address)
    assert payloads(received(each, 4)) == {FLOW: [sent[0], b"", b"", b"after"]}


def test_a_shorter_width_is_kept_to(stack: ExitStack) -> None:
    for kind in ("packet-ring", "recvmmsg", "io_uring"):
        receiver = made(lambda kind=kind: type(MANY[kind]())(width=176))  # type: ignore[call-arg, misc]
        stack.callback(receiver.close)
        sending, address = sender(stack), receiver.add(FLOW)
        for size in (176, 177, 100):
            sending.sendto(bytes(size), address)
        assert payloads(received(receiver, 3)) == {FLOW: [bytes(176), b"", bytes(100)]}


def test_segments_that_are_sent_by_one_call_are_a_datagram_each(each: Receiver, stack: ExitStack) -> None:
    sending, address = sender(stack), each.add(FLOW)
    long, short, few = random.Random(2).randbytes(63 * 172 + 5), b"alone", random.Random(3).randbytes(2 * 100)
    for data, segment in ((long, 172), (short, 0), (few, 100), (long, 500), (short, 0)):
        sending.setsockopt(SOL_UDP, UDP_SEGMENT, segment)
        sending.sendto(data, address)
    parts = [long[at : at + 172] for at in range(0, len(long), 172)]
    parts += [short, few[:100], few[100:]]
    parts += [long[at : at + 500] for at in range(0, len(long), 500)] + [short]
    assert payloads(received(each, len(parts))) == {FLOW: parts}


def test_ipv6(stack: ExitStack) -> None:
    for kind in ("recvmmsg", "io_uring"):
        receiver = made(MANY[kind])
        stack.callback(receiver.close)
        try:
            six = receiver.add(6, "::1")
        except UsageError as error:
            pytest.skip(str(error))
        four = receiver.add(4)
        senders = {4: sender(stack), 6: sender(stack, "::1")}
        # What is left of a shorter address, where a longer one comes next, and the other way round.
        for flows in ((4, 4, 4), (6, 6, 6), (4, 6, 4)):
            for flow in flows:
                senders[flow].sendto(b"of IPv%d" % flow, {4: four, 6: six}[flow])
            for flow, datagrams in received(receiver, 3).items():
                source = senders[flow].getsockname()[:2]
                assert {datagram[1:] for datagram in datagrams} == {(b"of IPv%d" % flow, source)}


def numbered(stack: ExitStack, receiver: Receiver, flows: int, total: int, burst: int) -> Received:
    """What is received of `total` datagrams, to the flows in turn, that are sent in bursts and read after each."""
    sending = sender(stack)
    addresses = [receiver.add(flow) for flow in range(flows)]
    found: Received = {flow: [] for flow in range(flows)}
    for first in range(0, total, burst):
        for number in range(first, first + burst):
            sending.sendto(number.to_bytes(4, "big") + bytes(168), addresses[number % flows])
        for flow, new in received(receiver, burst).items():
            found[flow] += new
    return found


def test_70000_datagrams_to_300_flows_are_all_there_in_order(receiver: Receiver, stack: ExitStack) -> None:
    found = numbered(stack, receiver, flows=300, total=70_200, burst=7_800)
    for flow, datagrams in found.items():
        assert [int.from_bytes(datagram.data[:4], "big") for datagram in datagrams] == list(range(flow, 70_200, 300))
        arrivals = [datagram.arrival for datagram in datagrams]
        assert arrivals == sorted(arrivals)
    assert receiver.dropped == 0


@pytest.mark.parametrize("kind", KINDS)
def test_m9_what_waited_while_we_stalled_is_all_there(kind: str, stack: ExitStack) -> None:
    receiver = made(KINDS[kind])
    stack.callback(receiver.close)
    # One port for all has to have room for more than a port of one has.
    count = 20_000 if "shared" in kind and MAY_HAVE_ANY_BUFFER else 1_000
    found = numbered(stack, receiver, flows=1, total=count, burst=count)
    assert [int.from_bytes(datagram.data[:4], "big") for datagram in found[0]] == list(range(count))


def test_flows_come_and_go_while_datagrams_flow(receiver: Receiver, stack: ExitStack) -> None:
    sending = sender(stack)
    stays = receiver.add(0)
    files, numbers, found = open_files(), count(), []
    for flow in range(1, 200):
        address = receiver.add(flow)
        for to in (stays, address):
            sending.sendto(next(numbers).to_bytes(4, "big"), to)
        new = received(receiver, 2)
        assert payloads(new)[flow] == [(2 * flow - 1).to_bytes(4, "big")]
        found += new[0]
        receiver.remove(flow)
    assert [int.from_bytes(datagram.data, "big") for datagram in found] == list(range(0, 398, 2))
    assert open_files() == files


def test_a_flow_that_is_removed_while_its_batch_is_read_gets_nothing_more(receiver: Receiver, stack: ExitStack) -> None:
    sending = sender(stack)
    addresses = [receiver.add(flow) for flow in range(20)]
    for number in range(4_000):
        sending.sendto(number.to_bytes(4, "big"), addresses[number % 20])
    seen: list[set[int]] = []
    for batch in receiver.receive():
        seen.append(set(batch.flows.tolist()))
        for flow in range(20):
            receiver.remove(flow)
        # Their descriptors are now those of others, to which something comes too.
        for flow in range(100, 120) if len(seen) == 1 else ():
            sending.sendto(b"new", receiver.add(flow))
    assert min(seen[0]) < 20
    assert all(flow >= 100 for found in seen[1:] for flow in found)


def test_a_port_that_was_given_back_is_free_and_the_next_flow_gets_nothing_of_the_last(
    each: Receiver, stack: ExitStack
) -> None:
    sending = sender(stack)
    address = each.add(1)
    sending.sendto(b"for the first", address)
    each.remove(1)
    each.remove(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(address)
        sending.sendto(b"for another", address)
    assert each.add(2, *address) == address
    sending.sendto(b"for the second", address)
    assert payloads(received(each, 1)) == {2: [b"for the second"]}


def test_a_port_of_another_is_none_of_ours(each: Receiver, stack: ExitStack) -> None:
    other, sending = sender(stack), sender(stack)
    host, port = each.add(FLOW)
    for to in (other.getsockname(), (host, port), ("127.0.0.2", port), (host, port)):
        sending.sendto(str(to).encode(), to)
    assert payloads(received(each, 2)) == {FLOW: [str((host, port)).encode()] * 2}


def test_ports_of_one_number_at_several_hosts(receiver: Receiver, stack: ExitStack) -> None:
    sending = sender(stack)
    _, port = receiver.add(2, "127.0.0.2")
    receiver.add(3, "127.0.0.3", port)
    for host in (2, 3, 4, 3):
        sending.sendto(bytes([host]), (f"127.0.0.{host}", port))
    assert payloads(received(receiver, 3)) == {2: [b"\2"], 3: [b"\3", b"\3"]}


def test_every_host_of_this_machine(each: Receiver, stack: ExitStack) -> None:
    sending = sender(stack)
    host, port = each.add(FLOW, "0.0.0.0")
    assert host == "0.0.0.0"
    sending.sendto(b"one", ("127.0.0.1", port))
    sending.sendto(b"two", ("127.0.0.2", port))
    assert payloads(received(each, 2)) == {FLOW: [b"one", b"two"]}


@pytest.mark.parametrize(("host", "why"), [("192.0.2.1", "cannot assign"), ("127.0.0.1", "already in use")])
def test_a_port_that_cannot_be_had(each: Receiver, stack: ExitStack, host: str, why: str) -> None:
    taken = sender(stack)
    files = open_files()
    with pytest.raises(UsageError, match=why):
        each.add(FLOW, host, taken.getsockname()[1])
    assert open_files() == files
    each.add(FLOW)


def test_a_flow_has_one_port(each: Receiver) -> None:
    each.add(FLOW)
    with pytest.raises(UsageError, match="remove it before"):
        each.add(FLOW)
