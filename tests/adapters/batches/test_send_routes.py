"""Socket addresses against those that the kernel itself gives out."""

from __future__ import annotations

import ctypes
import socket

import pytest

from phone_recorder.adapters.batches.send_routes import Routes
from phone_recorder.errors import UsageError


def bound(port: socket.socket) -> bytes:
    """What getsockname(2) writes for it."""
    room = ctypes.create_string_buffer(128)
    size = ctypes.c_uint(128)
    assert ctypes.CDLL(None).getsockname(port.fileno(), room, ctypes.byref(size)) == 0
    return room.raw[: size.value]


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")])
def test_an_address_lies_there_as_the_kernel_writes_it(family: socket.AddressFamily, host: str) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as port:
        try:
            port.bind((host, 0))
        except OSError:
            pytest.skip(f"there is no {host} here")
        routes = Routes(family)
        number = routes.take(port.getsockname()[:2])
        assert routes.sockaddrs[number, : routes.sizes[number]].tobytes() == bound(port)


def test_an_interface_of_a_link_local_address_is_its_scope() -> None:
    routes = Routes(socket.AF_INET6)
    scope = socket.if_nametoindex("lo")
    number = routes.take(("fe80::1%lo", 4000))
    plain = socket.inet_pton(socket.AF_INET6, "fe80::1")
    assert routes.sockaddrs[number].tobytes()[8:] == plain + scope.to_bytes(4, "little")


def test_rows_grow_and_stay_what_they_were() -> None:
    routes = Routes(socket.AF_INET)
    numbers = [routes.take(("127.0.0.1", port)) for port in range(1, 1001)]
    assert numbers == list(range(1000))
    ports = [int.from_bytes(row.tobytes()[2:4], "big") for row in routes.sockaddrs[:1000]]
    assert ports == list(range(1, 1001))


def test_what_was_given_back_as_often_as_it_was_taken_has_no_address() -> None:
    routes = Routes(socket.AF_INET)
    assert routes.take(("127.0.0.1", 1)) == routes.take(("127.0.0.1", 1)) == 0
    routes.release(0)
    assert (routes.sizes[0], len(routes)) == (16, 1)
    routes.release(0)
    assert (routes.sizes[0], len(routes)) == (0, 0)
    with pytest.raises(KeyError):
        routes.release(0)


@pytest.mark.parametrize(
    ("family", "host", "port", "why"),
    [
        (socket.AF_INET, "127.0.0.1", 0, "cannot send to port 0 of 127.0.0.1: ports are 1 to 65535"),
        (socket.AF_INET, "127.0.0.1", 65_536, "cannot send to port 65536 of 127.0.0.1: ports are 1 to 65535"),
        (socket.AF_INET, "::1", 9, "cannot send to ::1: it is not an IPv4 address"),
        (socket.AF_INET6, "127.0.0.1", 9, "cannot send to 127.0.0.1: it is not an IPv6 address"),
        (socket.AF_INET, "localhost", 9, "cannot send to localhost: it is not an IPv4 address"),
        (socket.AF_INET, "\0" * 70, 9, "it is not an IPv4 address"),
        (socket.AF_INET, "", 9, "cannot send to : it is not an IPv4 address"),
    ],
)
def test_what_is_no_address_takes_no_number(family: socket.AddressFamily, host: str, port: int, why: str) -> None:
    routes = Routes(family)
    with pytest.raises(UsageError, match=why):
        routes.take((host, port))
    assert len(routes) == 0
