from __future__ import annotations

import socket
import struct

import numpy as np
import pytest
from numpy.typing import NDArray

from phone_recorder.adapters.batches.batch import (
    NAME_SIZE,
    address_key,
    address_keys,
    address_of,
    host_key,
    host_keys,
)
from phone_recorder.adapters.udp import Address

ADDRESSES: list[Address] = [
    ("127.0.0.1", 4000),
    ("127.0.0.1", 4001),
    ("127.0.0.2", 4000),
    ("10.0.0.0", 256),
    ("::1", 4000),
    ("fe80::1:2", 65535),
    ("2001:db8::", 256),
]


def raw(*addresses: Address, beyond: int = 0xEE) -> NDArray[np.uint8]:
    """Raw addresses; behind those of IPv4 is what was left over."""
    rows = np.full((len(addresses), NAME_SIZE), beyond, np.uint8)
    for row, (host, port) in zip(rows, addresses, strict=True):
        six = ":" in host
        family = socket.AF_INET6 if six else socket.AF_INET
        packed = socket.inet_pton(family, host)
        name = struct.pack("=H", family) + struct.pack(">H", port) + (bytes(4) + packed + bytes(4) if six else packed)
        row[: len(name)] = np.frombuffer(name, np.uint8)
    return rows


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_as_text(address: Address) -> None:
    assert address_of(raw(address)[0]) == address


def test_keys_of_hosts_are_equal_where_the_hosts_are() -> None:
    keys = host_keys(raw(*ADDRESSES))
    for number, (host, _) in enumerate(ADDRESSES):
        assert (keys == host_key(host)).tolist() == [other == host for other, _ in ADDRESSES], number


def test_keys_of_addresses_are_equal_where_the_addresses_are() -> None:
    keys = address_keys(raw(*ADDRESSES))
    for address in ADDRESSES:
        assert (keys == address_key(address)).tolist() == [other == address for other in ADDRESSES]


def test_what_is_left_over_behind_an_address_is_not_in_its_key() -> None:
    one, other = raw(*ADDRESSES[:4], beyond=1), raw(*ADDRESSES[:4], beyond=2)
    assert (host_keys(one) == host_keys(other)).all()
    assert (address_keys(one) == address_keys(other)).all()


def test_a_mapped_host_is_the_host_that_is_mapped() -> None:
    assert host_key("::ffff:127.0.0.1") == host_key("127.0.0.1") == host_keys(raw(("::ffff:127.0.0.1", 1)))[0]


def test_keys_can_be_sorted_and_looked_up() -> None:
    hosts = [host for host, _ in ADDRESSES]
    assert len(np.unique(host_keys(raw(*ADDRESSES)))) == len(set(hosts))
    known = {key: host for host, key in zip(hosts, host_keys(raw(*ADDRESSES)).tolist(), strict=True)}
    assert [known[key] for key in host_keys(raw(*ADDRESSES)).tolist()] == hosts


def test_none_at_all() -> None:
    assert len(host_keys(raw())) == len(address_keys(raw())) == 0
