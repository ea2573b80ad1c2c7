"""SIP over TCP on loopback: split and joined messages, one connection both ways, loss, and refusal."""

from __future__ import annotations

import asyncio
import socket
import struct
from functools import partial

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from tests.sip.transport.test_transport_udp import closed_port
from tests.sip.transport_rig import LOOPBACK, Heard, Seen, message, phone, run, server, soon, to

pytestmark = pytest.mark.live


async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that closes a connection after the first that came by it."""
    await reader.read(65536)
    writer.close()


def told(heard: Heard, times: int) -> bool:
    return len(heard.broken_hops) == times


@pytest.mark.parametrize("host", [LOOPBACK, "::1"])
def test_a_message_and_its_answer_use_one_connection(host: str) -> None:
    async def scenario() -> None:
        async with phone("TCP", host) as (near, near_heard), phone("UDP", host) as (far, far_heard):
            hop = to(far.listening)
            near.send(message(1), hop)
            await soon(lambda: far_heard.messages)
            assert far_heard.messages == [message(1)]
            assert far_heard.sources[0].port != near.listening[1]
            far.send(message(2), far_heard.sources[0])
            await soon(lambda: near_heard.messages)
            assert near_heard.sources == [hop]
            assert far.local(far_heard.sources[0]) == far.listening

    run(scenario())


def test_messages_that_come_split_and_joined_are_told_whole() -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            reader, writer = await asyncio.open_connection(*near.listening)
            for byte in message(1, 5):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0)
            writer.write(message(2) + b"\r\n" + message(3, 3) + message(4)[:20])
            await soon(lambda: len(heard.messages) == 3)
            writer.write(message(4)[20:])
            await soon(lambda: len(heard.messages) == 4)
            assert heard.messages == [message(1, 5), message(2), message(3, 3), message(4)]
            assert set(heard.sources) == {to(writer.get_extra_info("sockname"))}
            near.send(message(5), heard.sources[0])
            assert await reader.readexactly(len(message(5))) == message(5)
            writer.close()

    run(scenario())


def test_what_is_sent_before_the_connection_stands_leaves_in_order() -> None:
    async def scenario() -> None:
        async with server() as far, phone("TCP") as (near, _):
            for number in range(20):
                near.send(message(number), to(far.address))
            await soon(lambda: len(far.received) >= sum(len(message(number)) for number in range(20)))
            assert far.received == b"".join(map(message, range(20)))
            assert len(far.connections) == 1

    run(scenario())


def test_a_hop_is_reached_by_one_connection() -> None:
    async def scenario() -> None:
        async with server() as far, phone("TCP") as (near, heard):
            await asyncio.gather(*(near.reach(to(far.address)) for _ in range(3)))
            await soon(lambda: far.connections)
            assert (len(far.connections), heard.errors) == (1, [])

    run(scenario())


def test_where_we_are_reached_is_still_true_when_the_connection_has_ended() -> None:
    async def scenario() -> None:
        async with server(serve=closing) as far, phone("TCP") as (near, heard):
            await near.reach(to(far.address))
            told_address = near.local(to(far.address))
            near.send(message(1), to(far.address))
            await soon(lambda: heard.errors)
            _, writer = await asyncio.open_connection(*told_address)
            writer.write(message(2))
            await soon(lambda: heard.messages == [message(2)])
            writer.close()

    run(scenario())


def test_a_phone_of_any_address_is_reached_by_that_of_its_connection() -> None:
    async def scenario() -> None:
        async with server() as far, phone("TCP", "0.0.0.0") as (near, _):
            await near.reach(to(far.address))
            assert near.local(to(far.address)) == (LOOPBACK, near.listening[1])

    run(scenario())


def test_connections_are_made_from_the_address_that_is_bound() -> None:
    async def scenario() -> None:
        async with server() as far, phone("TCP", "127.0.0.5") as (near, _):
            await near.reach(to(far.address))
            await soon(lambda: far.connections)
            assert far.connections[0].get_extra_info("peername")[0] == "127.0.0.5"

    run(scenario())


def test_a_connection_that_was_lost_is_told_and_made_anew_by_the_next_message() -> None:
    async def scenario() -> None:
        async with server(serve=closing) as far, phone("TCP") as (near, heard):
            hop = to(far.address)
            for lost in (1, 2):
                near.send(message(), hop)
                await soon(partial(told, heard, lost))
                assert heard.errors[-1] == f"{hop} has closed the connection"
                assert near.local(hop) == near.listening
            assert heard.broken_hops == [hop, hop]

    run(scenario())


def test_a_reset_connection_is_told_so() -> None:
    async def resetting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async def scenario() -> None:
        async with server(serve=resetting) as far, phone("TCP") as (near, heard):
            near.send(message(), to(far.address))
            await soon(lambda: heard.errors)
            assert heard.errors == [f"{to(far.address)} has cut the connection"]

    run(scenario())


def test_a_refusal_is_told_to_whoever_reaches_and_to_whoever_sends() -> None:
    async def scenario() -> None:
        nobody = closed_port(socket.SOCK_STREAM)
        sentence = f"nothing listens at {nobody}: check the address and the port, and the transport"
        async with phone("TCP") as (near, heard):
            with pytest.raises(SipUnreachable) as caught:
                await near.reach(nobody)
            assert (str(caught.value), heard.errors) == (sentence, [])
            near.send(message(), nobody)
            assert heard.errors == []
            await soon(lambda: heard.errors)
            assert (heard.errors, heard.broken_hops) == ([sentence], [nobody])

    run(scenario())


@pytest.mark.parametrize("hop", [Hop("TCP", "::1", 5060), Hop("TCP", "sip.example", 5060), Hop("TLS", "::1", 5061)])
def test_an_address_of_another_kind_is_refused(hop: Hop) -> None:
    async def scenario() -> None:
        async with phone("TCP") as (near, _):
            with pytest.raises(SipUnreachable, match=r"cannot be reached from 127\.0\.0\.1: use an"):
                await near.reach(hop)

    run(scenario())


def test_a_ping_is_answered_and_an_answer_is_not() -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            reader, writer = await asyncio.open_connection(*near.listening)
            writer.write(b"\r\n\r\n" + message() + b"\r\n\r\n")
            assert await reader.readexactly(4) == b"\r\n\r\n"
            await soon(lambda: heard.messages)
            writer.close()

    run(scenario())


def test_a_hop_is_pinged_only_while_there_is_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phone_recorder.sip.transport.keep_alive.STREAM_S", 0.02)

    async def scenario() -> None:
        async with server() as far, phone("TCP") as (near, heard):
            near.keep_alive(to(far.address))
            await asyncio.sleep(0.06)
            assert far.connections == []
            await near.reach(to(far.address))
            await soon(lambda: len(far.received) >= 8)
            far.connections[0].write(b"\r\n" * 2)
            await asyncio.sleep(0.03)
            near.keep_alive(None)
            assert not far.received.strip(b"\r\n")
            assert len(far.received) % 4 == 0
            assert heard.errors == []

    run(scenario())


def test_taps_see_what_waited_when_it_leaves() -> None:
    async def scenario() -> None:
        seen = Seen()
        async with server() as far, phone("TCP", taps=(seen,)) as (near, heard):
            hop = to(far.address)
            near.send(message(1), hop)
            assert seen.packets == []
            await soon(lambda: far.received)
            far.connections[0].write(message(2))
            await soon(lambda: heard.messages)
            local = far.connections[0].get_extra_info("peername")
            assert seen.packets == [("TCP", local, far.address, message(1)), ("TCP", far.address, local, message(2))]

    run(scenario())


def test_what_was_sent_last_still_leaves_at_the_end() -> None:
    async def scenario() -> None:
        async with server() as far:
            async with phone("TCP") as (near, heard):
                await near.reach(to(far.address))
                near.send(message(1, 60_000), to(far.address))
            await soon(lambda: far.received == message(1, 60_000))
            assert heard.errors == []

    run(scenario())
