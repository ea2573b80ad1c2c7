"""A call over TCP or TLS stays on its connection, however the server names itself, and keeps it alive."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from phone_recorder.sip.transport.tls import TlsSettings
from tests.adapters.certificates import certificate, server_tls
from tests.phone.sip_phone_rig import Phone, run
from tests.phone.stream_server import HOST, StreamServer, stream_server

pytestmark = [pytest.mark.live, pytest.mark.peer]
NAME = "sip.example"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """One name that there is."""

    async def look_up(name: str, *_: object) -> str:
        if name != NAME:
            raise OSError("no such name")
        return HOST

    monkeypatch.setattr("phone_recorder.sip.transport.resolver.system_lookup", look_up)


async def call(server: StreamServer, transport: str, tls: TlsSettings | None = None) -> None:
    """A call that is answered, and hung up."""
    target = f"sip:100@{NAME}:{server.port};transport={transport}"
    phone = Phone(target)
    phone._tls = tls or TlsSettings()
    async with phone:
        talk = await phone.call(target)
        await talk.settled
        talk.hang_up()
        while talk.end is None or len(server.heard) < 3:
            await asyncio.sleep(0.005)
        assert (talk.connected, talk.end.status) == (True, 200)


NAMED = [
    pytest.param("<sip:100@sip.example:{port};transport=tls>", "", id="as it was called"),
    pytest.param("<sip:100@127.0.0.1:{port};transport=tls>", "", id="by its address"),
    pytest.param("<sip:100@sip.example:{port}>", "", id="without a transport"),
    pytest.param("<sip:100@127.0.0.1>", "", id="by its address alone"),
    pytest.param("<sip:100@10.9.9.9:1>", "<sip:127.0.0.1:{port};transport=tls;lr>", id="Record-Route by its address"),
    pytest.param("<sip:100@10.9.9.9:1>", "<sip:127.0.0.1:{port};lr>", id="Record-Route without a transport"),
    pytest.param("<sip:100@within.example;transport=tls>", "", id="by a name that nobody knows"),
    pytest.param("<sip:100@127.0.0.1:1;transport=udp>", "", id="over UDP, which is not there"),
    pytest.param("<sips:100@127.0.0.1:{port}>", "", id="sips by its address"),
]


@pytest.mark.parametrize(("contact", "record_route"), NAMED)
def test_a_call_stays_on_the_tls_connection_that_was_verified(tmp_path: Path, contact: str, record_route: str) -> None:
    cert, key = certificate(tmp_path, f"DNS:{NAME}")

    async def scenario() -> None:
        async with stream_server(contact, record_route, server_tls(cert, key)) as server:
            await call(server, "tls", TlsSettings(cert))
            assert server.heard == [(1, "INVITE"), (1, "ACK"), (1, "BYE")]

    run(scenario())


@pytest.mark.parametrize(
    "contact",
    ["<sip:100@127.0.0.1:{port}>", "<sip:100@127.0.0.1:{port};transport=tcp>", "<sip:100@sip.example:{port}>"],
)
def test_a_call_stays_on_its_tcp_connection(contact: str) -> None:
    async def scenario() -> None:
        async with stream_server(contact) as server:
            await call(server, "tcp")
            assert server.heard == [(1, "INVITE"), (1, "ACK"), (1, "BYE")]

    run(scenario())


def test_a_server_is_called_by_its_address_on_the_connection_that_stands(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, f"DNS:{NAME}")

    async def scenario() -> None:
        async with stream_server("<sip:100@sip.example:{port};transport=tls>", "", server_tls(cert, key)) as server:
            phone = Phone(f"sip:100@{NAME}:{server.port};transport=tls")
            phone._tls = TlsSettings(cert)
            async with phone:
                talk = await phone.call(f"sip:100@{HOST}:{server.port};transport=tls")
                await talk.settled
                assert talk.connected
            assert len(server.writers) == 1

    run(scenario())


def test_a_phone_of_tls_that_calls_over_tcp_sends_no_datagrams(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, f"DNS:{NAME}")

    async def scenario() -> None:
        async with (
            stream_server("", tls=server_tls(cert, key)) as home,
            stream_server("<sip:100@127.0.0.1:9>") as server,
        ):
            phone = Phone(f"sip:100@{NAME}:{home.port};transport=tls")
            phone._tls = TlsSettings(cert)
            async with phone:
                talk = await phone.call(f"sip:100@{HOST}:{server.port};transport=tcp")
                await talk.settled
            assert server.heard == [(1, "INVITE"), (1, "ACK"), (1, "BYE")]

    run(scenario())


def test_a_phone_on_tcp_says_where_it_listens_and_keeps_its_calls_way_open_until_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("phone_recorder.sip.transport.keep_alive.STREAM_S", 0.02)

    async def scenario() -> None:
        async with stream_server("<sip:100@127.0.0.1:{port};transport=tcp>") as server:
            target = f"sip:100@{HOST}:{server.port};transport=tcp"
            async with Phone(target) as phone:
                talk = await phone.call(target)
                await talk.settled
                assert f"{HOST}:{phone.address[1]};transport=tcp>" in server.requests[0]
                while server.pings < 3:
                    await asyncio.sleep(0.005)
                talk.hang_up()
                while talk.end is None:
                    await asyncio.sleep(0.005)
                await asyncio.sleep(0.04)
                pings = server.pings
                await asyncio.sleep(0.1)
                assert server.pings == pings

    run(scenario())
