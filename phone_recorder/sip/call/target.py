"""Whom a user means by what was dialled: a number at the SIP server, or a SIP URI of somebody."""

from __future__ import annotations

import re
from urllib.parse import quote

from phone_recorder.errors import SipMessageError, UsageError
from phone_recorder.sip.account import USER_SAFE, Account
from phone_recorder.sip.messages.address import SIP_SCHEMES
from phone_recorder.sip.messages.message import SipUri, parse_uri, stringify_uri
from phone_recorder.wire.printable import printable

_PAUSES = re.compile(r"[ ().-]")
"""What people write into numbers to read them (RFC 3966 section 5.1.1)."""
_OTHER_SCHEME = re.compile(r"(?!sips?:)[a-z][a-z0-9+-]*:", re.A | re.IGNORECASE)
"""`mailto:bob@example.com`; a name and a password, which look the same, are not for a command line either."""
_NUMBER = re.compile(r"\+?[0-9*#]+", re.A)


def called(dialled: str, account: Account) -> str:
    """The URI of `1002`, `+44 20 7946 0000`, `*21#`, `bob`, `bob@example.com`, `sip:bob@192.0.2.9`; else UsageError."""
    text = dialled.strip()
    if text.lower().startswith("tel:"):
        text = text[4:].partition(";")[0]
    try:
        uri = parse_uri(_completed(text, account))
    except SipMessageError as error:
        raise UsageError(f"{printable(dialled)!r} is neither a number nor a SIP address") from error
    if uri.scheme not in SIP_SCHEMES or not uri.host or _OTHER_SCHEME.match(text):
        raise UsageError(f"{printable(dialled)!r} is neither a number nor a SIP address")
    if uri.headers:
        raise UsageError("an address with headers, behind a question mark, cannot be called")
    return stringify_uri(uri)


def _completed(text: str, account: Account) -> str:
    if text.lower().startswith(tuple(f"{scheme}:" for scheme in SIP_SCHEMES)):
        return text
    scheme = account.registrar.scheme if account.registrar else "sip"
    if "@" in text:
        return f"{scheme}:{text}"
    if not account.registrar:
        raise UsageError(f"without a SIP server {printable(text)!r} is to be called as sip:{printable(text)}@HOST")
    digits = _PAUSES.sub("", text)
    user = digits if _NUMBER.fullmatch(digits) else text
    return stringify_uri(SipUri(scheme, quote(user, safe=USER_SAFE), account.registrar.host, account.registrar.port))
