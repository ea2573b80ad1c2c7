"""The transaction layer: from bytes and hops to requests and answers, each of them once (RFC 3261 sections 17 and 18).

What cannot be taken is answered without being remembered, or dropped, and counted: nothing that a peer sends raises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from phone_recorder.errors import SipMessageError, SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import BadRequest, Request, Response, Tokens, parse, response_to, tag_of
from phone_recorder.sip.timers import Timers
from phone_recorder.sip.transaction.client_transaction import ClientEnds, ClientListener, ClientTransaction, cancel_of
from phone_recorder.sip.transaction.machine import Clock
from phone_recorder.sip.transaction.matching import Key, client_key, is_modern, merge_key, server_key, stateless_tag
from phone_recorder.sip.transaction.places import Places
from phone_recorder.sip.transaction.server_transaction import ServerEnds, ServerTransaction
from phone_recorder.sip.transaction.states import Times
from phone_recorder.sip.transaction.via import MAGIC, answer_hop, answers, mark, with_via

__all__ = [
    "ClientListener",
    "ClientTransaction",
    "ServerTransaction",
    "TransactionLayer",
    "TransactionUser",
    "Wire",
]


class Wire(Protocol):
    """What carries messages: `Transports`, or a wire in memory."""

    def send(self, data: bytes, hop: Hop) -> None:
        """Never blocks, never raises."""

    def local(self, hop: Hop) -> tuple[str, int]:
        """Our host and port as that hop reaches us."""


class TransactionUser(Protocol):
    """Whoever answers requests."""

    def request(self, transaction: ServerTransaction) -> None:
        """A new request, neither ACK nor CANCEL."""

    def ack(self, request: Request, source: Hop) -> None:
        """The ACK of a 2xx, or of nothing that is known."""

    def cancelled(self, transaction: ServerTransaction) -> None:
        """The caller cancels this INVITE, which has no final answer; his CANCEL has been answered."""

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        """Nothing can be sent there any more; transactions with that hop know already."""


class TransactionLayer:
    """Receives for a wire. `user` is set before anything is received; `t1`, `t2`, `t4` in seconds.

    `known` tells whether a request is of a call that the user is in: the floods of others do not shut it out.
    `dropped` counts what was received and led to nothing, by the reason.
    """

    user: TransactionUser

    def __init__(
        self, wire: Wire, timers: Timers, tokens: Tokens, t1: float = 0.5, t2: float = 4.0, t4: float = 5.0
    ) -> None:
        self.dropped: Counter[str] = Counter()
        self.known: Callable[[Request], bool] = lambda request: False
        self._wire = wire
        self._tokens = tokens
        self._secret = tokens()
        self._timers = timers
        self._clock = Clock(timers, Times(t1, t2, t4))
        self._clients: dict[Key, ClientTransaction] = {}
        self._servers: dict[Key, ServerTransaction] = {}
        self._places = Places()
        self._merged: dict[Key, Key] = {}
        """The server transactions again, by what all copies of a request share, whichever way they came."""

    @property
    def running(self) -> int:
        """Transactions that are not over."""
        return len(self._clients) + len(self._servers)

    def send_request(self, request: Request, hop: Hop, listener: ClientListener) -> ClientTransaction:
        """Send a request, neither ACK nor CANCEL, and again until it is answered. The listener hears nothing before
        this returns, on a wire that does not deliver while it sends.
        """
        return self._send(self._with_via(request, hop), hop, listener)

    def send_ack(self, request: Request, hop: Hop) -> Callable[[], None]:
        """Send the ACK of a 2xx; what is given sends the same again when the 2xx comes again (RFC 3261 13.2.2.4)."""
        data = bytes(self._with_via(request, hop))
        self._wire.send(data, hop)
        return lambda: self._wire.send(data, hop)

    def received(self, data: bytes, source: Hop) -> None:
        """One message of the wire."""
        try:
            message = parse(data, datagram=not source.reliable)
        except BadRequest as bad:
            self._refuse(bad.request, source, bad.status, bad.reason)
        except SipMessageError:
            self.dropped["no SIP message"] += 1
        else:
            if isinstance(message, Response):
                self._received_response(message)
            else:
                self._received_request(message, source)

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        """Those who were sending to that hop hear of it in a moment: a wire may say so while it is still sending."""
        clients = [client for client in self._clients.values() if client.hop == hop]
        self._timers.call_later(0, lambda: self._break(clients, hop, error))

    def _break(self, clients: list[ClientTransaction], hop: Hop, error: SipUnreachable) -> None:
        for server in [*self._servers.values()]:
            server.broken(hop)
        for client in clients:
            client.broken(error)
        self.user.broken(hop, error)

    def _with_via(self, request: Request, hop: Hop) -> Request:
        return with_via(request, self._wire.local(hop), hop, MAGIC + self._tokens())

    def _send(self, request: Request, hop: Hop, listener: ClientListener) -> ClientTransaction:
        key = client_key(request)
        ends = ClientEnds(self._wire.send, self._cancel, lambda: self._end_client(key))
        transaction = self._clients[key] = ClientTransaction(request, hop, listener, self._clock, ends)
        transaction.start()
        return transaction

    def _cancel(self, invite: Request, hop: Hop) -> None:
        self._send(cancel_of(invite), hop, _Unheard())

    def _received_response(self, response: Response) -> None:
        client = self._clients.get(client_key(response))
        if client and answers(response, client.request):
            client.received(response)
        else:
            self.dropped["answer to nothing that was asked"] += 1

    def _received_request(self, request: Request, source: Hop) -> None:
        known = self._servers.get(server_key(request))
        if request.method == "ACK":
            self._acknowledge(request, source, known)
        elif known:
            known.repeated()
        elif request.method == "CANCEL":
            self._take_cancel(request, source)
        elif refusal := self._refusal(request, source):
            self._refuse(request, source, *refusal)
        else:
            self.user.request(self._take(request, source))

    def _acknowledge(self, ack: Request, source: Hop, known: ServerTransaction | None) -> None:
        if known and (is_modern(ack) or known.to_tag == tag_of(ack.to_addr)):
            known.acknowledged(ack, source)
        elif tag_of(ack.to_addr) != stateless_tag(ack, self._secret):
            self.user.ack(ack, source)

    def _take_cancel(self, cancel: Request, source: Hop) -> None:
        invite = self._servers.get(server_key(cancel, "INVITE"))
        if not invite:
            self._refuse(cancel, source, 481)
            return
        self._take(cancel, source).respond(response_to(cancel, 200, to_tag=invite.to_tag or self._tokens()))
        if not (invite.final or invite.cancelled):
            invite.cancelled = True
            self.user.cancelled(invite)

    def _refusal(self, request: Request, source: Hop) -> tuple[int, str] | None:
        if not tag_of(request.to_addr) and merge_key(request) in self._merged:
            return 482, "Merged Request"
        free = self._places.free(source.host, known=self.known(request))
        return None if free else (503, "Too Many Requests At Once")

    def _take(self, request: Request, source: Hop) -> ServerTransaction:
        """A new transaction. The CANCEL of one that is here is taken even where there is no place."""
        key, merged = server_key(request), merge_key(request)
        leave = self._places.take(source.host, known=self.known(request))
        mark(request, source)
        ends = ServerEnds(
            self._wire.send,
            lambda ack, whence: self.user.ack(ack, whence),
            lambda: self._end_server(key, merged, leave),
        )
        transaction = self._servers[key] = ServerTransaction(request, source, self._clock, ends)
        self._merged.setdefault(merged, key)
        return transaction

    def _end_client(self, key: Key) -> None:
        del self._clients[key]

    def _end_server(self, key: Key, merged: Key, leave: Callable[[], None]) -> None:
        leave()
        del self._servers[key]
        if self._merged.get(merged) == key:
            del self._merged[merged]

    def _refuse(self, request: Request, source: Hop, status: int, reason: str = "") -> None:
        """Answer without remembering: each copy of the request is answered so (RFC 3261 section 8.2.7)."""
        if request.method == "ACK":
            self.dropped["ACK that cannot be taken"] += 1
            return
        self.dropped[f"refused with {status}"] += 1
        tag = stateless_tag(request, self._secret)
        mark(request, source)
        self._wire.send(bytes(response_to(request, status, reason, tag)), answer_hop(request, source))


class _Unheard:
    """Nobody waits for the answer to a CANCEL: what matters is the INVITE's, or that none comes."""

    def response(self, response: Response) -> None:
        pass

    def failed(self, error: object) -> None:
        pass
