"""What the peer asks for in a call: to end it, to change it, whether we are there (RFC 3261 section 12.2.2)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from phone_recorder.errors import SdpError
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.call.call import Call
from phone_recorder.sip.call.call_end import hung_up
from phone_recorder.sip.call.call_table import CallEvent, CallState
from phone_recorder.sip.call.ground import Headers, describe, sdp_of
from phone_recorder.sip.call.line import Line
from phone_recorder.sip.call.session_timer import MIN_SE_S, accepting, too_brief
from phone_recorder.sip.messages.message import Request, Response
from phone_recorder.sip.transaction.layer import ServerTransaction

MOST_RETRY_AFTER_S = 10
"""RFC 3261 section 14.2."""
NOT_THERE = (CallState.ENDING, CallState.ENDED)

_UNANSWERED = (CallState.CALLING, CallState.RINGING, CallState.CANCELLING)


class PeerRequest:
    """A request within the dialog of `line`, as it is to be answered."""

    def __init__(self, call: Call, line: Line, transaction: ServerTransaction) -> None:
        self.call = call
        self.line = line
        self.transaction = transaction
        self.request = transaction.request
        self.sdp = sdp_of(transaction.request)

    def answer(self, status: int, headers: Headers = (), reason: str = "") -> None:
        """Answer, without a body."""
        self.transaction.respond(self.response(status, headers, reason))

    def response(self, status: int, headers: Headers = (), reason: str = "") -> Response:
        """The answer, yet to be sent."""
        return self.call.ground.answer(self.request, status, headers=headers, reason=reason)

    def agreement(self, sdp: bytes | None, headers: Headers) -> Response:
        """A 200 that may bear a description, and tells where we are. The peer is where its request says from now on."""
        self.line.dialog.refresh(self.request)
        response = self.response(200, headers)
        self.call.ground.introduce(response, self.transaction.source)
        if sdp is not None:
            describe(response, sdp)
        return response

    def later(self) -> None:
        """Not while we are still busy with another of the same kind (sections 14.2; RFC 3311, 5.2)."""
        wait = int(self.call.ground.chance() * MOST_RETRY_AFTER_S)
        self.answer(500, [("Retry-After", str(wait))], "Another Offer Is Open")


def take(call: Call, line: Line, transaction: ServerTransaction) -> None:
    """Answer a request of the call's peer; it has passed the screening.

    A BYE always counts: whatever is wrong with its CSeq, whoever sends it is not there any more.
    """
    request = PeerRequest(call, line, transaction)
    leaves = transaction.request.method == "BYE"
    if not line.dialog.take(transaction.request) and not leaves:
        request.answer(500, reason="CSeq Out Of Order")
    elif call.state in NOT_THERE and not leaves:
        request.answer(481)
    else:
        _ANSWERS[transaction.request.method](request)


def _bye(request: PeerRequest) -> None:
    request.answer(200)
    request.call.happen(CallEvent.LEFT, hung_up(request.request))


def _options(request: PeerRequest) -> None:
    request.transaction.respond(request.call.ground.capabilities(request.request, request.transaction.source))


def _info(request: PeerRequest) -> None:
    """One without a body asks nothing, a key does nothing; of packages there are none here (RFC 6086, 4.2.2)."""
    if request.request.get_header("Info-Package"):
        request.answer(469, [("Recv-Info", "nil")], "Bad Info Package")
    else:
        request.answer(200)


def _invite(request: PeerRequest) -> None:
    call = request.call
    if call.state in _UNANSWERED or call.offers.open or call.acceptances.offering:
        request.answer(491)
    elif call.state is CallState.OFFERED:
        request.later()
    elif too_brief(request.request):
        _refuse_brief(request)
    else:
        _take_invite(request)


def _take_invite(request: PeerRequest) -> None:
    call = request.call
    try:
        sdp, plan = _answer(request, request.sdp) if request.sdp else (call.audio.offer(call.offers.direction), None)
    except SdpError:
        # The session stays as it was (section 14.2).
        request.answer(488)
        return
    terms, headers = accepting(request.request)
    response = request.agreement(sdp, headers)
    offering = plan is None
    call.acceptances.accept(
        request.transaction, response, lambda ack: _acked(call, ack, offering=offering), offering=offering
    )
    call.timer.agree(terms)
    if plan:
        call.agree(plan)


def _acked(call: Call, ack: Request, *, offering: bool) -> None:
    """The ACK of a 2xx to a re-INVITE; where that held an offer of ours, this has the answer."""
    sdp = sdp_of(ack)
    if offering and sdp:
        with suppress(SdpError):
            # An ACK cannot be refused; what was agreed before still holds.
            call.agree(call.audio.answered(sdp))
    call.offers.go()


def _update(request: PeerRequest) -> None:
    """RFC 3311: like a re-INVITE, but answered at once, and allowed before the call is answered."""
    call = request.call
    ours = call.state in _UNANSWERED or call.offers.open or call.acceptances.offering
    if request.sdp and ours:
        request.answer(491)
    elif request.sdp and call.state is CallState.OFFERED:
        request.later()
    elif too_brief(request.request):
        _refuse_brief(request)
    else:
        _take_update(request)


def _take_update(request: PeerRequest) -> None:
    try:
        sdp, plan = _answer(request, request.sdp) if request.sdp else (None, None)
    except SdpError:
        request.answer(488)
        return
    terms, headers = accepting(request.request)
    request.transaction.respond(request.agreement(sdp, headers))
    if request.call.state in (CallState.ACCEPTED, CallState.ANSWERED):
        request.call.timer.agree(terms)
    if plan:
        request.call.agree(plan)


def _answer(request: PeerRequest, offer: bytes) -> tuple[bytes, AudioPlan]:
    return request.call.audio.answer(offer, request.call.offers.direction)


def _refuse_brief(request: PeerRequest) -> None:
    request.answer(422, [("Min-SE", str(MIN_SE_S))])


_ANSWERS: dict[str, Callable[[PeerRequest], None]] = {
    "BYE": _bye,
    "OPTIONS": _options,
    "INFO": _info,
    "INVITE": _invite,
    "UPDATE": _update,
}
