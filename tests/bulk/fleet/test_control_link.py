"""A phone's control connection on an asyncio loop."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from phone_recorder.bulk.fleet.bottleneck import NO_FILES, NO_PORTS
from phone_recorder.bulk.fleet.control_link import CLOSED, ControlLink

PATIENCE_S = 10.0


class Owner:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.data = b""

    def opened(self, peer: str) -> None:
        self.told.append(f"opened {peer}")

    def received(self, data: bytes) -> None:
        self.data += data

    def lost(self, why: str) -> None:
        self.told.append(why)


async def until(condition: Callable[[], object]) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0)


Scenario = Callable[[socket.socket, ControlLink, Owner], Awaitable[None]]


def linked(scenario: Scenario, source: str = "") -> None:
    """Run it with a link, and the server's end of it."""

    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            owner = Owner()
            link = ControlLink(asyncio.get_running_loop(), listener.getsockname(), source, owner)
            assert owner.told == []
            await until(lambda: owner.told)
            assert owner.told == ["opened 127.0.0.1"]
            connection, peer = listener.accept()
            assert peer[0] == (source or "127.0.0.1")
            with connection:
                await scenario(connection, link, owner)

    asyncio.run(run())


@contextmanager
def no_files() -> Iterator[None]:
    """This process may open none."""
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Below 3 are the standard streams, which are open.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)


@pytest.mark.parametrize("source", ["", "127.0.0.7"])
def test_bytes_go_both_ways(source: str) -> None:
    async def scenario(connection: socket.socket, link: ControlLink, owner: Owner) -> None:
        link.send(b"cmd=")
        link.send(b"a")
        assert connection.recv(5, socket.MSG_WAITALL) == b"cmd=a"
        connection.sendall(b"yes")
        await until(lambda: owner.data == b"yes")
        link.close()
        connection.settimeout(PATIENCE_S)
        while connection.recv(100):
            pass

    linked(scenario, source)


def test_what_the_server_does_not_read_waits_until_it_does() -> None:
    size = 8 << 20

    async def scenario(connection: socket.socket, link: ControlLink, owner: Owner) -> None:
        link.send(b"x" * size)
        link.send(b"y")
        connection.setblocking(False)
        came = bytearray()

        def read() -> bool:
            with suppress(BlockingIOError):
                came.extend(connection.recv(1 << 20))
            return len(came) == size + 1

        await until(read)
        assert came.endswith(b"xy")
        link.close()

    linked(scenario)


def test_a_server_that_closes_or_resets_is_told_once() -> None:
    async def closes(connection: socket.socket, link: ControlLink, owner: Owner) -> None:
        connection.close()
        await until(lambda: len(owner.told) > 1)
        assert owner.told[1:] == [CLOSED]
        link.close()

    async def resets(connection: socket.socket, link: ControlLink, owner: Owner) -> None:
        link.send(b"not read")
        await until(lambda: connection.recv(1, socket.MSG_PEEK))
        connection.close()
        link.send(b"more")
        await until(lambda: len(owner.told) > 1)
        link.send(b"still more")
        assert owner.told[1:] == ["connection reset by peer"]

    linked(closes)
    linked(resets)


def test_a_reset_is_seen_as_one() -> None:
    async def scenario(connection: socket.socket, link: ControlLink, owner: Owner) -> None:
        link.close(reset=True)
        connection.settimeout(PATIENCE_S)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)

    linked(scenario)


def test_whoever_has_closed_is_told_nothing() -> None:
    async def scenario(connection: socket.socket, link: ControlLink, owner: Owner) -> None:
        connection.sendall(b"late")
        link.close()
        link.close()
        link.send(b"nowhere")
        await asyncio.sleep(0)
        assert (owner.told, owner.data) == (["opened 127.0.0.1"], b"")

    linked(scenario)


def failing(address: tuple[str, int], source: str = "") -> str:
    """Why a link was lost that never came to be."""

    async def run() -> list[str]:
        owner = Owner()
        link = ControlLink(asyncio.get_running_loop(), address, source, owner)
        assert owner.told == []
        await until(lambda: owner.told)
        link.close()
        return owner.told

    (why,) = asyncio.run(run())
    return why


def test_why_it_did_not_come_to_be() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert failing(nobody.getsockname()) == "connection refused"
    assert failing(("127.0.0.1", 9), "192.0.2.1") == NO_PORTS


def test_no_more_files() -> None:
    async def run() -> str:
        owner = Owner()
        loop = asyncio.get_running_loop()
        with no_files():
            ControlLink(loop, ("127.0.0.1", 9), "", owner)
        await until(lambda: owner.told)
        return owner.told[0]

    assert asyncio.run(run()) == NO_FILES
