"""The way of a dialog's requests: looked up, and never overtaken."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.call.path import Path
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import SipUri, parse_uri

KNOWN = Hop("UDP", "192.0.2.1", 5060)
FOUND = Hop("TCP", "192.0.2.2", 5060)


class Names:
    """A `locate` that answers when it is told to, but for IP addresses."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.found: list[Callable[[Hop], None]] = []
        self.failed: list[Callable[[SipUnreachable], None]] = []

    def locate(self, uri: SipUri, found: Callable[[Hop], None], failed: Callable[[SipUnreachable], None]) -> None:
        self.asked.append(uri.host)
        if uri.host == "192.0.2.2":
            found(FOUND)
        else:
            self.found.append(found)
            self.failed.append(failed)


def send(path: Path, uri: str, sent: list[tuple[str, Hop]]) -> None:
    path.send(parse_uri(uri), lambda hop: sent.append((uri, hop)))


def test_what_is_known_is_sent_at_once() -> None:
    sent: list[tuple[str, Hop]] = []
    send(Path(Names().locate, KNOWN), "sip:192.0.2.2", sent)
    assert sent == [("sip:192.0.2.2", FOUND)]


def test_what_comes_later_waits_for_what_is_looked_up() -> None:
    names, sent = Names(), list[tuple[str, Hop]]()
    path = Path(names.locate, KNOWN)
    for uri in ("sip:first.example", "sip:192.0.2.2", "sip:last.example"):
        send(path, uri, sent)
    assert (sent, names.asked) == ([], ["first.example"])
    names.found.pop()(FOUND)
    assert sent == [("sip:first.example", FOUND), ("sip:192.0.2.2", FOUND)]
    names.found.pop()(KNOWN)
    assert sent[2:] == [("sip:last.example", KNOWN)]


def test_what_has_no_hop_goes_where_the_dialog_began() -> None:
    names, sent = Names(), list[tuple[str, Hop]]()
    path = Path(names.locate, KNOWN)
    send(path, "sip:nowhere.example", sent)
    names.failed.pop()(SipUnreachable("no such name"))
    send(path, "tel:+44", sent)
    assert sent == [("sip:nowhere.example", KNOWN), ("tel:+44", KNOWN)]


def test_what_is_sent_while_sending_comes_after_it() -> None:
    names, sent = Names(), list[tuple[str, Hop]]()
    path = Path(names.locate, KNOWN)

    def send_another(hop: Hop) -> None:
        send(path, "sip:b@192.0.2.2", sent)

    path.send(parse_uri("sip:slow.example"), send_another)
    send(path, "sip:a@192.0.2.2", sent)
    names.found.pop()(FOUND)
    assert [uri for uri, _ in sent] == ["sip:a@192.0.2.2", "sip:b@192.0.2.2"]


UDP, TCP = Hop("UDP", "192.0.2.1", 5060), Hop("TCP", "192.0.2.1", 5060)
TLS = Hop("TLS", "192.0.2.1", 5061, "sip.example")
BARE_TLS = Hop("TLS", "192.0.2.1", 5061, "192.0.2.1")


def taken(found: Hop, known: Hop, uri: str = "sip:peer.example") -> tuple[Hop, str]:
    """The hop that is sent to when this is found, and the name that its certificate must bear."""
    sent: list[Hop] = []
    Path(lambda uri, then, failed: then(found), known).send(parse_uri(uri), sent.append)
    return sent[0], sent[0].name


@pytest.mark.parametrize(
    ("found", "known"),
    [
        pytest.param(BARE_TLS, TLS, id="by its address"),
        pytest.param(Hop("TLS", "192.0.2.1", 5061, "other.example"), TLS, id="by another name"),
        pytest.param(Hop("UDP", "192.0.2.1", 5061), TLS, id="without a transport"),
        pytest.param(Hop("UDP", "192.0.2.1", 5060), TLS, id="without a transport or port"),
        pytest.param(UDP, TCP, id="without a transport, over TCP"),
        pytest.param(Hop("UDP", "203.0.113.9", 5060), TLS, id="elsewhere, without TLS"),
        pytest.param(Hop("TCP", "203.0.113.9", 5060), TLS, id="elsewhere, by TCP"),
        pytest.param(Hop("TLS", "192.0.2.1", 5071, "192.0.2.1"), TLS, id="another port, of an address alone"),
    ],
)
def test_a_connection_that_stands_is_stayed_with_however_the_server_names_itself(found: Hop, known: Hop) -> None:
    assert taken(found, known) == (known, known.name)


@pytest.mark.parametrize(
    ("found", "known"),
    [
        pytest.param(TCP, UDP, id="TCP is asked for"),
        pytest.param(TLS, Hop("TCP", "192.0.2.1", 5061), id="TLS is asked for"),
        pytest.param(Hop("TCP", "192.0.2.1", 5070), TCP, id="another port"),
        pytest.param(Hop("UDP", "192.0.2.2", 5060), TCP, id="another host"),
        pytest.param(Hop("TLS", "192.0.2.2", 5061, "192.0.2.2"), TLS, id="another host by TLS"),
        pytest.param(Hop("TLS", "192.0.2.1", 5071, "two.example"), TLS, id="another port, by a name"),
        pytest.param(Hop("TLS", "192.0.2.1", 5071, "192.0.2.1"), BARE_TLS, id="another port, names nowhere"),
    ],
)
def test_another_place_is_gone_to(found: Hop, known: Hop) -> None:
    assert taken(found, known) == (found, found.name)


@pytest.mark.parametrize(
    ("known", "sent"),
    [(TLS, TLS), (UDP, Hop("TLS", "192.0.2.1", 5061)), (Hop("TCP", "192.0.2.1", 5070), Hop("TLS", "192.0.2.1", 5061))],
)
def test_sips_is_never_sent_without_tls_even_where_its_name_is_not_found(known: Hop, sent: Hop) -> None:
    names, hops = Names(), list[Hop]()
    Path(names.locate, known).send(parse_uri("sips:nowhere.example"), hops.append)
    names.failed.pop()(SipUnreachable("no such name"))
    assert hops == [sent]
    assert hops[0].name == ("sip.example" if known is TLS else "nowhere.example")
