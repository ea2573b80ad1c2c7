"""The SIP server of a scenario, as far as it is asked to record: it answers INFO as a script says, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.adapters.clock import Clock
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.scenario.actions import SipActs
from phone_recorder.phone.info_link import CallInfo, Headers
from phone_recorder.recording.sip_info_destination import NOT_SENT, InfoLink
from phone_recorder.settings.record import SipInfoSettings
from phone_recorder.wire.printable import printable

OVER = "the call is over"


@dataclass(frozen=True, slots=True)
class _Asked:
    """An INFO that is not answered yet: how it will be, and at which instant; `done` hears of it."""

    due: int
    acts: SipActs
    done: Callable[[int, str], None]


class SipScript:
    """Answers each INFO as the server acted when it came; `tell` hears of both. One call after the other goes by it."""

    def __init__(self, acts: SipActs, clock: Clock, tell: Callable[[Passed], None]) -> None:
        self._acts = acts
        self._clock = clock
        self._tell = tell
        self._asked: list[_Asked] = []
        self._call: CallInfo | None = None

    def act(self, acts: SipActs) -> None:
        """So it answers what comes from now on; what has come is answered as before."""
        self._acts = acts

    def info(self, settings: SipInfoSettings) -> Callable[[], InfoLink]:
        """For a call that begins: what makes a link for each of its recordings. The call before is over."""
        self.end()
        self._call = CallInfo(self._hear, settings)
        return self._call.link

    def advance(self, now: int) -> None:
        """Give the answers whose time has come; one may lead to a question that is answered at once too."""
        while due := [asked for asked in self._asked if asked.acts.status and asked.due <= now]:
            first = min(due, key=lambda asked: asked.due)
            self._asked.remove(first)
            self._passed(False, f"{first.acts.status} {first.acts.reason}")
            first.done(first.acts.status, first.acts.reason)

    def end(self) -> None:
        """The call is over: nothing is asked in it any more, and no answer comes."""
        asked, self._asked = self._asked, []
        if self._call:
            self._call.end()
            self._call = None
        for unanswered in asked:
            unanswered.done(NOT_SENT, OVER)

    def _hear(self, headers: Headers, done: Callable[[int, str], None]) -> None:
        self._passed(True, " ".join(["INFO", *(f"{name}: {value}" for name, value in headers)]))
        self._asked.append(_Asked(self._clock.now() + self._acts.delay, self._acts, done))

    def _passed(self, sent: bool, text: str) -> None:
        self._tell(Passed(self._clock.now(), "sip", sent, printable(text)))
