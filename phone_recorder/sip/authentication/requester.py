"""A request that is sent again when it is challenged, so that whoever asks sees the answer (RFC 3261 section 22)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from phone_recorder.errors import SipError
from phone_recorder.sip.authentication.authentication import Authenticator
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request, Response
from phone_recorder.sip.transaction.layer import ClientListener, ClientTransaction

MOST_CHALLENGES = 3
"""Answers to challenges of one request: a proxy's, a server's, and one that was stale."""
CHALLENGES = (401, 407)

Outcome = Response | SipError


class Layer(Protocol):
    """What this needs of a transaction layer."""

    def send_request(self, request: Request, hop: Hop, listener: ClientListener) -> ClientTransaction: ...


class OnFinal:
    """Calls back once, with the final answer or with why there is none; of provisional ones nothing is said."""

    def __init__(self, done: Callable[[Outcome], None]) -> None:
        self._done: Callable[[Outcome], None] | None = done

    def response(self, response: Response) -> None:
        if response.status_code >= 200:
            self._end(response)

    def failed(self, error: SipError) -> None:
        self._end(error)

    def _end(self, outcome: Outcome) -> None:
        done, self._done = self._done, None
        if done:
            done(outcome)


def _nothing(request: Request) -> None:
    pass


class Sending:
    """A request on its way, as often as it takes. `request` is the last one, as it was sent but for Via."""

    request: Request

    def __init__(
        self,
        layer: Layer,
        authenticator: Authenticator,
        make: Callable[[], Request],
        hop: Hop,
        listener: ClientListener,
        on_sent: Callable[[Request], None],
    ) -> None:
        self._layer = layer
        self._authenticator = authenticator
        self._make = make
        self._hop = hop
        self._listener = listener
        self._on_sent = on_sent
        self._challenges = 0
        self._cancelled = False
        self._transaction: ClientTransaction | None = None
        self._send()

    def cancel(self) -> None:
        """Ask the peer to end it (an INVITE); a challenge is not answered any more, but handed on."""
        self._cancelled = True
        if self._transaction:
            self._transaction.cancel()

    def response(self, response: Response) -> None:
        """From the transaction."""
        if response.status_code in CHALLENGES and self._learns(response):
            self._challenges += 1
            self._send()
            return
        if response.status_code >= 200:
            self._authenticator.heard(response, self._hop)
        self._listener.response(response)

    def failed(self, error: SipError) -> None:
        """From the transaction."""
        self._listener.failed(error)

    def _learns(self, response: Response) -> bool:
        if self._cancelled or self._challenges >= MOST_CHALLENGES:
            return False
        return self._authenticator.learn(self.request, response, self._hop)

    def _send(self) -> None:
        self.request = self._make()
        self._authenticator.authorize(self.request, self._hop)
        self._on_sent(self.request)
        self._transaction = None
        transaction = self._layer.send_request(self.request, self._hop, self)
        # A layer may answer before it returns; then there may be a newer transaction already.
        self._transaction = self._transaction or transaction
        if self._cancelled:
            self._transaction.cancel()


class Requester:
    """Sends what its callers make, with the credentials that the peers have asked for."""

    def __init__(self, layer: Layer, authenticator: Authenticator) -> None:
        self._layer = layer
        self._authenticator = authenticator

    def send(
        self,
        make: Callable[[], Request],
        hop: Hop,
        listener: ClientListener,
        on_sent: Callable[[Request], None] = _nothing,
    ) -> Sending:
        """Send what `make` makes; each call of it makes a fresh request, with the next CSeq.

        Credentials that are known go along at once. A 401 or 407 is answered with another request, at most three times,
        and is given to `listener` only when it cannot be answered. `on_sent` sees each request just before it goes.
        """
        return Sending(self._layer, self._authenticator, make, hop, listener, on_sent)
