from __future__ import annotations

import click
import pytest

from phone_recorder.cli.parameters import Address, Size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("236", 236),
        ("1K", 1024),
        ("8M", 8 << 20),
        ("4G", 4 << 30),
        ("64m", 64 << 20),
        ("64MB", 64 << 20),
        ("64MiB", 64 << 20),
        ("10b", 10),
        (" 1k ", 1024),
        ("9" * 15 + "G", int("9" * 15) << 30),
    ],
)
def test_a_size_is_bytes_or_binary(text: str, size: int) -> None:
    assert Size().convert(text, None, None) == size


def test_a_size_that_is_one_already_stays() -> None:
    assert Size().convert(8192, None, None) == 8192


@pytest.mark.parametrize(
    "text", ["", "M", "-1", "+1", "1.5M", "1e6", "64T", "64 M", "8MM", "0x10", "nan", "٣", "1\n2", "9" * 16, "9" * 5000]
)
def test_what_is_no_size_is_told(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a size: write bytes, or a number with K, M or G") as caught:
        Size().convert(text, None, None)
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.7", ("192.0.2.7", 10000)),
        ("192.0.2.7:1", ("192.0.2.7", 1)),
        ("recorder.example:65535", ("recorder.example", 65535)),
        ("[2001:db8::7]:5000", ("2001:db8::7", 5000)),
        ("[2001:db8::7]", ("2001:db8::7", 10000)),
    ],
)
def test_an_address_is_a_host_and_perhaps_a_port(text: str, address: tuple[str, int]) -> None:
    assert Address().convert(text, None, None) == address
    assert Address().convert(address, None, None) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        ":5000",
        "host:",
        "host:0",
        "host:65536",
        "host:99999",
        "host:-1",
        "host:abc",
        "host:1e3",
        "host:٣",
        "host:" + "9" * 5000,
    ],
)
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not HOST:PORT with a port from 1 to 65535") as caught:
        Address().convert(text, None, None)
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("text", ["::1", "2001:db8::7", "[", "[]", "[]:5000", "[::1", "::1]"])
def test_an_ipv6_address_needs_its_brackets(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Address().convert(text, None, None)
