"""A call's SIP server that answers each INFO as the test says, after a while; instants are the test's clock's."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.phone.info_link import CallInfo, Headers
from phone_recorder.settings.record import SipInfoSettings

Done = Callable[[int, str], None]
OK = (200, "OK")
SILENT = (-1, "")
"""As an answer: none ever comes."""


class SipServer:
    """`answers` are (status, reason) to one INFO after the other; 200 to all that follow. `delay` in units."""

    def __init__(self, *answers: tuple[int, str], delay: int = 160, settings: SipInfoSettings | None = None) -> None:
        self.asked: list[tuple[int, str]] = []
        """The instant and value of each INFO."""
        self.info = CallInfo(self._send, settings or SipInfoSettings())
        self.delay = delay
        self.now = 0
        self._answers = list(answers)
        self._coming: list[tuple[int, Done, tuple[int, str]]] = []

    @property
    def values(self) -> list[str]:
        return [value for _, value in self.asked]

    def advance(self, now: int) -> None:
        """Answer what is due by then."""
        self.now = now
        due = [coming for coming in self._coming if coming[0] <= now]
        self._coming = [coming for coming in self._coming if coming[0] > now]
        for _, done, answer in due:
            done(*answer)

    def end(self) -> None:
        """The call is over: what is pending comes to nothing."""
        self.info.end()
        pending, self._coming = self._coming, []
        for _, done, _answer in pending:
            done(0, "the call is over")

    def _send(self, headers: Headers, done: Done) -> None:
        [(name, value)] = headers
        assert name == "Record"
        self.asked.append((self.now, value))
        answer = self._answers.pop(0) if self._answers else OK
        self._coming.append((self.now + self.delay if answer != SILENT else 1 << 60, done, answer))
