"""SIP over UDP on loopback: who is heard, what ICMP says, and that nothing is told to whoever is just sending."""

from __future__ import annotations

import asyncio
import socket

import pytest

from phone_recorder.errors import SipUnreachable, UsageError
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.transport.transports import Transports
from tests.sip.transport_rig import LOOPBACK, PATIENCE_S, Heard, Seen, message, phone, run, soon, to

pytestmark = pytest.mark.live


def udp_socket(host: str = LOOPBACK) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    bound.bind((host, 0))
    bound.settimeout(PATIENCE_S)
    return bound


def closed_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> Hop:
    """Where nobody listens."""
    with socket.socket(socket.AF_INET, kind) as bound:
        bound.bind((LOOPBACK, 0))
        return Hop("UDP" if kind == socket.SOCK_DGRAM else "TCP", *bound.getsockname())


@pytest.mark.parametrize("host", [LOOPBACK, "::1"])
def test_a_message_comes_with_where_it_came_from_and_its_answer_goes_back(host: str) -> None:
    async def scenario() -> None:
        async with phone(host=host) as (near, near_heard), phone(host=host) as (far, far_heard):
            near.send(message(1), to(far.listening, "UDP"))
            await soon(lambda: far_heard.messages)
            assert far_heard.messages == [message(1)]
            assert far_heard.sources == [to(near.listening, "UDP")]
            far.send(message(2), far_heard.sources[0])
            await soon(lambda: near_heard.messages)
            assert near_heard.messages == [message(2)]
            assert near_heard.broken_hops == far_heard.broken_hops == []

    run(scenario())


def test_taps_see_both_ways_with_true_addresses() -> None:
    async def scenario() -> None:
        seen = Seen()
        with udp_socket() as peer:
            peer_address = peer.getsockname()
            async with phone(host="0.0.0.0", taps=(seen,)) as (near, heard):
                port = near.listening[1]
                near.send(message(1), to(peer_address, "UDP"))
                peer.sendto(message(2), (LOOPBACK, port))
                await soon(lambda: heard.messages)
        assert seen.packets == [
            ("UDP", (LOOPBACK, port), peer_address, message(1)),
            ("UDP", peer_address, (LOOPBACK, port), message(2)),
        ]

    run(scenario())


def test_keep_alives_are_no_messages() -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            with udp_socket() as peer:
                for data in (b"", b"\r\n", b"\r\n\r\n", b"\0", b"\0\0\0\0", message(1)):
                    peer.sendto(data, near.listening)
                await soon(lambda: heard.messages)
        assert heard.messages == [message(1)]

    run(scenario())


def test_a_port_that_nobody_listens_on_is_told_as_broken() -> None:
    async def scenario() -> None:
        nobody = closed_port()
        async with phone() as (near, heard):
            near.send(message(), nobody)
            assert heard.broken_hops == []
            await soon(lambda: heard.broken_hops)
        assert heard.broken_hops == [nobody]
        assert heard.errors == [
            f"nothing listens at {nobody}: check the address and the port, and the transport",
        ]

    run(scenario())


def test_the_error_of_one_is_not_taken_for_that_of_another() -> None:
    async def scenario() -> None:
        nobody = closed_port()
        async with phone() as (near, heard), phone() as (far, far_heard):
            for number in range(50):
                near.send(message(), nobody)
                near.send(message(number), to(far.listening, "UDP"))
            await soon(lambda: len(far_heard.messages) == 50)
            await soon(lambda: heard.broken_hops)
        assert set(heard.broken_hops) == {nobody}

    run(scenario())


@pytest.mark.parametrize(
    ("hop", "sentence"),
    [
        (Hop("UDP", "::1", 5060), "[::1]:5060 over UDP cannot be reached from 127.0.0.1: use an address of the same"),
        (Hop("UDP", "sip.example", 5060), "cannot be reached from 127.0.0.1"),
        (Hop("UDP", LOOPBACK, 0), "cannot be reached"),
        (Hop("UDP", "255.255.255.255", 5060), "cannot be reached (you have no permission)"),
    ],
)
def test_what_cannot_be_sent_is_told_afterwards(hop: Hop, sentence: str) -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            near.send(message(), hop)
            assert heard.errors == []
            await soon(lambda: heard.errors)
        assert heard.broken_hops == [hop]
        assert sentence in heard.errors[0]

    run(scenario())


