"""Who is let in at the record server's door, and what becomes of those who are."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path

import pytest

from phone_recorder.server.access import Access
from phone_recorder.server.limits import Limits
from phone_recorder.server.service import Rules, Service
from tests.server.service_rig import audio, phone, serve, until


def only(*networks: str) -> Rules:
    return Rules(access=Access(networks=tuple(ip_network(network) for network in networks)))


def test_a_host_that_is_not_allowed_is_not_let_in(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        stranger = await phone(service, host="127.0.0.2")
        with suppress(ConnectionResetError):
            assert await stranger.reader.read() == b""
        stranger.close()
        friend = await phone(service, host="127.0.0.3")
        await friend.start()
        friend.close()
        assert service.lobby.turned_away == {"not allowed": 1}

    serve(tmp_path, scenario, rules=only("127.0.0.3/32"))


def test_more_connections_than_there_may_be_are_turned_away_until_one_is_closed(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        first, second = await phone(service, "one"), await phone(service, "two")
        await first.start()
        await second.start()
        third = await phone(service, "three")
        with suppress(ConnectionResetError):
            assert await third.reader.read() == b""
        third.close()
        first.close()
        await until(lambda: len(service.lobby.open) == 1)
        fourth = await phone(service, "four")
        await fourth.start()
        second.close()
        fourth.close()
        assert service.lobby.turned_away == {"too many connections": 1}

    serve(tmp_path, scenario, rules=Rules(Limits(connections=2)))


def test_more_connections_of_one_host_than_there_may_be_are_turned_away(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        first, second = await phone(service, "one"), await phone(service, "two")
        with suppress(ConnectionResetError):
            assert await second.reader.read() == b""
        other = await phone(service, "other", "127.0.0.2")
        await other.start()
        first.close()
        await until(lambda: len(service.lobby.open) == 1)
        again = await phone(service, "again")
        await again.start()
        assert service.lobby.turned_away == {"too many of a host": 1}
        for one in (second, other, again):
            one.close()

    serve(tmp_path, scenario, rules=Rules(Limits(connections_per_host=1)))


@pytest.mark.live
def test_who_connects_while_the_server_ends_is_not_recorded(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        one = await phone(service, "one")
        one.send(await one.start(), audio(0))
        late = [socket.socket() for _ in range(20)]
        for number, control in enumerate(late):
            control.setblocking(False)
            control.connect_ex(service.address)
            control.send(f"cmd=RecordStartRequest&id=late{number}&codec=PCMU\n".encode())
        # None of them has been accepted yet; what they ask for is there when they are.
        await asyncio.wait_for(service.stop(), 3)
        assert (service.core.running, len(lines)) == ({}, 1)
        for control in late:
            control.close()
        one.close()

    serve(tmp_path, scenario)


def test_a_host_that_connects_too_often_is_turned_away_and_another_is_not(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        many = [await phone(service, str(number)) for number in range(10)]
        other = await phone(service, "other", "127.0.0.2")
        await other.start()
        assert service.lobby.turned_away["too often"] == 6
        while not any("turned away" in line for line in lines):
            await asyncio.sleep(0.01)
        for one in [*many, other]:
            one.close()

    _, lines = serve(tmp_path, scenario, rules=Rules(Limits(connection_rate=1)))
    assert any(line.endswith("too often (see --connection-rate)") for line in lines)


def test_a_phone_that_reads_no_answers_is_dropped(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        one = await phone(service)
        one.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        one.writer.transport.pause_reading()  # type: ignore[attr-defined]
        while service.lobby.open:
            one.writer.write(b"cmd=RecordStopRequest&id=none\n" * 1000)
            await asyncio.sleep(0.01)
        one.close()

    serve(tmp_path, scenario, rules=Rules(Limits(message_rate=1_000_000)))
