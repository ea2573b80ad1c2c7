"""One re-INVITE of ours, from the first copy to the ACK of its last 2xx (RFC 3261 section 14.1)."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.errors import SipError
from phone_recorder.sip.authentication.requester import Outcome, Sending
from phone_recorder.sip.call.ground import Headers, describe
from phone_recorder.sip.call.line import Line
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request, Response


class Reinvite:
    """`settled` hears once how it ended; that its 2xx is acknowledged is seen to here, even after the call."""

    def __init__(self, line: Line, offer: bytes, headers: Headers, settled: Callable[[Outcome], None]) -> None:
        self._line = line
        self._offer = offer
        self._headers = headers
        self._settled = settled
        self._cancelled = False
        self._sending: Sending | None = None
        self._ack: Callable[[], None] | None = None

    def start(self) -> None:
        """Send it, as soon as its hop is known."""
        self._line.send(self._send)

    def cancel(self) -> None:
        """The call is over: an INVITE without an answer would wait for it for ever."""
        self._cancelled = True
        if self._sending:
            self._sending.cancel()

    def response(self, response: Response) -> None:
        """From the transaction, challenges answered."""
        if self._ack:
            self._ack()
        elif self._sending and 200 <= response.status_code < 300:
            self._line.dialog.refresh(response)
            self._ack = self._line.acknowledge(self._sending.request)
            self._settled(response)
        elif response.status_code >= 300:
            self._settled(response)

    def failed(self, error: SipError) -> None:
        """From the transaction."""
        self._settled(error)

    def _send(self, hop: Hop) -> None:
        if not self._cancelled:
            self._sending = self._line.ground.requester.send(lambda: self._make(hop), hop, self)

    def _make(self, hop: Hop) -> Request:
        request = self._line.dialog.request("INVITE")
        self._line.ground.introduce(request, hop)
        for name, value in self._headers:
            request.add_header(name, value)
        describe(request, self._offer)
        return request
