from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from phone_recorder.adapters.udp import MOST_WAITING, PortRange, UdpPort
from phone_recorder.errors import UsageError
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.audio.rtp_port import RtpPort
from phone_recorder.wire.payload import PCMU
from tests.free_ports import free_ports
from tests.recording.streams import rtp

pytestmark = pytest.mark.live

LOCAL = "127.0.0.1"
Address = tuple[str, int]


@contextmanager
def peer(host: str = LOCAL) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))
        sock.settimeout(2)
        yield sock


@pytest.fixture
def port() -> Iterator[RtpPort]:
    port = RtpPort(LOCAL)
    yield port
    port.close()


def plan(remote: Address | None, sends: bool = True) -> AudioPlan:
    return AudioPlan(PCMU, 0, None, 20, remote, sends, True, {0: 0, 97: 8})


def packet(number: int, payload_type: int = 0) -> bytes:
    return rtp(number, 160 * number, bytes(160), 1, payload_type)


class Seen:
    """A tap."""

    def __init__(self) -> None:
        self.passed: list[tuple[str, Address, Address, bytes]] = []

    def packet(self, transport: str, source: Address, target: Address, data: bytes) -> None:
        self.passed.append((transport, source, target, data))


def test_it_sends_to_the_agreed_address_and_then_to_where_rtp_comes_from(port: RtpPort) -> None:
    with peer() as agreed, peer() as real:
        port.follow(plan(agreed.getsockname()), LOCAL)
        port.send([packet(0), packet(1)])
        assert [agreed.recv(500), agreed.recv(500)] == [packet(0), packet(1)]
        real.sendto(packet(7), port.address)
        assert [data for _, data in port.drain()] == [packet(7)]
        port.send([packet(2)])
        assert real.recvfrom(500) == (packet(2), port.address)


def test_payload_types_are_made_static_and_others_packets_are_counted_and_dropped(port: RtpPort) -> None:
    with peer() as agreed, peer("127.0.0.2") as stranger:
        port.follow(plan(agreed.getsockname()), LOCAL)
        for sock in (stranger, agreed, stranger):
            sock.sendto(packet(1, 97), port.address)
        assert [data for _, data in port.drain()] == [packet(1, 8)]
        assert (port.foreign, port.control) == (2, 0)


def test_a_call_on_hold_is_not_sent_to(port: RtpPort) -> None:
    with peer() as agreed:
        port.follow(plan(agreed.getsockname(), sends=False), LOCAL)
        port.send([packet(0)])
        port.follow(plan(agreed.getsockname()), LOCAL)
        port.send([packet(1)])
        assert agreed.recv(500) == packet(1)


def test_nothing_is_sent_before_anything_is_agreed_or_where_nothing_can_be_sent(port: RtpPort) -> None:
    port.send([packet(0)])
    port.follow(plan(("255.255.255.255", 9)), LOCAL)
    port.send([packet(0)])
    port.follow(plan(("2001:db8::1", 9)), LOCAL)
    port.send([packet(0)])
    assert port.drain() == []


def test_m9_what_waited_while_we_stalled_is_all_there(port: RtpPort) -> None:
    with peer() as agreed:
        port.follow(plan(agreed.getsockname()), LOCAL)
        for number in range(250):
            agreed.sendto(packet(number), port.address)
        assert [data for _, data in port.drain()] == [packet(number) for number in range(250)]


def test_a_flood_of_strangers_holds_us_no_longer_than_a_flood_of_the_peer(port: RtpPort) -> None:
    with peer() as agreed, peer("127.0.0.2") as stranger:
        port.follow(plan(agreed.getsockname()), LOCAL)
        for _ in range(MOST_WAITING + 1):
            stranger.sendto(b"x", port.address)
        assert port.drain() == []
        assert 0 < port.foreign <= MOST_WAITING


def test_taps_see_what_is_the_calls_as_it_was_on_the_wire() -> None:
    tap = Seen()
    port = RtpPort(LOCAL, taps=(tap,))
    with peer() as agreed, peer("127.0.0.2") as stranger:
        port.follow(plan(agreed.getsockname()), LOCAL)
        stranger.sendto(packet(0), port.address)
        agreed.sendto(packet(1, 97), port.address)
        port.drain()
        port.send([packet(2)])
        there = agreed.getsockname()
    port.close()
    assert tap.passed == [
        ("UDP", there, port.address, packet(1, 97)),
        ("UDP", port.address, there, packet(2)),
    ]


def test_its_port_is_even_and_given_back() -> None:
    ports = [RtpPort(LOCAL) for _ in range(20)]
    assert {port.address[1] % 2 for port in ports} == {0}
    for port in ports:
        port.close()
    UdpPort(LOCAL, ports[0].address[1]).close()


def test_its_port_is_an_even_one_of_the_range() -> None:
    with free_ports(6) as number:
        ports = PortRange(number + 1, number + 5)
        used = [RtpPort(LOCAL, ports) for _ in range(2)]
        assert [port.address[1] for port in used] == [number + 2, number + 4]
        with pytest.raises(UsageError, match=f"no even UDP port from {number + 1} to {number + 5} is free"):
            RtpPort(LOCAL, ports)
        for port in used:
            port.close()


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(UsageError, match=r"cannot use UDP port 0 of 192\.0\.2\.1"):
        RtpPort("192.0.2.1")


def test_ipv6() -> None:
    try:
        port = RtpPort("::1")
    except UsageError:
        pytest.skip("there is no IPv6 here")
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind(("::1", 0))
        port.follow(plan(sock.getsockname()[:2]), "::1")
        sock.sendto(packet(1), port.address)
        assert [data for _, data in port.drain()] == [packet(1)]
        port.send([packet(2)])
        assert sock.recv(500) == packet(2)
    port.close()
