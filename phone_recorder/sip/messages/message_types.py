"""Requests and responses as values: their headers, and the answer to a request (RFC 3261 sections 7.3, 8.2.6)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from aiosipua.headers import Address, CaseInsensitiveDict, CSeq, Via
from aiosipua.message import SipMessage, SipRequest, SipResponse

from phone_recorder.errors import SipMessageError
from phone_recorder.sip.messages.address import TOKEN, parse_address, parse_via, stringify_address, stringify_via
from phone_recorder.wire.printable import printable

LISTS = frozenset(
    {
        *("via", "contact", "route", "record-route", "path", "service-route", "p-asserted-identity", "in-reply-to"),
        *("allow", "allow-events", "supported", "require", "proxy-require", "unsupported"),
        *("accept", "accept-encoding", "accept-language"),
    }
)
"""Headers whose values may stand together in one line, between commas."""

REASONS = {
    100: "Trying",
    180: "Ringing",
    181: "Call Is Being Forwarded",
    182: "Queued",
    183: "Session Progress",
    200: "OK",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Moved Temporarily",
    305: "Use Proxy",
    380: "Alternative Service",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    421: "Extension Required",
    422: "Session Interval Too Small",
    423: "Interval Too Brief",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    483: "Too Many Hops",
    484: "Address Incomplete",
    485: "Ambiguous",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    493: "Undecipherable",
    500: "Server Internal Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    504: "Server Time-out",
    505: "Version Not Supported",
    513: "Message Too Large",
    600: "Busy Everywhere",
    603: "Decline",
    604: "Does Not Exist Anywhere",
    606: "Not Acceptable",
}
"""RFC 3261 section 21, RFC 4028 section 6."""

_Value = TypeVar("_Value")

Tokens = Callable[[], str]
"""Gives a new token at each call; none twice, none to be guessed."""


def token() -> str:
    """64 random bits in hex, for a tag, a branch or a Call-ID."""
    return secrets.token_hex(8)


class _Accessors(SipMessage):
    """The headers as values. None of them raises: what cannot be read is not there."""

    @property
    def via(self) -> list[Via]:
        return list(_readable(parse_via, self.headers.get("via")))

    @via.setter
    def via(self, vias: list[Via]) -> None:
        set_values(self.headers, "Via", map(stringify_via, vias))

    @property
    def top_via(self) -> Via:
        """The first Via; of a message that was parsed there is one that can be read."""
        return next(_readable(parse_via, self.headers.get("via")[:1]), Via())

    @property
    def from_addr(self) -> Address | None:
        return next(iter(addresses(self, "from")), None)

    @from_addr.setter
    def from_addr(self, address: Address) -> None:
        self.headers.set_single("From", stringify_address(address))

    @property
    def to_addr(self) -> Address | None:
        return next(iter(addresses(self, "to")), None)

    @to_addr.setter
    def to_addr(self, address: Address) -> None:
        self.headers.set_single("To", stringify_address(address))

    @property
    def contact(self) -> list[Address]:
        return addresses(self, "contact")

    @contact.setter
    def contact(self, contacts: list[Address]) -> None:
        set_values(self.headers, "Contact", map(stringify_address, contacts))

    @property
    def cseq(self) -> CSeq | None:
        match = _CSEQ.fullmatch(self.headers.get_first("cseq", "") or "")
        return CSeq(int(match[1]), match[2]) if match else None

    @cseq.setter
    def cseq(self, cseq: CSeq) -> None:
        self.headers.set_single("CSeq", f"{cseq.seq} {cseq.method}")

    @property
    def content_length(self) -> int:
        length = self.headers.get_first("content-length", "") or ""
        return int(length) if _NUMBER.fullmatch(length) else 0

    @content_length.setter
    def content_length(self, length: int) -> None:
        self.headers.set_single("Content-Length", str(length))


class Request(_Accessors, SipRequest):
    """A request. `bytes()` gives it as it is sent, with its Content-Length."""


class Response(_Accessors, SipResponse):
    """A response. `bytes()` gives it as it is sent, with its Content-Length."""


Message = Request | Response


class BadRequest(SipMessageError):
    """A request that cannot be taken, but can be answered, with `status` and `reason`."""

    def __init__(self, request: Request, status: int, reason: str) -> None:
        super().__init__(f"{printable(request.method)}: {reason}")
        self.request, self.status, self.reason = request, status, reason


_CSEQ = re.compile(rf"([0-9]{{1,64}})\s++({TOKEN})")
_NUMBER = re.compile("[0-9]{1,10}")


def response_to(request: Request, status: int, reason: str = "", to_tag: str = "") -> Response:
    """The answer, without body or Contact (RFC 3261 section 8.2.6); `to_tag` where the request's To has no tag."""
    response = Response(status_code=status, reason_phrase=reason or reason_of(status))
    for name in _copied(request, status):
        for value in request.headers.get(name)[: None if name.lower() in LISTS else 1]:
            response.add_header(name, value)
    to = request.to_addr
    if to_tag and to and not tag_of(to):
        response.set_header("To", f"{request.get_header('to')};tag={to_tag}")
    return response


def reason_of(status: int) -> str:
    """The reason phrase of a status; of one that is unknown, that of its class (RFC 3261 section 8.1.3.2)."""
    return REASONS.get(status) or REASONS.get(status // 100 * 100, "")


def tag_of(address: Address | None) -> str:
    """The address's tag, or nothing."""
    return (address.tag if address else None) or ""


def addresses(message: SipMessage, name: str) -> list[Address]:
    """A header's addresses, in order, as far as they can be read: of `route`, `record-route`, `contact`, any."""
    return list(_readable(parse_address, message.headers.get(name)))


def _copied(request: Request, status: int) -> Iterator[str]:
    yield from ("Via", "From", "To", "Call-ID", "CSeq")
    if status == 100:
        yield "Timestamp"
    if request.method == "INVITE" and 100 < status < 300:
        yield "Record-Route"


def _readable(read: Callable[[str], _Value], values: list[str]) -> Iterator[_Value]:
    for value in values:
        try:
            yield read(value)
        except SipMessageError:
            # That it is malformed was said, or excused, when the message was parsed.
            continue


def set_values(headers: CaseInsensitiveDict, name: str, values: Iterable[str]) -> None:
    """Give a header these values, and no others."""
    headers.remove(name)
    for value in values:
        headers.append(name, value)
