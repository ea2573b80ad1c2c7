"""What we ask of a call that stands: to hold it, to take it back, to keep the session alive. One re-INVITE at a time.

When it collides with one of the peer's (491), or the peer is busy with another (500), it is tried again a little later
(RFC 3261 section 14.1). When the peer refuses it the call stays as it was.

What keeps the session alive is tried until that ends, however it fails: one message that was lost ends no call.
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
"""A longer Retry-After is no reason to try again; and so long, at most, is waited between two refreshes that fail."""
_FOR_NOW = (408, 480, 486, 491, 500, 503, 504)
"""Answers that say nothing of what the peer would answer a little later."""


class OurOffers:
    """`held` is what was agreed, while the user may already wish for something else. `unwelcome`: the peer has refused
    to refresh the session, for good.
    """

    def __init__(self, call: Call) -> None:
        self.held = False
        self.unwelcome = False
        self._call = call
        self._wish = False
        self._due = False  # a refresh
        self._least_s = MIN_SE_S
        self._tries = 0
        self._open: Reinvite | None = None
        self._pause: Timer | None = None
        self._rest: Timer | None = None  # until the next try of a refresh; other wishes do not wait for that
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
        self._tries, self.unwelcome = 0, False
        self._rested()

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
        for timer in (self._pause, self._rest):
            if timer:
                timer.cancel()
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
        self._tries += 1
        if isinstance(outcome, SipError):
            self._failed(outcome)
        elif outcome.status_code < 300:
            self._agreed(wish, outcome)
        else:
            self._refused(wish, outcome)

    def _agreed(self, wish: bool, response: Response) -> None:
        self.held = wish
        self._due, self._tries, self.unwelcome = False, 0, False
        if self._rest:
            self._rest.cancel()
        self._call.timer.agree(granted(response))
        if self._call.hear_answer(sdp_of(response)):
            self.go()

    def _refused(self, wish: bool, response: Response) -> None:
        status, pause = response.status_code, self._pause_after(response)
        if status == 481 or (status == 408 and not self._due):
            self._call.happen(CallEvent.LOST, refused(response))
        elif pause is not None and self._tries <= MOST_TRIES:
            self._wait(pause)
        elif self._due and status in _FOR_NOW:
            self._back_off()
        else:
            self._give_up(wish)

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

    def _back_off(self) -> None:
        pause = min(2.0 ** min(self._tries, MOST_TRIES), MOST_RETRY_S)
        self._due, self._rest = False, self._call.ground.timers.call_later(pause, self._rested)

    def _rested(self) -> None:
        self._due = True
        self.go()

    def _wait(self, seconds: float) -> None:
        self._pause = self._call.ground.timers.call_later(seconds, self._paused)

    def _paused(self) -> None:
        self._pause = None
        self.go()

    def _failed(self, error: SipError) -> None:
        """No answer: the peer is gone (section 14.1). No way there: that may be for a moment only."""
        if self._due:
            self._back_off()
        elif isinstance(error, SipTimeout):
            self._call.happen(CallEvent.LOST, unanswered(error))
        else:
            self._give_up(self._wish)

    def _give_up(self, wish: bool) -> None:
        """All stays as it was. A refresh that was to change something too is tried without that."""
        alone = wish == self.held
        self.unwelcome = self.unwelcome or (self._due and alone)
        self._wish, self._due, self._tries = self.held, self._due and not alone, 0
        self.go()
