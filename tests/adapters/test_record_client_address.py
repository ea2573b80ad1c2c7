"""Where a record server is, before any call begins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from phone_recorder.adapters.record_client import TcpServerLink, probe, resolve
from phone_recorder.errors import UsageError
from phone_recorder.recording.server_destination import Closed
from tests.adapters.byte_server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def test_a_name_is_resolved_once() -> None:
    assert resolve("127.0.0.1", 10000) == ("127.0.0.1", 10000)
    assert resolve("localhost", 7)[0] in ("127.0.0.1", "::1")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 80, "..", "a b", "\udcff"])
def test_a_host_that_there_is_not(host: str) -> None:
    with pytest.raises(UsageError, match=r"there is no host .*: check --server"):
        resolve(host, 10000)


def test_a_probe_finds_a_server(server: Server) -> None:
    probe(server.address)
    assert server.accept().recv(1) == b""


def test_a_probe_finds_none(server: Server) -> None:
    address = server.address
    server.listening.close()
    with pytest.raises(
        UsageError, match=rf"^no record server answers at 127.0.0.1:{address[1]} \(connection refused\)"
    ):
        probe(address)


@pytest.mark.parametrize("host", ["::1%no-such-interface", "fe80::1%usb9", f"fe80::1%{'ü' * 80}"])
def test_an_address_of_an_interface_that_is_not_there_is_an_error_of_the_connection(host: str) -> None:
    link = TcpServerLink((host, 9))
    link.open()
    [closed] = link.events()
    assert isinstance(closed, Closed) and closed.error
    link.close()
