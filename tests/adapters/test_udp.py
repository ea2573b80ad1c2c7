from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.adapters.udp import MAX_DATAGRAM, MOST_WAITING, PortRange, UdpMixLink, UdpPort
from phone_recorder.errors import UsageError
from tests.free_ports import free_ports


@pytest.fixture
def port() -> Iterator[UdpPort]:
    port = UdpPort()
    yield port
    port.close()


def sender(host: str = "127.0.0.1") -> socket.socket:
    """A plain socket bound to a loopback address."""
    sending = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sending.bind((host, 0))
    return sending


def units() -> int:
    return time.monotonic_ns() // 125_000


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_datagrams_come_whole_and_in_order_with_their_source(port: UdpPort) -> None:
    with sender("127.0.0.2") as one, sender() as two:
        one.sendto(b"first", port.address)
        two.sendto(b"", port.address)
        one.sendto(b"third", port.address)
    assert [(data, source) for _, data, source in port.drain()] == [
        (b"first", "127.0.0.2"),
        (b"", "127.0.0.1"),
        (b"third", "127.0.0.2"),
    ]
    assert list(port.drain()) == []


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_system_time_that_is_set_moves_no_instant_out_of_the_time_since_the_last_reading(hours: int) -> None:
    port = UdpPort(system_ns=lambda: time.time_ns() + hours * 3_600_000_000_000)
    begun = units()
    assert list(port.drain()) == []
    with sender() as sending:
        sending.sendto(b"x", port.address)
    [(instant, _, _)] = port.drain()
    assert begun <= instant <= units()
    port.close()


def lateness(port: UdpPort, sending: socket.socket) -> int:
    """How long after a datagram was sent its instant is, when it is read 20 ms after that; in units."""
    before = units()
    sending.sendto(b"x", port.address)
    after = units()
    while units() < after + 160:
        pass
    [(instant, _, _)] = port.drain()
    assert instant >= before - 8
    return instant - after


def test_an_instant_is_that_of_arrival_not_of_reading(port: UdpPort) -> None:
    with sender() as sending:
        # The kernel's time stamps are not on at once: some worker of its own turns them on.
        assert any(lateness(port, sending) < 80 for _ in range(100))
        assert sorted(lateness(port, sending) for _ in range(5))[2] < 80


def test_no_instant_is_later_than_the_reading(port: UdpPort) -> None:
    with sender() as sending:
        for _ in range(50):
            sending.sendto(b"x", port.address)
            assert all(instant <= units() for instant, _, _ in port.drain())


def test_m9_what_waited_while_we_stalled_is_all_there(port: UdpPort) -> None:
    """500 ms of packets, and the 5 s that a phone sends at once when its server was slow to answer."""
    for count, size in ((25, 172), (500, 92)):
        with sender() as sending:
            for number in range(count):
                sending.sendto(number.to_bytes(2, "big") + bytes(size - 2), port.address)
        assert [int.from_bytes(data[:2], "big") for _, data, _ in port.drain()] == list(range(count))


def test_a_datagram_too_long_for_rtp_of_ours_is_no_rtp(port: UdpPort) -> None:
    with sender() as sending:
        sending.sendto(bytes(MAX_DATAGRAM), port.address)
        sending.sendto(bytes(MAX_DATAGRAM + 1), port.address)
        sending.sendto(bytes(60_000), port.address)
    assert [len(data) for _, data, _ in port.drain()] == [MAX_DATAGRAM, 0, 0]


def test_a_flood_does_not_hold_the_reader_for_ever(port: UdpPort) -> None:
    with sender() as sending:
        sending.sendto(b"x", port.address)
        taken = 0
        for _ in port.drain():
            taken += 1
            sending.sendto(b"x", port.address)
            assert taken <= MOST_WAITING
    assert taken == MOST_WAITING


def test_narrowed_to_one_address_it_takes_no_others(port: UdpPort) -> None:
    with sender() as peer, sender() as other_port, sender("127.0.0.2") as other_host:
        port.only_from(peer.getsockname())
        for number, sending in enumerate((other_port, peer, other_host)):
            sending.sendto(bytes([number]), port.address)
        assert [data for _, data, _ in port.drain()] == [b"\x01"]
        port.send([b"a", b"b"])
        assert (peer.recv(10), peer.recv(10)) == (b"a", b"b")


