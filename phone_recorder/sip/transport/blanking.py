"""SIP messages with what must stay secret blanked: credentials, keys of media, passwords in URIs.

User names stay. The values are overwritten whatever their syntax: what is not understood is blanked whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BLANK = b"***"
_FILL = b"A"
"""For a body, letter by letter: a reader that takes it for base64 is not to stumble."""

_SECRET_HEADERS = (
    b"authorization",
    b"proxy-authorization",
    b"authentication-info",
    b"proxy-authentication-info",
)
_USER_NAMES = (b"username", b"username*")
_PARAMETERS = (
    *_USER_NAMES,
    *(b"realm", b"nonce", b"uri", b"response", b"algorithm", b"cnonce", b"opaque", b"qop", b"nc", b"userhash"),
    *(b"nextnonce", b"rspauth"),
)
"""Names that say nothing (RFC 7616 sections 3.4 and 3.5). What stands in the place of another may be a secret."""

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n|\r\r")
_FIELD = re.compile(rb"[^\r\n]*(?:(?:\r\n|\r|\n)[ \t]+[^\r\n]*)*+(?:\r\n|\r|\n|\Z)")
"""A header field with its folded lines. Bare line ends count too: another reader might take them for line ends."""
_FOLD = re.compile(rb"[\r\n\t]+")
_PART = re.compile(rb'(?:"(?:[^"\\]|\\.)*+"?+|[^",]++)++', re.DOTALL)
"""What stands between commas that are not in quotes."""
_URI_PASSWORD = re.compile(rb"(sips?:[^@:;?\s<>\"]{0,128}:)[^@\s<>\"]{1,128}(?=@)", re.IGNORECASE)
_BODY_SECRET = re.compile(
    rb"^(a=crypto:(?:\d{1,9} \w{1,40} inline:)?|(?:a=key-mgmt|a=ice-pwd|k)[:=]|(?:proxy-)?authorization[ \t]*:)"
    rb"([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*+)",
    re.IGNORECASE | re.MULTILINE,
)
"""Keys of media: RFC 4568, RFC 4567, RFC 8839, RFC 8866 section 5.12; and a message in a message."""


def blanked(message: bytes) -> bytes:
    """The message without secrets. Its body keeps its length, which the head tells of."""
    end = _END_OF_HEAD.search(message)
    split = end.end() if end else len(message)
    head = b"".join(_field(field) for field in _FIELD.findall(message[:split]))
    body = _BODY_SECRET.sub(lambda found: found[1] + _FILL * len(found[2]), message[split:])
    return _URI_PASSWORD.sub(rb"\1" + BLANK, head) + body


def _field(field: bytes) -> bytes:
    name, colon, value = field.partition(b":")
    if name.strip().lower() not in _SECRET_HEADERS:
        return field
    has_scheme = not name.strip().lower().endswith(b"info")
    return name + colon + b" " + (_digest(value) if has_scheme else b", ".join(_parts(value))) + b"\r\n"


def _digest(value: bytes) -> bytes:
    """Of another scheme nothing is shown."""
    scheme, _, parameters = _FOLD.sub(b" ", value).strip().partition(b" ")
    return scheme + b" " + b", ".join(_parts(parameters)) if scheme.lower() == b"digest" else BLANK


def _parts(text: bytes) -> Iterator[bytes]:
    for part in _PART.findall(_FOLD.sub(b" ", text)):
        name, equals, value = (piece.strip() for piece in part.partition(b"="))
        known = equals and name.lower() in _PARAMETERS
        shown = value if name.lower() in _USER_NAMES else b'"' + BLANK + b'"'
        if part.strip():
            yield name + b"=" + shown if known else BLANK
