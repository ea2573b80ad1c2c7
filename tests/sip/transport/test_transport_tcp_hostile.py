"""SIP over TCP with whoever reads nothing, says nothing, says something else, or comes too often."""

from __future__ import annotations

import asyncio
import socket

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.transport.stream_transport import MOST_ACCEPTED, MOST_OF_HOST
from phone_recorder.sip.transport.transports import Transports
from tests.sip.transport_rig import LOOPBACK, message, phone, run, server, soon, to

pytestmark = pytest.mark.live

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connected(near: Transports, sent: bytes, host: str = LOOPBACK) -> Stream:
    """A connection of that host's to the phone, by which this was sent."""
    reader, writer = await asyncio.open_connection(*near.listening, local_addr=(host, 0))
    writer.write(sent)
    return reader, writer


async def is_cut(stream: Stream) -> bool:
    try:
        return await asyncio.wait_for(stream[0].read(1), 0.02) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def close(*streams: Stream) -> None:
    for _, writer in streams:
        writer.close()


def test_whoever_reads_nothing_is_given_up_and_nothing_more_is_held() -> None:
    async def scenario() -> None:
        listening = socket.create_server((LOOPBACK, 0))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with listening:
            async with phone("TCP") as (near, heard):
                hop = to(listening.getsockname())
                await near.reach(hop)
                sent = 0
                while not heard.errors and sent < 1000:
                    near.send(message(sent, 60_000), hop)
                    sent += 1
                    await asyncio.sleep(0)
                assert heard.broken_hops[:1] == [hop]
                assert heard.errors[0] == f"the connection to {hop} was cut: what it is sent is not read"
                assert sent > 17

    run(scenario())


def test_what_waits_for_a_connection_has_a_limit_too() -> None:
    async def scenario() -> None:
        async with server() as far, phone("TCP") as (near, heard):
            for number in range(18):
                near.send(message(number, 60_000), to(far.address))
            await soon(lambda: heard.errors)
            assert "what it is sent is not read" in heard.errors[0]

    run(scenario())


def test_a_connection_that_carries_something_else_is_cut() -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            reader, writer = await asyncio.open_connection(*near.listening)
            writer.write(message(1) + message(2).replace(b"Content-Length", b"X-Length") + message(3))
            assert await reader.read() == b""
            await soon(lambda: heard.errors)
            assert heard.messages == [message(1)]
            assert heard.errors[0].endswith("needs a Content-Length, and this one has none")
            writer.close()

    run(scenario())


def test_a_stranger_that_says_nothing_sensible_is_nobodys_business() -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            for data in (b"\x16\x03\x01\x02\x00", b"\0"):
                reader, writer = await asyncio.open_connection(*near.listening)
                writer.write(data)
                with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                    await reader.readexactly(1)
                writer.close()
            assert (heard.messages, heard.errors) == ([], [])

    run(scenario())


