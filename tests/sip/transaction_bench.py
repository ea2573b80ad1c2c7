"""One transaction layer on virtual time, a wire that only writes down what is sent, and a peer that is text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from phone_recorder.errors import SipError, SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request, Response, parse, response_to
from phone_recorder.sip.timers import VirtualTimers
from phone_recorder.sip.transaction.layer import ServerTransaction, TransactionLayer
from tests.sip.virtual_wire import summary

PEER = Hop("UDP", "192.0.2.9", 5060)
PEER_TCP = Hop("TCP", "192.0.2.9", 5060)
US = ("192.0.2.1", 5070)
VIA_TCP = "SIP/2.0/TCP 192.0.2.9:5060"
END = ("Content-Length: 0", "", "")


def numbered_tokens(word: str) -> Callable[[], str]:
    """`a1`, `a2` and so on."""
    numbers = count(1)
    return lambda: f"{word}{next(numbers)}"


@dataclass(frozen=True, slots=True)
class Sent:
    """What left, when, and where to."""

    at: float
    data: bytes
    hop: Hop

    @property
    def message(self) -> Request | Response:
        return parse(self.data)


class Listener:
    """Writes down what a client transaction tells: `180`, `SipTimeout`."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.responses: list[Response] = []
        self.errors: list[SipError] = []

    def response(self, response: Response) -> None:
        self.heard.append(str(response.status_code))
        self.responses.append(response)

    def failed(self, error: SipError) -> None:
        self.heard.append(type(error).__name__)
        self.errors.append(error)


class Bench:
    """Wire and user of a layer."""

    def __init__(self, tokens: str = "token") -> None:
        self.timers = VirtualTimers()
        self.sent: list[Sent] = []
        self.requests: list[ServerTransaction] = []
        self.acks: list[tuple[Request, Hop]] = []
        self.cancels: list[ServerTransaction] = []
        self.breaks: list[tuple[Hop, SipUnreachable]] = []
        self.layer = TransactionLayer(self, self.timers, numbered_tokens(tokens))
        self.layer.user = self

    def send(self, data: bytes, hop: Hop) -> None:
        self.sent.append(Sent(round(self.timers.now(), 6), data, hop))

    def local(self, hop: Hop) -> tuple[str, int]:
        return US

    def request(self, transaction: ServerTransaction) -> None:
        self.requests.append(transaction)

    def ack(self, request: Request, source: Hop) -> None:
        self.acks.append((request, source))

    def cancelled(self, transaction: ServerTransaction) -> None:
        self.cancels.append(transaction)

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        self.breaks.append((hop, error))

    def hear(self, data: bytes, source: Hop = PEER) -> None:
        """The peer has sent this."""
        self.layer.received(data, source)

    def story(self) -> list[str]:
        """All that was sent since the last look: `0.5 INVITE`."""
        told = [f"{sent.at:g} {summary(sent.data)}" for sent in self.sent]
        self.sent.clear()
        return told

    def at_rest(self) -> bool:
        """Whether nothing is left, neither transaction nor timer."""
        return (self.layer.running, self.timers.waiting) == (0, 0)


def ours(method: str, *headers: str, body: bytes = b"") -> Request:
    """A request to be sent, without its Via."""
    lines = (
        f"{method} sip:200@192.0.2.9 SIP/2.0",
        "Via: SIP/2.0/UDP 0.0.0.0;branch=z9hG4bKtobereplaced",
        "Max-Forwards: 69",
        "Route: <sip:192.0.2.9;lr>",
        "From: <sip:100@192.0.2.9>;tag=we",
        "To: <sip:200@192.0.2.9>",
        "Call-ID: ours",
        f"CSeq: 7 {method}",
        *headers,
    )
    request = parse("\r\n".join((*lines, "", "")).encode() + body)
    assert isinstance(request, Request)
    return request


def answer(request: bytes, status: int, *headers: str, tag: str = "they") -> bytes:
    """A peer's answer to what was sent, made from its text."""
    head = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    copied = [line for line in head if line.startswith(("Via:", "From:", "Call-ID:", "CSeq:"))]
    to = next(line for line in head if line.startswith("To:"))
    return "\r\n".join((f"SIP/2.0 {status} Said", *copied, f"{to};tag={tag}", *headers, *END)).encode()


def theirs(
    method: str,
    branch: str = ";branch=z9hG4bKtheirs",
    *,
    via: str = "SIP/2.0/UDP 192.0.2.9:5060",
    to_tag: str = "",
    number: int = 1,
    call_id: str = "theirs",
    extra: tuple[str, ...] = (),
) -> bytes:
    """A peer's request. `branch` is all that stands behind the address in its Via."""
    lines = (
        f"{method} sip:100@192.0.2.1 SIP/2.0",
        f"Via: {via}{branch}",
        "From: <sip:200@192.0.2.9>;tag=they",
        f"To: <sip:100@192.0.2.1>{';tag=' if to_tag else ''}{to_tag}",
        f"Call-ID: {call_id}",
        f"CSeq: {number} {method}",
        *extra,
    )
    return "\r\n".join((*lines, *END)).encode()


def respond(transaction: ServerTransaction, status: int, tag: str = "we") -> None:
    """What a user does."""
    transaction.respond(response_to(transaction.request, status, to_tag=tag))


def taken(method: str, hop: Hop = PEER) -> tuple[Bench, ServerTransaction, bytes]:
    """A request has just come: the bench, its transaction, its bytes."""
    bench = Bench()
    data = theirs(method, via=f"SIP/2.0/{hop.transport} 192.0.2.9:5060")
    bench.hear(data, hop)
    return bench, bench.requests[0], data
