"""Reading SIP messages, strictly (RFC 3261 sections 7 and 18.3), and all that others need of them.

What can still be answered is a BadRequest with the answer's status; what cannot is a SipMessageError, and is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from aiosipua.headers import Address, CSeq, SipUri, Via, prettify_header_name

from phone_recorder.errors import SipMessageError
from phone_recorder.sip.messages.address import (
    SIP_SCHEMES,
    TOKEN,
    parse_address,
    parse_uri,
    parse_via,
    split,
    stringify_address,
    stringify_uri,
    stringify_via,
    user_of,
)
from phone_recorder.sip.messages.message_types import (
    LISTS,
    REASONS,
    BadRequest,
    Message,
    Request,
    Response,
    Tokens,
    addresses,
    reason_of,
    response_to,
    set_values,
    tag_of,
    token,
)
from phone_recorder.wire.printable import printable

__all__ = [
    "MAX_MESSAGE",
    "REASONS",
    "Address",
    "BadRequest",
    "CSeq",
    "Message",
    "Request",
    "Response",
    "SipUri",
    "Tokens",
    "Via",
    "addresses",
    "parse",
    "parse_address",
    "parse_uri",
    "parse_via",
    "reason_of",
    "response_to",
    "stringify_address",
    "stringify_uri",
    "stringify_via",
    "tag_of",
    "token",
    "user_of",
]

MAX_MESSAGE = 65535
"""Bytes: as many as a datagram can have."""
MAX_HEADERS = 256
MAX_VALUES = 256
"""In one list: each of them costs time."""
MAX_HOPS = 64
"""Vias, and routes: a message that has come through more has gone in circles (RFC 3261 section 8.1.1.6)."""
MAX_CSEQ = 2**32 - 1
"""RFC 3261 section 8.1.1.5 has 2**31 - 1; section 20.16 leaves all 32 bits."""

_LENGTH = re.compile("[0-9]{1,10}")
_METHOD = re.compile(TOKEN)
_VERSION = re.compile(r"SIP/([0-9]+\.[0-9]+)", re.I)
_STATUS_LINE = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: (.*))?", re.I)
_HEADER = re.compile(rf"({TOKEN})[ \t]*:([^\r]*)")
_FOLD = re.compile(r"\r?\n[ \t]+")
_LINE_END = re.compile(r"\r?\n")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_COMPACT = {
    "a": "Accept-Contact",
    "b": "Referred-By",
    "c": "Content-Type",
    "d": "Request-Disposition",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "j": "Reject-Contact",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "o": "Event",
    "r": "Refer-To",
    "s": "Subject",
    "t": "To",
    "u": "Allow-Events",
    "v": "Via",
    "x": "Session-Expires",
}
"""The registry of RFC 3261 section 7.3.3 and what came after it."""
_ONCE = ("from", "to", "call-id", "cseq", "max-forwards", "content-type")
_ADDRESSES = ("from", "to", "contact", "route", "record-route")
_MOST = {"via": MAX_HOPS, "route": MAX_HOPS, "record-route": MAX_HOPS}
_MUST = ("via", "from", "to", "call-id", "cseq")
"""Without these a request cannot be answered, nor a response be told whose it is."""

Fault = tuple[int, str]
"""What is wrong with a message, as the answer's status and reason."""


def parse(data: bytes, datagram: bool = True) -> Message:
    """One whole message. What follows the body of a datagram is cut off; a stream's must have a Content-Length.

    BadRequest: it can be answered. SipMessageError: it cannot. Nothing else is ever raised.
    """
    if len(data) > MAX_MESSAGE:
        raise SipMessageError(f"a message of {len(data)} bytes is more than {MAX_MESSAGE}")
    head, *rest = _END_OF_HEAD.split(data.lstrip(b"\r\n"), maxsplit=1)
    start, *lines = _LINE_END.split(_FOLD.sub(" ", head.decode("utf-8", "replace")))
    message, faults = _started(start)
    faults += _fill(message, lines)
    faults += [] if rest else [(400, "No Empty Line After Headers")]
    faults += _take_body(message, rest[0] if rest else b"", datagram)
    faults += [fault for check in _CHECKS for fault in check(message)]
    if not faults:
        return message
    if isinstance(message, Request) and _answerable(message):
        raise BadRequest(message, *faults[0])
    raise SipMessageError(f"{printable(start)!r}: {faults[0][1]}")


def _started(line: str) -> tuple[Message, list[Fault]]:
    if match := _STATUS_LINE.fullmatch(line):
        return Response(status_code=int(match[1]), reason_phrase=match[2] or ""), []
    method, _, rest = line.rstrip(" ").partition(" ")
    uri, _, version = rest.rpartition(" ")
    if not (_METHOD.fullmatch(method) and _VERSION.fullmatch(version) and uri):
        raise SipMessageError(f"{printable(line)!r} starts no SIP message")
    request = Request(method=method, uri=uri.strip(" "))
    return request, list(_start_faults(line, request, version))


