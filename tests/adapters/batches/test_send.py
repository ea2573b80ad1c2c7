from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from phone_recorder.adapters.batches.send import BatchSender
from phone_recorder.adapters.udp import UdpPort
from phone_recorder.errors import UsageError

SO_NO_CHECK = 11
Ports = Callable[..., list[UdpPort]]


@pytest.fixture
def ports() -> Iterator[Ports]:
    """Makes receivers."""
    with ExitStack() as stack:
        yield lambda count, host="127.0.0.1": [stack.enter_context(closing(UdpPort(host))) for _ in range(count)]


@pytest.fixture(params=[True, False], ids=["segments", "each"])
def sender(request: pytest.FixtureRequest) -> Iterator[BatchSender]:
    with closing(BatchSender("127.0.0.1", segments=request.param)) as sender:
        if request.param and not sender.segments:
            pytest.skip("this kernel does not cut messages")
        yield sender


def rows(count: int, width: int = 172, seed: int = 1) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, width), np.uint8)


def received(port: UdpPort) -> list[bytes]:
    return [data for _, data, _ in port.drain()]


def test_every_byte_comes_in_order_at_each_destination(sender: BatchSender, ports: Ports) -> None:
    """More packets than a call of the kernel takes, of many sizes, in runs of every length."""
    random = np.random.default_rng(2)
    receivers = ports(7)
    routes = np.array([sender.route(port.address) for port in receivers], np.int32)
    to = np.repeat(random.integers(0, 7, 900), random.integers(1, 9, 900))[:3000]
    sizes = np.repeat(random.choice([0, 1, 12, 92, 172], 900), random.integers(1, 9, 900))[:3000].astype(np.int32)
    packets = rows(3000)
    assert sender.send(packets, sizes, routes[to]) == 3000
    for number, port in enumerate(receivers):
        mine = np.flatnonzero(to == number)
        assert received(port) == [packets[i, : sizes[i]].tobytes() for i in mine]
    assert (sender.sent, sender.unsent, len(sender.missed)) == (3000, 0, 0)


def test_they_come_from_the_port_that_it_says(sender: BatchSender, ports: Ports) -> None:
    [port] = ports(1)
    sender.send(rows(3), 172, np.full(3, sender.route(port.address), np.int32))
    assert {source for _, _, source in port.arrivals()} == {sender.address}


def test_a_long_run_is_cut_where_a_message_is_full(sender: BatchSender, ports: Ports) -> None:
    for size, count in ((172, 1000), (1400, 200), (2000, 100)):
        [port] = ports(1)
        packets = rows(count, size)
        assert sender.send(packets, size, np.full(count, sender.route(port.address), np.int32)) == count
        assert received(port) == [row.tobytes() for row in packets]
    assert sender.unsent == 0


def test_rows_may_lie_in_a_wider_array(sender: BatchSender, ports: Ports) -> None:
    [port] = ports(1)
    wide = rows(20, 500)
    sender.send(wide[::2, 100:200], 90, np.full(10, sender.route(port.address), np.int32))
    assert received(port) == [row[100:190].tobytes() for row in wide[::2]]


def test_ipv6(ports: Ports) -> None:
    try:
        [port] = ports(1, "::1")
    except UsageError:
        pytest.skip("there is no IPv6 here")
    for segments in (True, False):
        with closing(BatchSender("::1", segments)) as sender:
            packets = rows(100)
            assert sender.send(packets, 172, np.full(100, sender.route(port.address), np.int32)) == 100
            assert received(port) == [row.tobytes() for row in packets]
            assert sender.address[0] == "::1"


