"""The lower half of the strict peer: it answers, repeats, challenges, and writes down whatever is not as it has to be.

It shares no code with the program but `Hop` and `Timers`. On a VirtualPort it runs in no time, on StrictSockets live.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.timers import Timer, Timers
from tests.sip.raw_message import RawMessage, answer
from tests.sip.strict_digest import Challenger

T1, T2 = 0.5, 4.0
COPIES = 7
"""So often a final answer to an INVITE is sent until its ACK comes, or a request until its answer; then a complaint."""
CREDENTIALS = ("authorization", "proxy-authorization")
Handler = Callable[[RawMessage, Hop], None]


class Port(Protocol):
    """A VirtualPort, or StrictSockets."""

    host: str
    port: int

    def send(self, data: bytes, hop: Hop) -> None: ...


@dataclass
class Repeated:
    """What is sent again and again until something comes."""

    data: bytes
    hop: Hop
    timer: Timer | None = None
    sent: int = 0


@dataclass
class Seen:
    """A request of the phone, and what was answered last."""

    data: bytes
    request: RawMessage
    answered: bytes = b""
    final: int = 0
    repeating: Repeated | None = None


@dataclass
class StrictServer:
    """Give it `handlers`, a method each; each gets a request that passed, once, and calls `reply`."""

    port: Port
    timers: Timers
    challengers: list[Challenger] = field(default_factory=list)
    handlers: dict[str, Handler] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    requests: list[RawMessage] = field(default_factory=list)
    """All that passed, ACKs too, no repetition."""

    def __post_init__(self) -> None:
        self._seen: dict[tuple[str, str], Seen] = {}
        self._waiting: dict[tuple[str, str], tuple[Repeated, Callable[[RawMessage], None]]] = {}
        self._last_cseq: dict[tuple[str, str], int] = {}
        self._numbers = count(1)

    def token(self) -> str:
        return f"s{next(self._numbers)}"

    def received(self, data: bytes, source: Hop) -> None:
        if not data.strip():
            return
        try:
            message = RawMessage.parse(data)
        except (ValueError, UnicodeDecodeError) as error:
            self.complain(f"unreadable: {error}")
            return
        if message.status:
            self._answer_came(message)
        else:
            self._request_came(data, message, source)

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        """A connection that the phone has ended is its own affair."""

    def complain(self, text: str) -> None:
        self.complaints.append(text)

    @property
    def all_complaints(self) -> list[str]:
        return [*self.complaints, *(c for challenger in self.challengers for c in challenger.complaints)]

    def reply(
        self, request: RawMessage, source: Hop, status: int, *headers: tuple[str, str], body: bytes = b"", tag: str = ""
    ) -> None:
        """Answer; a final answer to an INVITE is repeated until its ACK comes."""
        response = answer(request, status, "", tag or self.token(), *headers)
        response.body = body
        name, via = response.headers[0]
        seen_from = f";received={source.host};rport={source.port}"
        response.headers[0] = name, re.sub(r";rport(?=;|$)", seen_from, via, count=1)
        seen = self._seen[_key(request)]
        seen.answered, seen.final = bytes(response), status if status >= 200 else seen.final
        if seen.final and request.method == "INVITE" and (status < 300 or not source.reliable):
            seen.repeating = Repeated(seen.answered, source)
            self._repeat(seen.repeating, f"no ACK for {status}")
        else:
            self.port.send(seen.answered, source)

    def request(self, message: RawMessage, hop: Hop, done: Callable[[RawMessage], None]) -> None:
        """Send a request of our own; `done` gets each answer. It is repeated until one comes. A CANCEL has its Via."""
        if message.method != "CANCEL":
            via = f"SIP/2.0/{hop.transport} {self.port.host}:{self.port.port};branch=z9hG4bK{self.token()};rport"
            message.headers.insert(0, ("Via", via))
        sending = Repeated(bytes(message), hop)
        self._waiting[_key(message)] = sending, done
        self._repeat(sending, f"no answer to {message.method}", once=hop.reliable)

    def send_ack(self, ack: RawMessage, hop: Hop) -> None:
        """The ACK of a 2xx, once; with its Via, the same again."""
        if not ack.get("via"):
            branch = f"z9hG4bK{self.token()}"
            ack.headers.insert(0, ("Via", f"SIP/2.0/{hop.transport} {self.port.host}:{self.port.port};branch={branch}"))
        self.port.send(bytes(ack), hop)

    def acknowledge(self, invite: RawMessage, response: RawMessage, hop: Hop) -> None:
        """The ACK of an answer of 300 or more: the INVITE's own Via, the answer's To."""
        kept = [(n, v) for n, v in invite.headers if n in ("Via", "From", "Call-ID", "Max-Forwards")]
        cseq = ("CSeq", f"{invite.cseq[0]} ACK")
        self.port.send(bytes(RawMessage(f"ACK {invite.uri} SIP/2.0", [*kept, ("To", response.get("to")), cseq])), hop)

    def _answer_came(self, response: RawMessage) -> None:
        waiting = self._waiting.get(_key(response))
        if waiting is None:
            self.complain(f"an answer to nothing: {response.start}")
            return
        sending, done = waiting
        if sending.timer and (response.status >= 200 or response.method == "INVITE"):
            sending.timer.cancel()
        done(response)

    def _request_came(self, data: bytes, request: RawMessage, source: Hop) -> None:
        if request.method == "ACK":
            self._ack_came(request, source)
            return
        before = self._seen.get(_key(request))
        if before:
            if before.data != data:
                self.complain(f"another {request.method} of the same branch")
            if before.answered:
                self.port.send(before.answered, source)
            return
        self._seen[_key(request)] = Seen(data, request)
        self._check(request, source)
        for challenger in self.challengers:
            if refusal := challenger.refusal(request):
                self.reply(request, source, refusal[0], (challenger.header, refusal[1]))
                return
        self._handle(request, source)

    def _handle(self, request: RawMessage, source: Hop) -> None:
        self.requests.append(request)
        handler = self.handlers.get(request.method)
        if handler:
            handler(request, source)
        else:
            self.reply(request, source, 405, ("Allow", ", ".join(self.handlers)))

    def _ack_came(self, ack: RawMessage, source: Hop) -> None:
        invites = [
            seen
            for seen in self._seen.values()
            if seen.request.method == "INVITE" and seen.request.get("call-id") == ack.get("call-id")
            if seen.request.cseq[0] == ack.cseq[0] and seen.repeating
        ]
        for seen in invites:
            same = ack.param_of_via("branch") == seen.request.param_of_via("branch")
            if same != (seen.final >= 300):
                self.complain(f"the branch of the ACK of a {seen.final} is {'' if same else 'not '}the INVITE's")
            if seen.final < 300 and any(ack.all(name) != seen.request.all(name) for name in CREDENTIALS):
                self.complain("the ACK has other credentials than its INVITE")
            self._acknowledged(seen, ack, source)
        if not invites and not source.reliable:
            self.complain("an ACK of nothing")

    def _acknowledged(self, seen: Seen, ack: RawMessage, source: Hop) -> None:
        timer = seen.repeating.timer if seen.repeating else None
        if not timer or not seen.repeating:
            return
        timer.cancel()
        seen.repeating.timer = None
        if seen.final < 300:
            self.requests.append(ack)
            self.handlers.get("ACK", _nothing)(ack, source)

    def _check(self, request: RawMessage, source: Hop) -> None:
        via = request.get("via")
        dialog = request.get("call-id"), request.param("from", "tag")
        number, method = request.cseq
        last = self._last_cseq.get(dialog, -1)
        self._last_cseq[dialog] = max(last, number)
        wrong = {
            "Via": not via.startswith(f"SIP/2.0/{source.transport} "),
            "branch": not request.param_of_via("branch").startswith("z9hG4bK"),
            "rport": ";rport" not in via,
            "Max-Forwards": not request.get("max-forwards").isdigit(),
            "From tag": not dialog[1],
            "To": "<" not in request.get("to"),
            "Call-ID": not dialog[0],
            "Contact": request.method in ("INVITE", "REGISTER") and not request.get("contact"),
            "CSeq method": method != request.method,
            f"CSeq {number} after {last}": number <= last if method != "CANCEL" else number != last,
        }
        for what, bad in wrong.items():
            if bad:
                self.complain(f"{request.method}: {what}")

    def _repeat(self, sending: Repeated, complaint: str, once: bool = False) -> None:
        self.port.send(sending.data, sending.hop)
        sending.sent += 1
        again = min(T1 * 2 ** (sending.sent - 1), T2)
        if once or sending.sent >= COPIES:
            sending.timer = self.timers.call_later(32 if once else again, lambda: self.complain(complaint))
        else:
            sending.timer = self.timers.call_later(again, lambda: self._repeat(sending, complaint))


def _nothing(request: RawMessage, source: Hop) -> None:
    pass


def _key(message: RawMessage) -> tuple[str, str]:
    return message.param_of_via("branch"), message.method
