"""Our 2xx to an INVITE, given again and again until its ACK comes (RFC 3261 section 13.3.1.4).

The user agent does that and not the transaction, and over TCP too: a hop behind it may be one that loses.
"""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.sip.messages.message import Request, Response
from phone_recorder.sip.timers import Timers
from phone_recorder.sip.transaction.layer import ServerTransaction

PATIENCE = 64
"""In units of T1: how long an ACK is waited for."""

Acked = Callable[[Request], None]


class Accepted:
    """One 2xx. `missing` is called, once, when the ACK has not come in time."""

    def __init__(
        self,
        timers: Timers,
        respond: Callable[[Response], None],
        response: Response,
        missing: Callable[[], None],
        t1: float,
        t2: float,
    ) -> None:
        self._timers = timers
        self._respond = respond
        self._response = response
        self._missing = missing
        self._t2 = t2
        self._limit = timers.call_later(PATIENCE * t1, self._give_up)
        self._again = timers.call_later(t1, lambda: self._repeat(t1))
        respond(response)

    def stop(self) -> None:
        """The ACK is here, or the call is over."""
        self._limit.cancel()
        self._again.cancel()

    def _repeat(self, waited: float) -> None:
        self._respond(self._response)
        longer = min(2 * waited, self._t2)
        self._again = self._timers.call_later(longer, lambda: self._repeat(longer))

    def _give_up(self) -> None:
        self._again.cancel()
        self._missing()


class Acceptances:
    """All 2xx of ours in one call that have no ACK yet, by their CSeq."""

    def __init__(self, timers: Timers, missing: Callable[[], None], t1: float, t2: float) -> None:
        self.offering = False
        """Whether a description in one of them waits for its answer in the ACK."""
        self._timers = timers
        self._missing = missing
        self._t1, self._t2 = t1, t2
        self._open: dict[int, tuple[Accepted, Acked]] = {}

    @property
    def waiting(self) -> bool:
        """Whether an ACK is still to come."""
        return bool(self._open)

    def accept(self, transaction: ServerTransaction, response: Response, acked: Acked, offering: bool) -> None:
        """Give this 2xx until `acked` is called with its ACK."""
        self.offering = self.offering or offering
        accepted = Accepted(self._timers, transaction.respond, response, self._missing, self._t1, self._t2)
        self._open[_sequence(transaction.request)] = accepted, acked

    def ack(self, request: Request) -> None:
        """An ACK: of one of them, or once more."""
        accepted, acked = self._open.pop(_sequence(request), (None, None))
        if accepted and acked:
            accepted.stop()
            self.offering = False
            acked(request)

    def stop(self) -> None:
        """The call is over."""
        for accepted, _ in self._open.values():
            accepted.stop()
        self._open.clear()


def _sequence(request: Request) -> int:
    return request.cseq.seq if request.cseq else 0
