"""How many are let in at the page's door, those who shake hands for TLS included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from ssl import SSLContext

import pytest

from phone_recorder.web.door import Door
from tests.web.certificates import a_certificate

pytestmark = pytest.mark.live
PATIENCE_S = 10.0


class Guest(asyncio.Protocol):
    """Stays until the other side goes."""

    def __init__(self, left: Callable[[], object]) -> None:
        self._left = left

    def connection_lost(self, exc: Exception | None) -> None:
        self._left()


class House:
    """A door on a free port of loopback."""

    def __init__(self, most: int, tls: SSLContext | None = None, handshake_s: float = PATIENCE_S) -> None:
        self.port = 0
        self.door = Door(Guest, most, tls, handshake_s=handshake_s)
        self._writers: list[asyncio.StreamWriter] = []

    async def come(self) -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writers.append(writer)
        return reader

    async def say(self, data: bytes) -> None:
        """What the last one who came says."""
        self._writers[-1].write(data)
        await self._writers[-1].drain()

    async def go(self) -> None:
        """The first one who came goes."""
        self._writers.pop(0).close()

    async def inside(self, count: int) -> None:
        """Wait until so many are inside."""
        while len(self.door) != count:
            await asyncio.sleep(0.001)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[House]:
        _, self.port = await self.door.bind("127.0.0.1", 0)
        self.door.open()
        try:
            yield self
        finally:
            for writer in self._writers:
                writer.close()
            await self.door.close()


def visit(house: Callable[[], House], scenario: Callable[[House], Awaitable[None]]) -> None:
    async def run() -> None:
        async with asyncio.timeout(PATIENCE_S), house().opened() as opened:
            await scenario(opened)

    asyncio.run(run())


async def crowded(house: House) -> None:
    """Two come in, a third does not, and one does for each who goes."""
    await house.come()
    await house.come()
    await house.inside(2)
    assert await (await house.come()).read() == b""
    assert len(house.door) == 2
    await house.go()
    await house.inside(1)
    await house.come()
    await house.inside(2)


def test_so_many_are_inside_and_no_more() -> None:
    visit(lambda: House(2), crowded)


@pytest.mark.peer
def test_who_has_not_shaken_hands_is_inside_too(tmp_path: Path) -> None:
    tls = a_certificate(tmp_path).load()
    visit(lambda: House(2, tls), crowded)


@pytest.mark.peer
def test_who_says_something_else_than_a_handshake_is_out(tmp_path: Path) -> None:
    tls = a_certificate(tmp_path).load()

    async def scenario(house: House) -> None:
        reader = await house.come()
        await house.inside(1)
        await house.say(b"GET / HTTP/1.1\r\n\r\n")
        await reader.read()
        await house.inside(0)

    visit(lambda: House(2, tls), scenario)


@pytest.mark.peer
def test_who_takes_too_long_to_shake_hands_is_out(tmp_path: Path) -> None:
    tls = a_certificate(tmp_path).load()

    async def scenario(house: House) -> None:
        assert await (await house.come()).read() == b""
        await house.inside(0)

    visit(lambda: House(2, tls, handshake_s=0.1), scenario)


@pytest.mark.peer
def test_when_the_door_is_closed_who_shakes_hands_is_dropped_and_nobody_else_comes(tmp_path: Path) -> None:
    tls = a_certificate(tmp_path).load()

    async def scenario(house: House) -> None:
        reader = await house.come()
        await house.inside(1)
        await house.door.close()
        assert await reader.read() == b""
        with pytest.raises(ConnectionRefusedError):
            await house.come()

    visit(lambda: House(2, tls), scenario)
