"""The INVITE of a call that we make: its forks, its early dialogs, the 2xx that wins (RFC 3261 section 13.2)."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.errors import SdpError, SipError
from phone_recorder.sip.call.call import Call
from phone_recorder.sip.call.call_end import CallEnd, named, refused, unanswered
from phone_recorder.sip.call.call_table import CallEvent, CallState
from phone_recorder.sip.call.dialog import MAX_FORWARDS, Dialog
from phone_recorder.sip.call.ground import describe, sdp_of
from phone_recorder.sip.call.line import Line
from phone_recorder.sip.call.session_timer import MIN_SE_S, asking, granted, min_se
from phone_recorder.sip.messages.address import bare
from phone_recorder.sip.messages.message import Request, Response, parse_uri, stringify_uri, tag_of
from phone_recorder.sip.timers import Timer

MOST_FORKS = 32
"""Dialogs of one INVITE: more phones than these do not ring at once."""
MOST_SESSION_S = 86400
"""A longer session interval than this is not agreed to, whatever a 422 says."""


def _nothing() -> None:
    pass


class OutgoingInvite:
    """Listens to its answers. `target` is the URI that is called, `tag` is ours in From."""

    def __init__(self, call: Call, target: str, call_id: str, tag: str) -> None:
        self._call = call
        self._ground = call.ground
        self._target = target
        self._call_id, self._tag = call_id, tag
        self._offer = call.audio.offer()
        self._sequence = 0
        self._least_s = MIN_SE_S
        self._early: dict[str, Line] = {}
        self._described: dict[str, bytes] = {}  # by a provisional answer
        self._limit: Timer | None = None
        self._acks: dict[str, Callable[[], None]] = {}

    def start(self) -> None:
        """Send it, and wait for an answer as long as the policy says."""
        self._limit = self._ground.timers.call_later(self._ground.policy.answer_s, self._unanswered)
        self._send()

    def _send(self) -> None:
        self._sending = self._ground.requester.send(self._make, self._call.hop, self)

    def find(self, remote_tag: str) -> Line | None:
        return self._early.get(remote_tag)

    def cancel(self) -> None:
        self._sending.cancel()

    def accept(self) -> None:
        """Not ours to accept."""

    def refuse(self, end: CallEnd) -> None:
        """Not ours to refuse."""

    def stop(self) -> None:
        self._early.clear()
        self._described.clear()
        self._stop_waiting()

    def response(self, response: Response) -> None:
        """From the transaction, challenges answered."""
        if response.status_code < 200:
            self._provisional(response)
        elif response.status_code < 300:
            self._success(response)
        elif response.status_code == 422 and self._longer(response):
            self._send()
        else:
            self._call.happen(CallEvent.REFUSED, refused(response))

    def failed(self, error: SipError) -> None:
        """From the transaction."""
        self._call.happen(CallEvent.FAILED, unanswered(error))

    def _stop_waiting(self) -> None:
        if self._limit:
            self._limit.cancel()

    def _unanswered(self) -> None:
        self._call.happen(CallEvent.LOST, named(408, "network", "nobody has answered"))

    def _provisional(self, response: Response) -> None:
        tag = tag_of(response.to_addr)
        if self._call.state not in (CallState.CALLING, CallState.RINGING):
            return
        if response.status_code > 100 and tag not in self._early and len(self._early) < MOST_FORKS:
            self._early[tag] = self._line(response)
        if tag in self._early:
            self._hear_early(tag, response)
        if response.status_code == 180:
            self._call.happen(CallEvent.ALERTED)

    def _hear_early(self, tag: str, response: Response) -> None:
        sdp = sdp_of(response)
        if sdp is None:
            return
        try:
            plan = self._call.audio.answered(sdp)
        except SdpError:
            # Early media that cannot be used is not heard; what counts is in the 2xx.
            return
        self._described[tag] = sdp
        self._call.agree(plan)

    def _success(self, response: Response) -> None:
        tag = tag_of(response.to_addr)
        if tag in self._acks or len(self._acks) >= MOST_FORKS:
            self._acks.get(tag, _nothing)()
            return
        won = not self._acks and self._call.state is not CallState.ENDED
        line = self._early.get(tag) or self._line(response)
        # The route set of a 2xx takes the place of the early dialog's (section 13.2.2.4).
        line.dialog.confirm(response)
        self._acks[tag] = line.acknowledge(self._sending.request)
        if won:
            self._win(tag, line, response)
        else:
            line.bye()

    def _win(self, tag: str, line: Line, response: Response) -> None:
        """Audio goes as the winner has said, in this answer or before; another fork may have been heard since."""
        self._stop_waiting()
        if self._call.state is not CallState.CANCELLING:
            self._call.hear_answer(sdp_of(response) or self._described.get(tag))
        if self._call.state in (CallState.CALLING, CallState.RINGING):
            self._call.timer.agree(granted(response))
        self._call.taken(line)

    def _longer(self, response: Response) -> bool:
        """Whether to ask again, for a longer session (RFC 4028 section 7.4)."""
        least = min_se(response)
        if not self._least_s < least <= MOST_SESSION_S or self._call.state is CallState.CANCELLING:
            return False
        self._least_s = least
        return True

    def _line(self, response: Response) -> Line:
        return Line(self._ground, Dialog.of_caller(self._sending.request, response), self._call.hop)

    def _make(self) -> Request:
        self._sequence += 1
        request = Request(method="INVITE", uri=self._target)
        account = self._ground.account
        if account.route:
            request.add_header("Route", account.route)
        for name, value in (
            ("Max-Forwards", MAX_FORWARDS),
            ("From", f"{account.name_addr};tag={self._tag}"),
            ("To", f"<{stringify_uri(bare(parse_uri(self._target)))}>"),
            ("Call-ID", self._call_id),
            ("CSeq", f"{self._sequence} INVITE"),
            *asking(self._ground.policy.session_s, self._least_s, None),
        ):
            request.add_header(name, value)
        self._ground.introduce(request, self._call.hop)
        describe(request, self._offer)
        return request