def _start_faults(line: str, request: Request, version: str) -> Iterator[Fault]:
    if version.upper() != "SIP/2.0":
        yield 505, REASONS[505]
    if line != f"{request.method} {request.uri} {version}":
        yield 400, "Spaces In Request-Line"
    try:
        uri = parse_uri(request.uri)
    except SipMessageError:
        yield 400, "Malformed Request-URI"
        return
    if uri.headers and uri.scheme in SIP_SCHEMES:
        yield 400, "Headers In Request-URI"


def _fill(message: Message, lines: list[str]) -> list[Fault]:
    """Put the lines into the message's headers; what is wrong with them."""
    matches = [_HEADER.fullmatch(line) for line in lines[:MAX_HEADERS] if line]
    for match in filter(None, matches):
        name = _COMPACT.get(match[1].lower(), match[1])
        values = split(match[2], ",") if name.lower() in LISTS else [match[2].strip()]
        # One too many is enough to know, and to refuse.
        for value in values[: _room(message, name)]:
            message.add_header(name, value)
    if len(lines) > MAX_HEADERS:
        return [(400, "Too Many Headers")]
    return [(400, "Malformed Header")] if None in matches else []


def _room(message: Message, name: str) -> int:
    """How many more values that header may get; there is always room for one too many."""
    return max(0, _MOST.get(name.lower(), MAX_VALUES) + 1 - len(message.headers.get(name)))


def _take_body(message: Message, body: bytes, datagram: bool) -> list[Fault]:
    """Give the message its body, as long as Content-Length says (RFC 3261 section 18.3)."""
    lengths = set(message.headers.get("content-length"))
    if not lengths and datagram:
        message.body = body
        return []
    if len(lengths) != 1:
        return [(400, "More Than One Content-Length" if lengths else "No Content-Length")]
    if not all(map(_LENGTH.fullmatch, lengths)):
        return [(400, "Malformed Content-Length")]
    length = message.content_length
    message.body = body[:length]
    return [(400, "Body Shorter Than Content-Length")] if len(body) < length else []


def _missing(message: Message) -> Iterator[Fault]:
    yield from ((400, f"Missing {prettify_header_name(name)}") for name in _MUST if not message.get_header(name))


def _repeated(message: Message) -> Iterator[Fault]:
    yield from (
        (400, f"More Than One {prettify_header_name(name)}") for name in _ONCE if len(message.headers.get(name)) > 1
    )


def _too_many(message: Message) -> Iterator[Fault]:
    for name, values in message.headers.items():
        if len(values) > _MOST.get(name.lower(), MAX_VALUES):
            yield 400, f"Too Many Values Of {prettify_header_name(name)}"


def _bad_addresses(message: Message) -> Iterator[Fault]:
    for name in _ADDRESSES:
        values = message.headers.get(name)
        # A registrar's answer lists the bindings of others too, and `*` is all of them (RFC 3261 section 10.2.2).
        excused = name == "contact" and (isinstance(message, Response) or values == ["*"])
        if len(addresses(message, name)) < len(values) and not excused:
            yield 400, f"Malformed {prettify_header_name(name)}"


def _bad_via(message: Message) -> Iterator[Fault]:
    if len(message.via) < len(message.headers.get("via")):
        yield 400, "Malformed Via"


def _bad_call_id(message: Message) -> Iterator[Fault]:
    if re.search(r"\s", message.call_id or ""):
        yield 400, "Malformed Call-ID"


def _bad_cseq(message: Message) -> Iterator[Fault]:
    cseq = message.cseq
    if not cseq or cseq.seq > MAX_CSEQ:
        yield 400, "Malformed CSeq"
    elif isinstance(message, Request) and cseq.method != message.method:
        yield 400, "CSeq Of Another Method"


_CHECKS: tuple[Callable[[Message], Iterator[Fault]], ...] = (
    _missing,
    _too_many,
    _repeated,
    _bad_addresses,
    _bad_via,
    _bad_call_id,
    _bad_cseq,
)


def _answerable(request: Request) -> bool:
    """Whether an answer would arrive and be known for one; its Vias are then such as can be read."""
    if len(request.headers.get("via")) > MAX_HOPS:
        return False
    # An empty parameter, or an empty Via, does not hide where the answer goes.
    mended = [";".join(filter(None, split(via, ";"))) for via in request.headers.get("via")]
    vias = list(filter(None, mended))
    set_values(request.headers, "Via", vias)
    return len(request.via) == len(vias) and request.cseq is not None and all(map(request.get_header, _MUST))