def test_a_message_that_is_too_long_for_a_datagram_is_told_as_broken() -> None:
    async def scenario() -> None:
        async with phone() as (near, heard), phone() as (far, far_heard):
            near.send(bytes(65_508), to(far.listening, "UDP"))
            near.send(message(1, 60_000), to(far.listening, "UDP"))
            await soon(lambda: far_heard.messages and heard.errors)
        assert far_heard.messages == [message(1, 60_000)]
        assert "message too long" in heard.errors[0]

    run(scenario())


def test_any_address_is_told_as_the_one_that_leads_there() -> None:
    async def scenario() -> None:
        async with phone(host="0.0.0.0") as (near, _):
            assert near.local(Hop("UDP", "127.0.0.9", 5060)) == (LOOPBACK, near.listening[1])
            assert near.local(Hop("UDP", "sip.example", 5060))[1] == near.listening[1]
        async with phone(host="::") as (near, _):
            assert near.local(Hop("UDP", "::1", 5060)) == ("::1", near.listening[1])

    run(scenario())


def test_there_is_a_way_to_loopback_and_none_to_what_is_no_address() -> None:
    async def scenario() -> None:
        async with phone() as (near, _):
            await near.reach(Hop("UDP", LOOPBACK, 5060))
            with pytest.raises(SipUnreachable, match="cannot be reached"):
                await near.reach(Hop("UDP", "sip.example", 5060))

    run(scenario())


def test_a_port_that_is_taken_is_said_so() -> None:
    async def scenario() -> None:
        with udp_socket() as taken, socket.create_server((LOOPBACK, 0)) as taken_for_tcp:
            for port in (taken.getsockname()[1], taken_for_tcp.getsockname()[1]):
                with pytest.raises(UsageError) as caught:
                    await Transports(Hop("UDP", LOOPBACK, port)).open()
                assert str(caught.value) == f"cannot use port {port} of 127.0.0.1 for SIP: address already in use"

    run(scenario())


def test_a_port_is_free_again_after_the_end() -> None:
    async def scenario() -> None:
        async with phone() as (near, _):
            port = near.listening[1]
        again = Transports(Hop("UDP", LOOPBACK, port))
        await again.open()
        await again.close()

    run(scenario())


def test_nothing_is_told_after_the_end() -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            near.send(message(), closed_port())
            near.send(message(), Hop("UDP", "::1", 5060))
        await asyncio.sleep(0.05)
        assert heard.errors == []

    run(scenario())


def test_a_receiver_may_end_it_all_while_it_is_told() -> None:
    async def scenario() -> None:
        closing: list[asyncio.Task[None]] = []

        class Ending(Heard):
            def received(self, data: bytes, source: Hop) -> None:
                super().received(data, source)
                closing.append(asyncio.get_running_loop().create_task(near.close()))

        async with phone() as (near, _):
            near.receiver = ending = Ending()
            with udp_socket() as peer:
                for _ in range(3):
                    peer.sendto(message(), near.listening)
                await soon(lambda: ending.messages)
                await asyncio.gather(*closing)

    run(scenario())


def test_a_ping_is_two_line_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phone_recorder.sip.transport.keep_alive.DATAGRAM_S", 0.02)

    async def scenario() -> None:
        with udp_socket() as peer:
            peer.setblocking(False)
            async with phone() as (near, heard):
                near.keep_alive(to(peer.getsockname(), "UDP"))
                data = await asyncio.get_running_loop().sock_recv(peer, 100)
        assert data == b"\r\n\r\n"
        assert heard.errors == []

    run(scenario())