def test_a_peer_that_is_gone_stops_neither_sending_nor_reading(port: UdpPort) -> None:
    peer = sender()
    address = peer.getsockname()
    port.only_from(address)
    peer.close()
    port.send([b"a", b"b", b"c"])
    assert list(port.drain()) == []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(address)
        port.send([b"d", b"e"])
        again.setblocking(False)
        assert again.recv(10) in (b"d", b"e")
        again.sendto(b"back", port.address)
        assert [data for _, data, _ in port.drain()] == [b"back"]


def test_sending_to_nobody_is_loss_and_no_error(port: UdpPort) -> None:
    port.send([b"x", bytes(70_000)])


@pytest.mark.parametrize(
    ("host", "why"), [("192.0.2.1", "cannot assign requested address"), ("127.0.0.1", "already in use")]
)
def test_a_port_that_cannot_be_had(port: UdpPort, host: str, why: str) -> None:
    with pytest.raises(UsageError, match=rf"cannot use UDP port {port.address[1]} of {host}: .*{why}"):
        UdpPort(host, port.address[1])


NO_FILES_LEFT = """
import resource
from phone_recorder.adapters.udp import UdpPort
from phone_recorder.errors import UsageError
resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
try:
    UdpPort()
except UsageError as error:
    print(error)
"""


def test_no_socket_left_is_an_error_of_ours() -> None:
    done = subprocess.run([sys.executable, "-c", NO_FILES_LEFT], capture_output=True, text=True)
    assert done.stdout == "cannot use UDP port 0 of 127.0.0.1: too many open files\n", done.stderr


def test_ipv6(port: UdpPort) -> None:
    try:
        six = UdpPort("::1")
    except UsageError:
        pytest.skip("there is no IPv6 here")
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sending:
        sending.sendto(b"x", six.address)
    [(_, data, source)] = six.drain()
    assert (data, source) == (b"x", "::1")
    six.close()


def test_the_mix_goes_through_the_port_that_the_recorder_has_bound() -> None:
    link = UdpMixLink()
    try:
        assert link.receive() == []
        before = units()
        link.send([b"one", b"two"])
        received = link.receive()
        assert [data for _, data in received] == [b"one", b"two"]
        assert all(before - 8 <= instant <= units() for instant, _ in received)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"not the mixer", ("127.0.0.1", link.port))
        assert link.receive() == []
    finally:
        link.close()


def test_a_closed_link_has_given_its_port_back() -> None:
    before = open_files()
    link = UdpMixLink()
    number = link.port
    link.close()
    assert open_files() == before
    UdpPort(port=number).close()


def test_ports_of_a_range_are_used_in_turn_and_one_that_was_given_back_as_late_as_can_be() -> None:
    with free_ports(3) as number:
        ports = PortRange(number, number + 2)
        first, second = ports.open("127.0.0.1"), ports.open("127.0.0.1")
        assert (first.address[1], second.address[1]) == (number, number + 1)
        first.close()
        third = ports.open("127.0.0.1")
        again = ports.open("127.0.0.1")
        assert (third.address[1], again.address[1]) == (number + 2, number)
        with pytest.raises(UsageError, match=f"no UDP port from {number} to {number + 2} is free"):
            ports.open("127.0.0.1")
        for port in (second, third, again):
            port.close()


def test_a_port_of_a_range_that_somebody_else_has_is_passed_over() -> None:
    with free_ports(2) as number:
        taken = UdpPort("127.0.0.1", number)
        port = PortRange(number, number + 1).open("127.0.0.1")
        assert port.address == ("127.0.0.1", number + 1)
        port.close()
        taken.close()


def test_a_port_that_is_nobodys_tells_the_whole_source_and_sends_to_any_address(port: UdpPort) -> None:
    with sender() as one, sender("127.0.0.2") as two:
        for number, sending in enumerate((one, two)):
            sending.sendto(bytes([number]), port.address)
        assert [(data, source) for _, data, source in port.arrivals()] == [
            (b"\0", one.getsockname()),
            (b"\1", two.getsockname()),
        ]
        port.send_to([b"a", bytes(70_000), b"b"], two.getsockname())
        assert (two.recv(10), two.recv(10)) == (b"a", b"b")


def test_the_even_ports_of_a_range_alone() -> None:
    with free_ports(5) as number:
        ports = PortRange(number + 1, number + 4)
        first, second = ports.open("127.0.0.1", even=True), ports.open("127.0.0.1", even=True)
        assert (first.address[1], second.address[1]) == (number + 2, number + 4)
        with pytest.raises(UsageError, match=f"no even UDP port from {number + 1} to {number + 4} is free"):
            ports.open("127.0.0.1", even=True)
        first.close()
        second.close()
