"""A request of ours, from its first copy to its answer (RFC 3261 sections 17.1 and 9.1, RFC 6026)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from phone_recorder.errors import SipError, SipTimeout, SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request, Response
from phone_recorder.sip.transaction.machine import Clock, Machine
from phone_recorder.sip.transaction.states import CLIENT_INVITE, CLIENT_OTHER, Action, Event, Kind


class ClientListener(Protocol):
    """Whoever sent the request."""

    def response(self, response: Response) -> None:
        """Each provisional answer, 100 too; the final one; of INVITE each 2xx, its copies and those of other forks too.

        A final answer other than 2xx to INVITE has been acknowledged already; a 2xx never is: that is for the listener.
        """

    def failed(self, error: SipError) -> None:
        """Once, instead of a final answer: SipTimeout, SipUnreachable."""


@dataclass(frozen=True, slots=True)
class ClientEnds:
    """What a transaction has of the layer: `send` to a hop, `cancel` with a CANCEL, and `ended`."""

    send: Callable[[bytes, Hop], None]
    cancel: Callable[[Request, Hop], None]
    ended: Callable[[], None]


class ClientTransaction:
    """`request` is what was sent, Via and all, to `hop`."""

    def __init__(self, request: Request, hop: Hop, listener: ClientListener, clock: Clock, ends: ClientEnds) -> None:
        self.request = request
        self.hop = hop
        self._data = bytes(request)
        self._ack = b""
        self._listener = listener
        self._ends = ends
        self._machine = Machine(kind_of(request), clock, hop.reliable, self._happened, ends.ended)

    def start(self) -> None:
        """Send the first copy."""
        self._ends.send(self._data, self.hop)

    def cancel(self) -> None:
        """Send CANCEL, now or as soon as a provisional answer came. Nothing if the final one came, or if not an INVITE.

        A 487, or whatever final answer crosses the CANCEL, then comes as `response`; if none comes, SipTimeout.
        """
        self._happened(Event.CANCEL)

    def received(self, response: Response) -> None:
        """An answer that is this transaction's."""
        match self._machine.turn(answer_event(response.status_code)):
            case Action.PASS_AND_ACK:
                self._ack = bytes(ack_of(self.request, response))
                self._ends.send(self._ack, self.hop)
                self._listener.response(response)
            case Action.PASS_AND_CANCEL:
                self._ends.cancel(self.request, self.hop)
                self._listener.response(response)
            case Action.PASS:
                self._listener.response(response)
            case Action.ACK:
                self._ends.send(self._ack, self.hop)

    def broken(self, error: SipUnreachable) -> None:
        """Nothing can be sent to the hop any more."""
        if self._machine.turn(Event.BROKEN) is Action.UNREACHABLE:
            self._listener.failed(error)

    def _happened(self, event: Event) -> None:
        """A timer fired, or the user cancels."""
        match self._machine.turn(event):
            case Action.REPEAT_DOUBLED | Action.REPEAT_DOUBLED_TO_T2 | Action.REPEAT_EACH_T2:
                self._ends.send(self._data, self.hop)
            case Action.CANCEL:
                self._ends.cancel(self.request, self.hop)
            case Action.UNANSWERED:
                self._listener.failed(SipTimeout(f"{self.hop} does not answer {self.request.method}"))


def kind_of(request: Request) -> Kind:
    """The tables that its transaction follows."""
    return CLIENT_INVITE if request.method == "INVITE" else CLIENT_OTHER


def answer_event(status: int) -> Event:
    """What an answer is to a transaction."""
    if status < 200:
        return Event.PROVISIONAL
    return Event.SUCCESS if status < 300 else Event.REFUSAL


def ack_of(request: Request, response: Response) -> Request:
    """The ACK of a final answer other than 2xx: the INVITE's Via, the answer's To (RFC 3261 section 17.1.1.3)."""
    ack = cancel_of(request, "ACK")
    ack.set_header("To", response.get_header("to") or "")
    return ack


def cancel_of(request: Request, method: str = "CANCEL") -> Request:
    """The CANCEL of an INVITE that was sent: all that tells whose it is, and nothing more (RFC 3261 section 9.1)."""
    made = Request(method=method, uri=request.uri)
    for name in ("Via", "Route", "From", "To", "Call-ID"):
        for value in request.headers.get(name):
            made.add_header(name, value)
    number = request.cseq.seq if request.cseq else 0
    made.set_header("CSeq", f"{number} {method}")
    made.set_header("Max-Forwards", request.get_header("max-forwards") or "70")
    return made
