"""The way of a dialog's requests: looked up, and never overtaken."""

from __future__ import annotations

from collections.abc import Callable

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