def test_what_the_kernel_refuses_loses_nothing_of_the_rest(sender: BatchSender, ports: Ports) -> None:
    """Nobody may send to the broadcast address who has not said so; and a route that was given back leads nowhere."""
    one, two = ports(2)
    addresses = (one.address, ("127.255.255.255", 9), ("127.0.0.1", 9), two.address)
    to = np.array([sender.route(address) for address in addresses], np.int32)
    sender.release(int(to[2]))
    routes = to[[0, 0, 1, 1, 1, 3, 2, 0, 3, 1]]
    packets = rows(10)
    assert sender.send(packets, 172, routes) == 5
    assert sender.missed.tolist() == [2, 3, 4, 6, 9]
    assert received(one) == [packets[i].tobytes() for i in (0, 1, 7)]
    assert received(two) == [packets[i].tobytes() for i in (5, 8)]
    assert (sender.sent, sender.unsent) == (5, 5)
    assert sender.refusals == {"you have no permission": 4, "destination address required": 1}
    assert sender.send(packets[:1], 172, routes[:1]) == 1
    assert len(sender.missed) == 0


def test_which_were_missed_of_more_than_a_call_takes(sender: BatchSender, ports: Ports) -> None:
    [port] = ports(1)
    routes = np.full(3000, sender.route(port.address), np.int32)
    missed = [0, 1023, 1024, 1030, 2500, 2999]
    routes[missed] = sender.route(("127.255.255.255", 9))
    assert sender.send(rows(3000, 20), 20, routes) == 2994
    assert sender.missed.tolist() == missed


def test_a_port_that_nobody_listens_on_loses_nothing_of_the_rest(sender: BatchSender, ports: Ports) -> None:
    one, two = ports(2)
    routes = np.array([sender.route(one.address), sender.route(two.address)], np.int32)
    one.close()
    for _ in range(20):
        assert sender.send(rows(4), 172, routes[[0, 1, 0, 1]]) == 4
    assert len(received(two)) == 40


def test_where_messages_are_not_cut_packets_go_one_by_one_in_order(ports: Ports) -> None:
    """The kernel cuts nothing for a socket that sends no checksums (udp(7))."""
    one, two = ports(2)
    with closing(BatchSender("127.0.0.1")) as sender, socket.socket(fileno=os.dup(sender.fileno())) as same:
        if not sender.segments:
            pytest.skip("this kernel does not cut messages")
        same.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
        to = np.array([sender.route(one.address), sender.route(two.address)], np.int32)
        packets, which = rows(1500), np.arange(1500) // 5 % 2
        assert sender.send(packets, 172, to[which]) == 1500
        assert not sender.segments
        for number, port in enumerate((one, two)):
            assert received(port) == [row.tobytes() for row in packets[which == number]]
        assert (sender.sent, sender.unsent, sender.refusals) == (1500, 0, {})


def test_a_destination_is_prepared_once_and_given_back_as_often(sender: BatchSender) -> None:
    first = sender.route(("127.0.0.1", 5000))
    assert sender.route(("127.0.0.1", 5000)) == first != sender.route(("127.0.0.1", 5001))
    for _ in range(2):
        assert sender.held == 2
        sender.release(first)
    assert sender.held == 1
    for port in range(1, 3001):
        sender.release(sender.route(("127.0.0.2", port)))
    assert sender.held == 1


def test_nothing_to_send_is_nothing_sent(sender: BatchSender) -> None:
    assert sender.send(rows(0), 172, np.zeros(0, np.int32)) == 0


@pytest.mark.parametrize(
    ("packets", "sizes", "routes", "wrong"),
    [
        (rows(2), 173, [0, 0], ValueError),
        (rows(2), -1, [0, 0], ValueError),
        (rows(2), 172, [0], ValueError),
        (rows(2).T, 2, [0] * 172, ValueError),
        (rows(2)[::-1], 172, [0, 0], ValueError),
        (rows(2).view(np.uint16), 20, [0, 0], ValueError),
        (rows(2), 172, [0, -1], IndexError),
        (rows(2), 172, [0, 64], IndexError),
    ],
)
def test_what_is_not_in_the_arrays_is_never_read(
    sender: BatchSender, packets: NDArray[np.uint8], sizes: int, routes: list[int], wrong: type[Exception]
) -> None:
    sender.route(("127.0.0.1", 9))
    with pytest.raises(wrong):
        sender.send(packets, sizes, np.array(routes, np.int32))
    assert sender.sent == 0


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere", "2001:db8::1"])
def test_a_host_that_is_not_ours(host: str) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(UsageError, match=f"cannot send from {host}: "):
        BatchSender(host)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
