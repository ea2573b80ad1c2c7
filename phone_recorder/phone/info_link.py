"""What the recordings of one call ask their SIP server, by INFO inside the call: one request after the other, in order.

Start, stop, and start again at once must reach the server as on, off, on, although a recording that was stopped asks
for its "off" a little later, when the last of its audio has come. So all recordings of a call share a CallInfo, each
has a CallInfoLink of its own, and an "on" waits until the recording before has ended. An "on" that nobody waits for any
more holds up nothing; if the server takes it after all while nobody wants to be recorded, it is told off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from phone_recorder.recording.sip_info_destination import InfoAnswer
from phone_recorder.settings.record import SipInfoSettings

Headers = tuple[tuple[str, str], ...]
SendInfo = Callable[[Headers, Callable[[int, str], None]], None]
"""Sends an INFO with these headers and no body, not before the ACK; calls back with its final status and reason."""


@dataclass(eq=False, slots=True)
class _Ask:
    """One INFO: `on`, or off. `wanted`: by somebody who waits for it, or is being recorded by it."""

    on: bool
    wanted: bool = True
    answer: InfoAnswer | None = None

    @property
    def records(self) -> bool:
        """The server records by this, or is going to."""
        return self.on and self.wanted and (self.answer is None or self.answer.ok)


class CallInfo:
    """All INFO of one call's recordings; `send` is the call's. Call `end` when the call is over; until then `stands`
    tells whether something can be asked in it, or it is being hung up.
    """

    def __init__(self, send: SendInfo, settings: SipInfoSettings, stands: Callable[[], bool] = lambda: True) -> None:
        self._ended = False
        self._send = send
        self._stands = stands
        self._settings = settings
        self._waiting: list[_Ask] = []
        self._sent: _Ask | None = None  # and neither answered nor forgotten
        self._recording: list[_Ask] = []  # each "on" that records or is going to, the oldest first
        self._unwanted = False  # the server records for nobody

    @property
    def live(self) -> bool:
        """Whether something can be asked in the call, now or once it is answered."""
        return not self._ended and self._stands()

    def link(self) -> CallInfoLink:
        """For one recording."""
        return CallInfoLink(self)

    def end(self) -> None:
        """The call is over: nothing more is sent."""
        self._ended = True
        self._waiting.clear()

    def ask(self, ask: _Ask) -> None:
        """Send this when its turn comes."""
        if ask.on:
            self._recording.append(ask)
        self._waiting.append(ask)
        self._go_on()

    def forget(self, ask: _Ask) -> None:
        """What is not sent yet never will be; what is sent holds up nothing any more."""
        ask.wanted = False
        self._unwanted |= ask.on and ask.answer is not None and ask.answer.ok
        if ask in self._waiting:
            self._waiting.remove(ask)
        if ask is self._sent:
            self._sent = None
        self._go_on()

    def _go_on(self) -> None:
        self._recording = [ask for ask in self._recording if ask.records]
        while self.live and self._sent is None and (ask := self._next()):
            self._sent = ask if ask.wanted else None
            settings = self._settings
            header = (settings.header, settings.on if ask.on else settings.off)
            self._send((header,), partial(self._answered, ask))

    def _next(self) -> _Ask | None:
        """What is to be sent now. An "off" is for what was asked before any "on" that still waits."""
        for ask in sorted(self._waiting, key=lambda ask: ask.on):
            if not ask.on or self._recording[:1] == [ask]:
                self._waiting.remove(ask)
                return ask
        if self._unwanted and not self._recording:
            self._unwanted = False
            return _Ask(on=False, wanted=False)
        return None

    def _answered(self, ask: _Ask, status: int, reason: str) -> None:
        ask.answer = InfoAnswer(status, reason)
        if ask is self._sent:
            self._sent = None
        if ask.answer.ok:
            self._unwanted = ask.on and not ask.wanted
        self._go_on()


class CallInfoLink:
    """One recording's way to the server: an InfoLink."""

    def __init__(self, info: CallInfo) -> None:
        self._info = info
        self._last: _Ask | None = None

    @property
    def live(self) -> bool:
        return self._info.live

    def ask_on(self) -> None:
        self._ask(_Ask(on=True))

    def ask_off(self) -> None:
        self._ask(_Ask(on=False))

    def answer(self) -> InfoAnswer | None:
        return self._last.answer if self._last else None

    def forget(self) -> None:
        if self._last:
            self._info.forget(self._last)

    def _ask(self, ask: _Ask) -> None:
        if self._last:
            self._last.wanted = False
        self._last = ask
        self._info.ask(ask)