@pytest.mark.parametrize("beginning", [b"", b"\r\n", message()[:10], message() + message()[:10]])
def test_a_connection_that_brings_no_whole_message_in_time_is_cut(
    beginning: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phone_recorder.sip.transport.stream_connection.PATIENCE_S", 0.05)

    async def scenario() -> None:
        async with phone() as (near, heard):
            reader, writer = await asyncio.open_connection(*near.listening)
            writer.write(beginning)
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await asyncio.wait_for(reader.readexactly(1), 3)
            await asyncio.sleep(0)
            assert len(heard.errors) == len(heard.messages)
            writer.close()

    run(scenario())


def test_a_connection_that_has_brought_a_message_may_be_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phone_recorder.sip.transport.stream_connection.PATIENCE_S", 0.2)

    async def scenario() -> None:
        async with phone() as (near, heard):
            _, writer = await asyncio.open_connection(*near.listening)
            writer.write(message(1))
            await asyncio.sleep(0.4)
            writer.write(message(2))
            await soon(lambda: len(heard.messages) == 2)
            assert heard.errors == []
            writer.close()

    run(scenario())


@pytest.mark.parametrize("ours", [b"", message()], ids=["said nothing", "sent a message"])
def test_many_connections_of_one_host_shut_nobody_out(ours: bytes) -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            kept = [await connected(near, ours) for _ in range(MOST_OF_HOST)]
            await soon(lambda: len(heard.messages) == (MOST_OF_HOST if ours else 0))
            kept[0][1].write(message(1))
            await soon(lambda: message(1) in heard.messages)
            _, another = await connected(near, message(2))
            await soon(lambda: message(2) in heard.messages)
            assert await is_cut(kept[1]), "nothing has gone by it for longest"
            assert not any([await is_cut(one) for one in (kept[0], *kept[2:])])
            close(*kept)
            another.close()

    run(scenario())


def test_many_connections_of_many_hosts_shut_nobody_out_and_cost_whoever_has_most() -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            first = await connected(near, message(1), "127.0.0.9")
            kept = [
                await connected(near, message(2), f"127.0.0.{host}")
                for host in range(10, 10 + MOST_ACCEPTED // MOST_OF_HOST)
                for _ in range(MOST_OF_HOST)
            ][:-1]
            await soon(lambda: len(heard.messages) == MOST_ACCEPTED)
            another = await connected(near, message(3), "127.0.0.8")
            await soon(lambda: message(3) in heard.messages)
            assert await is_cut(kept[0])
            assert not await is_cut(first), "the oldest, but its host has no other"
            close(first, another, *kept)

    run(scenario())


@pytest.mark.parametrize(("sent", "lives"), [(b"", False), (b"\r\n\r\n", True), (message(2), True)])
def test_a_connection_that_nothing_goes_by_ends_and_one_that_is_used_does_not(
    sent: bytes, lives: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phone_recorder.sip.transport.stream_connection.IDLE_S", 0.5)

    async def scenario() -> None:
        async with phone() as (near, heard):
            connection = await connected(near, message(1))
            for _ in range(8):
                await asyncio.sleep(0.08)
                connection[1].write(sent)
            assert bool(heard.errors) is not lives
            close(connection)

    run(scenario())


def test_a_connection_that_we_keep_alive_is_not_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phone_recorder.sip.transport.stream_connection.IDLE_S", 0.5)
    monkeypatch.setattr("phone_recorder.sip.transport.keep_alive.STREAM_S", 0.1)

    async def scenario() -> None:
        async with phone() as (near, heard):
            connection = await connected(near, message(1))
            await soon(lambda: heard.messages)
            near.keep_alive(heard.sources[0])
            await asyncio.sleep(0.7)
            assert heard.errors == []
            close(connection)

    run(scenario())


def test_a_busy_stream_that_always_ends_within_a_message_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phone_recorder.sip.transport.stream_connection.PATIENCE_S", 0.5)

    async def scenario() -> None:
        async with phone() as (near, heard):
            connection = await connected(near, message()[:10])
            for _ in range(8):
                await asyncio.sleep(0.08)
                connection[1].write(message()[10:] + message()[:10])
            await soon(lambda: len(heard.messages) == 8)
            assert heard.errors == []
            close(connection)

    run(scenario())


def test_a_message_that_comes_in_drops_gets_no_more_time_by_our_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phone_recorder.sip.transport.stream_connection.PATIENCE_S", 0.5)

    async def scenario() -> None:
        async with phone() as (near, heard):
            connection = await connected(near, message() + message()[:10])
            await soon(lambda: heard.messages)
            for at in range(8):
                await asyncio.sleep(0.08)
                connection[1].write(message()[10 + at : 11 + at])
                near.send(message(), heard.sources[0])
                if heard.errors:
                    break
            assert heard.errors[0].endswith("no whole message came in time")
            close(connection)

    run(scenario())


def test_a_flood_of_pings_is_answered_sparingly_and_at_once() -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            reader, writer = await connected(near, message() + b"\r\n\r\n" * 100_000 + message(2))
            pongs = bytearray()
            while len(heard.messages) < 2:
                pongs += await asyncio.wait_for(reader.read(65536), 3)
            assert pongs.strip(b"\r\n") == b""
            assert 0 < len(pongs) < 20_000
            writer.close()

    run(scenario())


def test_the_end_does_not_wait_for_whoever_reads_nothing_or_is_being_reached() -> None:
    async def scenario() -> None:
        with socket.create_server((LOOPBACK, 0), backlog=0) as listening:
            hop = to(listening.getsockname())
            async with phone("TCP") as (near, _):
                reaching = asyncio.gather(near.reach(hop), near.reach(to(("127.0.0.9", 1))), return_exceptions=True)
                await near.reach(hop)
                for number in range(10):
                    near.send(message(number, 60_000), hop)
                near.send(message(), to(("127.0.0.8", 1)))
                began = asyncio.get_running_loop().time()
                await near.close()
                assert asyncio.get_running_loop().time() - began < 2
                await reaching
                near.send(message(), hop)
                with pytest.raises(SipUnreachable, match="before this phone ended"):
                    await near.reach(hop)

    run(scenario())
