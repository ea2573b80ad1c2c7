"""What a registrar says it keeps (RFC 3261 section 10.3): which binding is ours, how long, and which was once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from phone_recorder.sip.messages.message import Address, Response, SipUri, parse_uri, stringify_uri

MOST_STALE = 10
"""Old bindings that one answer makes us remove."""
MOST_DIGITS = 10
"""Seconds are a number below 2**32 (RFC 3261 section 20.19)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """`expires_s` is 0 if the registrar does not keep this phone. `stale`: URIs of this phone in an earlier life."""

    expires_s: int
    stale: tuple[str, ...] = ()


def kept(response: Response, contact: str, instance: str, asked_s: int) -> Kept:
    """What a 2xx says of our `contact`, a URI, which was asked to be kept for `asked_s` seconds.

    A registrar that lists nothing keeps what it was asked to. More than was asked is not believed (step 7 there).
    """
    contacts = response.contact
    uri = parse_uri(contact)
    default = seconds(response.get_header("Expires"), asked_s)
    rules = (_same_place(uri), _same_instance(instance), _as_seen(uri, response))
    matches = ([c for c in contacts if rule(c)] for rule in rules)
    ours = next((found for found in matches if found), [])
    if contacts and not ours:
        return Kept(0)
    granted = max((seconds(c.params.get("expires"), default) for c in ours), default=default)
    return Kept(min(granted, asked_s), _stale(contacts, rules[0], rules[1], _host(uri.host)))


def seconds(text: str | None, default: int) -> int:
    """A peer's number of seconds, whatever follows it; the default if it is none."""
    digits = (text or "").strip().partition("(")[0].partition(";")[0].strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else default


def place(uri: SipUri) -> tuple[str, str, str, int, str]:
    """What makes two Contacts of a phone the same (RFC 3261 section 19.1.4, of the parameters only the transport)."""
    transport = (uri.params.get("transport") or ("tls" if uri.scheme == "sips" else "udp")).lower()
    port = uri.port or (5061 if uri.scheme == "sips" or transport == "tls" else 5060)
    return uri.scheme, unquote(uri.user or ""), _host(uri.host), port, transport


Rule = Callable[[Address], bool]


def _same_place(uri: SipUri) -> Rule:
    return lambda contact: place(contact.uri) == place(uri)


def _same_instance(instance: str) -> Rule:
    said = f'"<{instance.lower()}>"'
    return lambda contact: bool(instance) and (contact.params.get("+sip.instance") or "").lower() == said


def _as_seen(uri: SipUri, response: Response) -> Rule:
    """Where the registrar saw us (RFC 3581): some write that into the binding of a phone behind a NAT."""
    via = response.via[0] if response.via else None
    seen = (unquote(uri.user or ""), _host(via.received or via.host), seconds(via.rport, 0)) if via else None
    return lambda contact: place(contact.uri)[1:4] == seen


def _stale(contacts: list[Address], ours: Rule, same_phone: Rule, host: str) -> tuple[str, ...]:
    """Only where our own is told from the others: one that a NAT rewrote could be any of them.

    And only at our own address: at another there may be a living phone that was given the same instance.
    """
    if not any(ours(contact) for contact in contacts):
        return ()
    same_host = [contact for contact in contacts if _host(contact.uri.host) == host]
    return tuple(stringify_uri(c.uri) for c in same_host if same_phone(c) and not ours(c))[:MOST_STALE]


def _host(host: str) -> str:
    return host.lower().strip("[]")
