"""What we ask of a call that stands: to hold it, to take it back, to keep the session alive. One re-INVITE at a time.

When it collides with one of the peer's (491), or the peer is busy with another (500), it is tried again a little later
(RFC 3261 section 14.1). When the peer refuses it the call stays as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phone_recorder.errors import SipError, SipTimeout
from phone_recorder.sip.authentication.requester import Outcome
from phone_recorder.sip.call.call_end import refused, unanswered
from phone_recorder.sip.call.call_table import CallEvent, CallState
from phone_recorder.sip.call.ground import sdp_of
from phone_recorder.sip.call.line import Line
from phone_recorder.sip.call.reinvite import Reinvite
from phone_recorder.sip.call.session_timer import MIN_SE_S, asking, granted, min_se
from phone_recorder.sip.messages.message import Response
from phone_recorder.sip.registration.bindings import seconds
from phone_recorder.sip.timers import Timer

if TYPE_CHECKING:
    from phone_recorder.sip.call.call import Call

MOST_TRIES = 8
"""Collisions on end, before it is given up."""
MOST_RETRY_S = 32
"""A longer Retry-After is no reason to try again."""


class OurOffers:
    """`held` is what was agreed, while the user may already wish for something else."""

    def __init__(self, call: Call) -> None:
        self.held = False
        self._call = call
        self._wish = False
        self._due = False  # a refresh
        self._least_s = MIN_SE_S
        self._tries = 0
        self._open: Reinvite | None = None
        self._pause: Timer | None = None
        self._over = False

    @property
    def open(self) -> bool:
        """Whether one of our re-INVITEs has no final answer."""
        return self._open is not None

    @property
    def direction(self) -> str:
        """What this phone wants of audio now."""
        return "sendonly" if self.held else "sendrecv"

    def want(self, *, held: bool) -> None:
        """Hold the call, or take it back."""
        self._wish, self._tries = held, 0
        self.go()

    def refresh(self) -> None:
        """It is our turn to refresh the session."""
        self._due, self._tries = True, 0
        self.go()

    def go(self) -> None:
        """Ask for what is still to be asked for, if it may be asked now."""
        call, line = self._call, self._call.line
        wanted = self._wish != self.held or self._due
        # No INVITE while another is on its way, or waits for its ACK.
        free = not (self._open or self._pause or call.acceptances.waiting)
        if wanted and free and line and call.state is CallState.ANSWERED:
            self._ask(line)

    def stop(self) -> None:
        """The call is over."""
        self._over = True
        if self._pause:
            self._pause.cancel()
        if self._open:
            self._open.cancel()

    def _ask(self, line: Line) -> None:
        wish, call = self._wish, self._call
        offer = call.audio.repeat() if wish == self.held else call.audio.offer("sendonly" if wish else "sendrecv")
        terms = call.timer.terms
        headers = asking(terms.interval_s if terms else call.ground.policy.session_s, self._least_s, terms)
        self._open = Reinvite(line, offer, headers, lambda outcome: self._settled(wish, outcome))
        self._open.start()

    def _settled(self, wish: bool, outcome: Outcome) -> None:
        self._open = None
        if self._over:
            return
        if isinstance(outcome, SipError):
            self._failed(outcome)
        elif outcome.status_code < 300:
            self._agreed(wish, outcome)
        else:
            self._refused(outcome)

    def _agreed(self, wish: bool, response: Response) -> None:
        self.held = wish
        self._due, self._tries = False, 0
        self._call.timer.agree(granted(response))
        if self._call.hear_answer(sdp_of(response)):
            self.go()

    def _refused(self, response: Response) -> None:
        pause = self._pause_after(response)
        self._tries += 1
        if response.status_code in (408, 481):
            self._call.happen(CallEvent.LOST, refused(response))
        elif pause is not None and self._tries <= MOST_TRIES:
            self._pause = self._call.ground.timers.call_later(pause, self._paused)
        else:
            self._give_up()

    def _pause_after(self, response: Response) -> float | None:
        """Seconds until it is tried again; None if it is not."""
        status, chance = response.status_code, self._call.ground.chance()
        if status == 491:
            # Whoever made the Call-ID waits longer: one of the two gets through.
            return chance * 2.0 if self._call.incoming else 2.1 + chance * 1.9
        if status == 422 and min_se(response) > self._least_s:
            self._least_s = min_se(response)
            return 0.0
        wait = seconds(response.get_header("Retry-After"), MOST_RETRY_S + 1)
        return float(wait) if status in (500, 503) and wait <= MOST_RETRY_S else None

    def _paused(self) -> None:
        self._pause = None
        self.go()

    def _failed(self, error: SipError) -> None:
        """No answer: the peer is gone (section 14.1). No way there: that may be for a moment only."""
        if isinstance(error, SipTimeout):
            self._call.happen(CallEvent.LOST, unanswered(error))
        else:
            self._give_up()

    def _give_up(self) -> None:
        """All stays as it was. A session that could not be refreshed ends when its time is over."""
        self._wish, self._due, self._tries = self.held, False, 0
