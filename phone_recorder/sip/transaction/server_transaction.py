"""A peer's request, from its first copy until none can come any more (RFC 3261 section 17.2, RFC 6026)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request, Response, response_to, tag_of
from phone_recorder.sip.transaction.client_transaction import answer_event
from phone_recorder.sip.transaction.machine import Clock, Machine
from phone_recorder.sip.transaction.states import SERVER_INVITE, SERVER_OTHER, Action, Event, Kind
from phone_recorder.sip.transaction.via import answer_hop, essence_of, other_answer_hop


@dataclass(frozen=True, slots=True)
class ServerEnds:
    """What a transaction has of the layer: `send` to a hop, `ack` for one that the user must see, and `ended`."""

    send: Callable[[bytes, Hop], None]
    ack: Callable[[Request, Hop], None]
    ended: Callable[[], None]


class ServerTransaction:
    """`request` is as it came, with `received` and `rport` in its Via, and when it is answered for good no more of it
    than answers need: what others have sent is not kept for half a minute. It came from `source`.

    `final` is the status of its final answer, 0 while there is none; `cancelled`: whether a CANCEL came before it.
    """

    def __init__(self, request: Request, source: Hop, clock: Clock, ends: ServerEnds) -> None:
        self.request = request
        self.source = source
        self.final = 0
        self.cancelled = False
        self._hop = answer_hop(request, source)
        self._other_hop = other_answer_hop(request, source)
        self.to_tag = ""
        """Ours in the last answer, or nothing."""
        self._data = b""
        self._ends = ends
        self._machine = Machine(_kind_of(request), clock, source.reliable, self._happened, ends.ended)

    def respond(self, response: Response) -> None:
        """Send an answer. After a final one nothing is sent, but for another 2xx, or that again, to INVITE."""
        event = answer_event(response.status_code)
        if self._machine.turn(event) is not Action.SEND:
            return
        self.to_tag, self._data = tag_of(response.to_addr), bytes(response)
        if event is not Event.PROVISIONAL:
            self.final, self.request = response.status_code, essence_of(self.request)
        self._ends.send(self._data, self._hop)

    def repeated(self) -> None:
        """Another copy of the request came."""
        self._happened(Event.REQUEST)

    def acknowledged(self, ack: Request, source: Hop) -> None:
        """An ACK came that bears the INVITE's branch."""
        if self._machine.turn(Event.ACK) is Action.PASS_ACK:
            self._ends.ack(ack, source)

    def broken(self, hop: Hop) -> None:
        """Nothing can be sent there any more. Answers then go over a new connection, to where the Via says."""
        if hop != self._hop:
            return
        if self._other_hop is None:
            self._machine.turn(Event.BROKEN)
            return
        self._hop, self._other_hop = self._other_hop, None
        if self.final:
            self._ends.send(self._data, self._hop)

    def _happened(self, event: Event) -> None:
        match self._machine.turn(event):
            case Action.REPEAT | Action.REPEAT_DOUBLED_TO_T2 if self._data:
                self._ends.send(self._data, self._hop)
            case Action.SEND_TRYING if not self._data:
                self.respond(response_to(self.request, 100))


def _kind_of(request: Request) -> Kind:
    return SERVER_INVITE if request.method == "INVITE" else SERVER_OTHER
