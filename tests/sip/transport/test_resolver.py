"""From URIs to hops, with names that a table knows."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest
from aiosipua.headers import SipUri

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop, Transport
from phone_recorder.sip.messages.address import parse_uri
from phone_recorder.sip.transport.resolver import KEPT_MOST, Resolver, system_lookup

PATIENCE_S = 20.0


class Names:
    """A table of names, and what was asked of it."""

    def __init__(self, **addresses: str) -> None:
        self.addresses = {name.replace("_", "."): address for name, address in addresses.items()}
        self.asked: list[tuple[str, int, socket.SocketKind]] = []

    async def __call__(self, name: str, port: int, kind: socket.SocketKind) -> str:
        self.asked.append((name, port, kind))
        if name not in self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.addresses[name]


def find(uri: str | SipUri, transport: Transport | None = None, names: Names | None = None) -> Hop:
    parsed = parse_uri(uri) if isinstance(uri, str) else uri
    return asyncio.run(Resolver(names or Names(sip_example="192.0.2.7")).find(parsed, transport))


def fields(hop: Hop) -> tuple[str, str, int, str]:
    """All of them: hops that differ in the name alone count as equal."""
    return hop.transport, hop.host, hop.port, hop.name


@pytest.mark.parametrize(
    ("uri", "transport", "expected"),
    [
        ("sip:a@192.0.2.1", None, ("UDP", "192.0.2.1", 5060, "192.0.2.1")),
        ("sip:192.0.2.1", None, ("UDP", "192.0.2.1", 5060, "192.0.2.1")),
        ("sip:a@192.0.2.1:6000", None, ("UDP", "192.0.2.1", 6000, "192.0.2.1")),
        ("sip:a@192.0.2.1", "TCP", ("TCP", "192.0.2.1", 5060, "192.0.2.1")),
        ("sip:a@192.0.2.1", "TLS", ("TLS", "192.0.2.1", 5061, "192.0.2.1")),
        ("sip:a@192.0.2.1;transport=tcp", None, ("TCP", "192.0.2.1", 5060, "192.0.2.1")),
        ("sip:a@192.0.2.1;transport=TLS", None, ("TLS", "192.0.2.1", 5061, "192.0.2.1")),
        ("sip:a@192.0.2.1;transport=udp", "TCP", ("UDP", "192.0.2.1", 5060, "192.0.2.1")),
        ("sips:a@192.0.2.1", "UDP", ("TLS", "192.0.2.1", 5061, "192.0.2.1")),
        ("sips:a@192.0.2.1;transport=tcp", None, ("TLS", "192.0.2.1", 5061, "192.0.2.1")),
        ("sip:a@[2001:db8::1]:6000", None, ("UDP", "2001:db8::1", 6000, "2001:db8::1")),
        ("sip:a@[2001:db8::1]", "TLS", ("TLS", "2001:db8::1", 5061, "2001:db8::1")),
        ("sip:a@example.org;maddr=192.0.2.9", None, ("UDP", "192.0.2.9", 5060, "example.org")),
        ("sips:a@sip.example", None, ("TLS", "192.0.2.7", 5061, "sip.example")),
        ("sips:a@SIP.Example.", None, ("TLS", "192.0.2.7", 5061, "sip.example")),
    ],
)
def test_a_uri_names_the_next_hop(uri: str, transport: Transport | None, expected: tuple[str, str, int, str]) -> None:
    assert fields(find(uri, transport)) == expected


@pytest.mark.parametrize(
    ("uri", "sentence"),
    [
        ("sip:a@192.0.2.1;transport=sctp", "wants a transport that this phone has not"),
        ("sips:a@192.0.2.1;transport=udp", "wants a transport that this phone has not"),
        (SipUri(host=""), "names no host and port that can be"),
        (SipUri(host="192.0.2.1", port=0), "names no host and port that can be"),
        (SipUri(host="192.0.2.1", port=65536), "names no host and port that can be"),
        (SipUri(host="a b"), "names no host and port that can be"),
        (SipUri(host=".example"), "names no host and port that can be"),
        ("sip:a@nowhere.example", "there is no host 'nowhere.example': check the name"),
        ("sip:a@phone.local", "there is no host 'phone.local': for names in .local this machine needs mDNS"),
    ],
)
def test_what_cannot_be_found_says_what_to_do(uri: str | SipUri, sentence: str) -> None:
    with pytest.raises(SipUnreachable) as caught:
        find(uri)
    assert sentence in str(caught.value)


def test_an_error_shows_neither_a_password_nor_what_steers_a_terminal() -> None:
    uri = SipUri(user="alice:secret", host="\x1b[31mhost", params={"transport": "x"})
    with pytest.raises(SipUnreachable) as caught:
        find(uri)
    assert "secret" not in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(("transport", "kind"), [("UDP", socket.SOCK_DGRAM), ("TLS", socket.SOCK_STREAM)])
def test_a_name_is_asked_for_with_its_port_and_kind(transport: Transport, kind: socket.SocketKind) -> None:
    names = Names(sip_example="192.0.2.7")
    find("sip:sip.example:6000", transport, names)
    assert names.asked == [("sip.example", 6000, kind)]


def test_an_address_is_known_without_waiting() -> None:
    hop = Resolver(Names()).find_now(parse_uri("sip:a@192.0.2.1;transport=tcp"))
    assert hop == Hop("TCP", "192.0.2.1", 5060)


def test_a_name_is_known_once_it_was_found_and_then_at_any_port() -> None:
    resolver = Resolver(Names(sip_example="192.0.2.7"))
    assert resolver.find_now(parse_uri("sip:sip.example")) is None
    asyncio.run(resolver.find(parse_uri("sip:sip.example")))
    assert resolver.find_now(parse_uri("sip:SIP.example:7000;transport=tcp")) == Hop("TCP", "192.0.2.7", 7000)


def test_a_name_that_moves_is_found_at_its_new_place() -> None:
    names = Names(sip_example="192.0.2.7")
    resolver, uri = Resolver(names), parse_uri("sip:sip.example")
    asyncio.run(resolver.find(uri))
    names.addresses["sip.example"] = "192.0.2.8"
    assert asyncio.run(resolver.find(uri)).host == "192.0.2.8"
    assert resolver.find_now(uri) == Hop("UDP", "192.0.2.8", 5060)


def test_names_are_not_remembered_without_end() -> None:
    names = Names(**{f"n{i}": "192.0.2.1" for i in range(KEPT_MOST + 1)})
    resolver = Resolver(names)
    for name in names.addresses:
        asyncio.run(resolver.find(SipUri(host=name)))
    known = [resolver.find_now(SipUri(host=name)) is not None for name in names.addresses]
    assert known == [False] + [True] * KEPT_MOST


def test_a_name_that_no_system_can_write_is_no_host() -> None:
    async def strict(name: str, *_: object) -> str:
        return name.encode("idna").decode()

    with pytest.raises(SipUnreachable, match="there is no host"):
        asyncio.run(Resolver(strict).find(SipUri(host="a" * 64 + ".example")))


def test_the_system_knows_itself() -> None:
    assert asyncio.run(system_lookup("localhost", 5060, socket.SOCK_DGRAM)) in ("127.0.0.1", "::1")


def test_a_look_up_that_never_ends_keeps_neither_who_asked_nor_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(PATIENCE_S))

    async def give_up() -> None:
        asking = asyncio.create_task(system_lookup("phone.example", 5060, socket.SOCK_DGRAM))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    begin = time.monotonic()
    asyncio.run(give_up())
    released.set()
    assert time.monotonic() - begin < PATIENCE_S / 2
