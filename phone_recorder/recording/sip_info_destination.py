"""A recording that the SIP server makes: it is asked by INFO inside the call, no media leaves us (WIRE.md, SIP INFO).

The server knows on and off alone. A recording is open from its 2xx to "on" until its 2xx to "off", or the end of the
call; whatever else comes means that nobody here can promise a recording, and the call goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from phone_recorder.errors import SipServerError
from phone_recorder.recording.account import Health, Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.printable import printable

NOT_SENT = 0
"""The status of an INFO that never left: the call is over, or there is no way to the server any more."""
_TIMED_OUT = 408


@dataclass(frozen=True, slots=True)
class InfoAnswer:
    """The final answer to an INFO, challenges answered: `status` as in RFC 3261, or NOT_SENT."""

    status: int
    reason: str = ""

    @property
    def ok(self) -> bool:
        """The server has done what it was asked."""
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return printable(f"{self.status or ''} {self.reason}".strip())


class InfoLink(Protocol):
    """The way to the call's server, for one recording, which asks for one thing at a time."""

    @property
    def live(self) -> bool:
        """The call is there, and INFO may be sent in it."""

    def ask_on(self) -> None:
        """Ask the server to record."""

    def ask_off(self) -> None:
        """Ask it to record no more."""

    def answer(self) -> InfoAnswer | None:
        """What came of the last that was asked; None while nothing has."""

    def forget(self) -> None:
        """Nobody waits for that answer any more. An "on" that succeeds after all is undone."""


class SipInfoDestination:
    """One recording on the SIP server. `timeout` in units: so long it may take to answer each time."""

    mode = "sip_info"
    parts: tuple[Part, ...] = ()
    health = Health()

    def __init__(self, link: InfoLink, timeout: int = 5 * SECOND) -> None:
        self.state = State.OPENING
        self.error: SipServerError | None = None
        self.written = 0
        self._link = link
        self._timeout = timeout
        self._deadline = 0
        self._place = 0  # the instant at which the next frame begins
        self._records_from = 0
        self._closes_as: State | None = None

    def open(self, now: int) -> None:
        self._place = now
        self._deadline = now + self._timeout
        self._link.ask_on()

    def write(self, now: int, frames: list[bytes]) -> None:
        """Nothing is sent. What was said since the server records is counted, for the timer and the account."""
        for frame in frames:
            if self.state is State.OPEN and self._place >= self._records_from:
                self.written += len(frame)
            self._place += len(frame)

    def advance(self, now: int) -> None:
        if self.state not in (State.OPENING, State.CLOSING):
            return
        answer = self._link.answer()
        if answer and answer.status != NOT_SENT:
            self._answered(now, answer)
        elif not self._link.live:
            self._call_over(now)
        elif answer:
            self._fail(f"the SIP server cannot be asked: {answer}")
        elif now >= self._deadline:
            self._give_up()

    def close(self, now: int, reason: str) -> None:
        """Ask for the stop, as soon as the start is answered. With the call the server ends it by itself."""
        if self.state is State.OPEN:
            self._closes_as = State.CLOSED
            self._ask_off(now)
        elif self.state is State.OPENING:
            self._closes_as = State.CANCELLED
            self.advance(now)

    def _answered(self, now: int, answer: InfoAnswer) -> None:
        if self.state is State.CLOSING:
            self._stopped(answer)
        elif answer.ok:
            self._started(now)
        elif self._closes_as:
            self._end()
        elif answer.status == _TIMED_OUT:
            self._fail("the SIP server does not answer")
        else:
            self._fail(f"the SIP server refused to record: {answer}")

    def _started(self, now: int) -> None:
        if self._closes_as:
            self._ask_off(now)
        else:
            self.state, self._records_from = State.OPEN, now

    def _stopped(self, answer: InfoAnswer) -> None:
        if answer.ok:
            self._end()
        else:
            self._fail(f"the SIP server may still be recording, it refused to stop: {answer}")

    def _ask_off(self, now: int) -> None:
        if self._link.live:
            self.state = State.CLOSING
            self._deadline = now + self._timeout
            self._link.ask_off()
        else:
            self._end()

    def _call_over(self, now: int) -> None:
        """Nothing more can be asked; the end of the call comes here as a `close`, as it does everywhere."""
        if self._closes_as:
            self._end()
        elif now >= self._deadline:
            self._fail("the call was over before the SIP server answered")

    def _give_up(self) -> None:
        self._link.forget()
        if self.state is State.CLOSING:
            self._fail("the SIP server may still be recording, it does not answer")
        elif self._closes_as:
            self._end()
        else:
            self._fail("the SIP server does not answer")

    def _end(self) -> None:
        assert self._closes_as is not None, "nothing ends that was not asked to"
        self.state = self._closes_as

    def _fail(self, why: str) -> None:
        self.state, self.error = State.FAILED, SipServerError(why)
