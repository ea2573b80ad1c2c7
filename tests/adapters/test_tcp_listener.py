from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from phone_recorder.adapters.tcp_listener import TcpLine, TcpListener
from phone_recorder.errors import UsageError

DEADLINE_S = 10


@pytest.fixture
def listener() -> Iterator[TcpListener]:
    made = TcpListener()
    yield made
    made.close()


@pytest.fixture
def peer(listener: TcpListener) -> Iterator[socket.socket]:
    with connected(listener) as made:
        yield made


@pytest.fixture
def line(listener: TcpListener, peer: socket.socket) -> Iterator[TcpLine]:
    accepted = listener.accept()
    assert accepted
    yield accepted
    accepted.close()


def connected(listener: TcpListener) -> socket.socket:
    return socket.create_connection(listener.address, DEADLINE_S)


def until_not(value: object, look: Callable[[], object]) -> object:
    waited = threading.Event()
    for _ in range(DEADLINE_S * 1000):
        if (seen := look()) != value:
            return seen
        waited.wait(0.001)
    raise AssertionError(f"it stayed {value!r}")


def test_where_nobody_connects_nothing_is_accepted(listener: TcpListener) -> None:
    assert listener.accept() is None


def test_bytes_go_both_ways_and_the_end_is_told(line: TcpLine, peer: socket.socket) -> None:
    assert line.receive() == b""
    line.send(b"to you")
    assert peer.recv(100) == b"to you"
    peer.sendall(b"to me")
    assert until_not(b"", line.receive) == b"to me"
    peer.close()
    assert until_not(b"", line.receive) is None


def test_a_connection_that_is_closed_ends_without_an_error(line: TcpLine, peer: socket.socket) -> None:
    line.close()
    assert peer.recv(100) == b""


def test_a_connection_that_is_reset_ends_with_one_on_both_sides(line: TcpLine, peer: socket.socket) -> None:
    line.close(reset=True)
    with pytest.raises(ConnectionResetError):
        peer.recv(100)


def test_what_is_sent_to_a_peer_that_is_gone_is_lost(line: TcpLine, peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()
    assert until_not(b"", line.receive) is None
    line.send(b"lost")
    assert line.receive() is None


def test_a_deaf_listener_refuses_and_may_listen_again_where_it_was(listener: TcpListener) -> None:
    address = listener.address
    listener.close()
    listener.close()
    assert listener.accept() is None
    with pytest.raises(ConnectionRefusedError):
        connected(listener)
    listener.listen()
    listener.listen()
    assert listener.address == address
    connected(listener).close()
    assert until_not(None, listener.accept)


def test_a_port_that_is_taken_is_told(listener: TcpListener) -> None:
    with pytest.raises(UsageError, match=r"^cannot listen on 127\.0\.0\.1:\d+: .*in use: use another port$"):
        TcpListener(*listener.address)
