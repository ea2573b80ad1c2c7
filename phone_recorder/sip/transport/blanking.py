"""SIP messages with what must stay secret blanked: credentials, keys of media, passwords in URIs.

User names stay. The values are overwritten whatever their syntax: what is not understood is blanked whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

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
_USER_NAME = re.compile(rb"[-\w.!%*+`'~]+|\"(?:[^\"\\]|\\.)*+\"", re.DOTALL)
"""One token or quoted string (RFC 3261 section 25.1): where a comma is missing, more follows."""
_URI = re.compile(rb"[^\s<>\"]+")
"""What may be one; it is looked into apart, for what stands in a long one to be searched but once."""
_USER_OF_URI = re.compile(rb"sips?:[^:@]*:", re.IGNORECASE)
_HEADER_OF_URI = re.compile(rb"([?&](?:proxy-)?authorization=)([^&]*)", re.IGNORECASE)
"""RFC 3261 section 19.1.1."""
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
    body = _BODY_SECRET.sub(lambda found: found[1] + _filled(found[2]), message[split:])
    return _uris(head, lambda secret: BLANK) + _uris(body, _filled)


def _filled(secret: bytes) -> bytes:
    return _FILL * len(secret)


def _uris(text: bytes, blank: Callable[[bytes], bytes]) -> bytes:
    return _URI.sub(lambda found: _uri(found[0], blank), text)


def _uri(uri: bytes, blank: Callable[[bytes], bytes]) -> bytes:
    """Without its password, which goes on to the last `@`, and without what it wants in an Authorization."""
    uri = _HEADER_OF_URI.sub(lambda found: found[1] + blank(found[2]), uri)
    user, end = _USER_OF_URI.search(uri), uri.rfind(b"@")
    if user is None or end < user.end():
        return uri
    return uri[: user.end()] + blank(uri[user.end() : end]) + uri[end:]


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
        is_user = name.lower() in _USER_NAMES and _USER_NAME.fullmatch(value)
        shown = value if is_user else b'"' + BLANK + b'"'
        if part.strip():
            yield name + b"=" + shown if known else BLANK
