"""INFO requests of ours in a call: held back until the ACK has left (WIRE.md, SIP INFO; RFC 6086)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.errors import SipTimeout
from phone_recorder.sip.authentication.requester import Outcome
from phone_recorder.sip.call.line import Line
from phone_recorder.sip.messages.message import Response
from phone_recorder.wire.printable import printable

OVER = "the call is over"

Done = Callable[[int, str], None]
"""Hears the final status and its words: 408 if none came in time, 0 if it could not be sent, or the call is over."""


@dataclass(eq=False, slots=True)
class _Info:
    headers: tuple[tuple[str, str], ...]
    done: Done


class Infos:
    """A call's INFOs. Each of them hears of its end once; when the call ends first, that is it.

    Whatever the answer, 481 too, the call goes on: that the peer does not know INFO does not mean it has hung up.
    """

    def __init__(self) -> None:
        self._line: Line | None = None
        self._waiting: list[_Info] = []
        self._asked: list[_Info] = []
        self._over = False

    def ask(self, headers: tuple[tuple[str, str], ...], done: Done) -> None:
        """Send one, now or as soon as the call is answered."""
        if self._over:
            done(0, OVER)
            return
        self._waiting.append(_Info(headers, done))
        if self._line:
            self._send(self._line)

    def go(self, line: Line) -> None:
        """The call is answered, and acknowledged."""
        self._line = line
        self._send(line)

    def end(self) -> None:
        """The call is over."""
        self._over, self._line = True, None
        infos, self._asked, self._waiting = self._asked + self._waiting, [], []
        for info in infos:
            info.done(0, OVER)

    def _send(self, line: Line) -> None:
        infos, self._waiting = self._waiting, []
        self._asked += infos
        for info in infos:
            line.ask("INFO", self._ended(info), info.headers)

    def _ended(self, info: _Info) -> Callable[[Outcome], None]:
        def ended(outcome: Outcome) -> None:
            if info in self._asked:
                self._asked.remove(info)
                info.done(*_words(outcome))

        return ended


def _words(outcome: Outcome) -> tuple[int, str]:
    if isinstance(outcome, Response):
        return outcome.status_code, printable(outcome.reason_phrase)
    return 408 if isinstance(outcome, SipTimeout) else 0, printable(str(outcome))
