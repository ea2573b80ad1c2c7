"""SIP over TCP with whoever reads nothing, says nothing, says something else, or comes too often."""

from __future__ import annotations

import asyncio
import socket

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.transport.stream_transport import MOST_ACCEPTED
from tests.sip.transport_rig import LOOPBACK, message, phone, run, server, soon, to

pytestmark = pytest.mark.live


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
    monkeypatch.setattr("phone_recorder.sip.stream_connection.PATIENCE_S", 0.05)

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
    monkeypatch.setattr("phone_recorder.sip.stream_connection.PATIENCE_S", 0.2)

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


def test_more_connections_than_a_phone_needs_are_turned_away() -> None:
    async def scenario() -> None:
        async with phone() as (near, heard):
            kept = [await asyncio.open_connection(*near.listening) for _ in range(MOST_ACCEPTED)]
            reader, writer = await asyncio.open_connection(*near.listening)
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)
            kept[0][1].write(message())
            await soon(lambda: heard.messages)
            for _, other in kept:
                other.close()
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
