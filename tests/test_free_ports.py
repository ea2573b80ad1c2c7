"""Ports that a test asks for by number are its own."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.free_ports import HOST, free_ports


def udp(number: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.bind((HOST, number))
    return bound


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_all_are_free_and_nobody_is_given_them_by_chance() -> None:
    first_of_any, last_of_any = map(int, re.findall(r"\d+", Path("/proc/sys/net/ipv4/ip_local_port_range").read_text()))
    if first_of_any <= 20000 and last_of_any >= 65535:
        pytest.skip("the system gives out all ports")
    with free_ports(3) as first:
        assert first % 2 == 0
        assert not first_of_any - 3 < first <= last_of_any
        for number in range(first, first + 3):
            udp(number).close()


def test_who_asks_meanwhile_has_others() -> None:
    with free_ports(4) as one, free_ports(4) as two:
        assert abs(one - two) >= 4


def test_one_that_is_taken_is_passed_over_and_nothing_of_that_is_left_open() -> None:
    before = open_files()
    with free_ports(4) as first:
        taken = udp(first + 2)
    with taken, free_ports(4) as other:
        assert not other <= first + 2 < other + 4
        assert open_files() == before + 5
    assert open_files() == before
