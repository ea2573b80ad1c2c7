"""The INVITE of a call that comes: it rings, and is answered or not (RFC 3261 section 13.3)."""

from __future__ import annotations

from phone_recorder.errors import SdpError
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.call.call import Call
from phone_recorder.sip.call.call_end import CallEnd, named
from phone_recorder.sip.call.call_table import CallEvent
from phone_recorder.sip.call.ground import describe, sdp_of
from phone_recorder.sip.call.line import Line
from phone_recorder.sip.call.session_timer import accepting
from phone_recorder.sip.messages.message import Request
from phone_recorder.sip.registration.bindings import seconds
from phone_recorder.sip.timers import Timer
from phone_recorder.sip.transaction.layer import ServerTransaction

RING_AGAIN_S = 60.0
"""So often 180 is sent again, lest a proxy gives up (section 13.3.1.1)."""


class IncomingInvite:
    """`tag` is ours in To. An offer is answered at once, so that nothing rings which could not be taken."""

    def __init__(self, call: Call, line: Line, transaction: ServerTransaction, tag: str) -> None:
        self._call = call
        self._ground = call.ground
        self._line = line
        self._transaction = transaction
        self._request = transaction.request
        self._tag = tag
        self._answer: tuple[bytes, AudioPlan] | None = None
        self._timers: list[Timer] = []

    def start(self) -> None:
        """Ring, if audio can be agreed on."""
        offer = sdp_of(self._request)
        try:
            self._answer = self._call.audio.answer(offer) if offer else None
        except SdpError as error:
            self._call.happen(CallEvent.LOST, CallEnd(488, str(error), "us"))
            return
        self._set_limits()
        self._ring()
        self._call.listener.ringing()

    def find(self, remote_tag: str) -> Line | None:
        return self._line if self._line.dialog.remote_tag == remote_tag else None

    def cancel(self) -> None:
        """Not ours to cancel."""

    def accept(self) -> None:
        self.stop()
        terms, headers = accepting(self._request)
        response = self._ground.answer(self._request, 200, self._tag, headers)
        self._ground.introduce(response, self._call.hop)
        describe(response, self._answer[0] if self._answer else self._call.audio.offer())
        self._call.acceptances.accept(self._transaction, response, self._acked, offering=self._answer is None)
        self._call.timer.agree(terms)
        if self._answer:
            self._call.agree(self._answer[1])

    def refuse(self, end: CallEnd) -> None:
        """With the end's status where that is a refusal's; a caller who has left, or cancelled, gets 487."""
        status = end.status if end.by == "us" and end.status >= 300 else 487
        self._transaction.respond(self._ground.answer(self._request, status, self._tag))

    def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def cancelled(self, transaction: ServerTransaction) -> None:
        """The caller has cancelled this INVITE, if it is ours."""
        if transaction is self._transaction:
            self._call.happen(CallEvent.CANCELLED, named(487, "peer", "the caller gave up"))

    def _acked(self, ack: Request) -> None:
        if self._answer is None:
            self._call.hear_answer(sdp_of(ack))
        self._call.happen(CallEvent.ACKED)

    def _set_limits(self) -> None:
        """Nobody answers; or the caller waits no longer (section 13.3.1)."""
        expires = seconds(self._request.get_header("Expires"), 0)
        limits = [(self._ground.policy.ring_s, 480), *([(float(expires), 487)] if expires else [])]
        limit, status = min(limits)
        self._timers.append(self._ground.timers.call_later(limit, lambda: self._unanswered(status)))

    def _unanswered(self, status: int) -> None:
        self._call.happen(CallEvent.LOST, named(status, "us", "nobody has answered"))

    def _ring(self) -> None:
        response = self._ground.answer(self._request, 180, self._tag)
        self._ground.introduce(response, self._call.hop)
        self._transaction.respond(response)
        self._timers.append(self._ground.timers.call_later(RING_AGAIN_S, self._ring))
