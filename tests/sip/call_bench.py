"""Alice and a foreign phone in the middle of a call."""

from __future__ import annotations

from phone_recorder.sip.call.call import CallState
from phone_recorder.sip.call.ground import CallPolicy
from tests.sip.call_rig import NO_TIMER, Ear, Rig
from tests.sip.foreign import CONTACT, Foreign
from tests.sip.raw_message import RawMessage
from tests.sip.virtual_wire import summary


class CallBench:
    """They talk. She has called with `invite`, or was called; with `early` it only rings. `lines` are of his INVITE
    or of his 200. All that was said is forgotten.
    """

    def __init__(self, *lines: str, incoming: bool = False, policy: CallPolicy = NO_TIMER, early: bool = False) -> None:
        self.rig = Rig()
        self.alice = self.rig.phone("alice", "192.0.2.1", policy=policy)
        self.foreign = Foreign(self.rig)
        if incoming:
            self._is_called(lines)
        else:
            self._calls(lines, early)
        self.advance()
        self.call = self.alice.last
        assert early or self.call.state is CallState.ANSWERED
        self.foreign.story()
        self.ear.since()

    @property
    def ear(self) -> Ear:
        return self.alice.ear

    def advance(self, seconds: float = 0.1) -> None:
        self.rig.timers.advance(seconds)

    def reinvite(self) -> RawMessage:
        """The last INVITE of hers."""
        return self.foreign.got("INVITE")

    def answer(self, status: int, *lines: str, body: bytes = b"") -> None:
        """His answer to it."""
        self.foreign.answer(self.reinvite(), status, *lines, body=body)
        self.advance()

    def ask(self, method: str, number: int, *lines: str, body: bytes = b"") -> list[str]:
        """He asks; what comes back is heard, and nothing of before."""
        self.foreign.story()
        self.foreign.ask(self.alice, method, number, *lines, body=body)
        self.advance()
        return [summary(bytes(message)) for message in self.foreign.heard]

    def _is_called(self, lines: tuple[str, ...]) -> None:
        self.foreign.call(self.alice, *lines)
        self.alice.last.answer()
        self.advance()
        self.foreign.ask(self.alice, "ACK", 1)

    def _calls(self, lines: tuple[str, ...], early: bool) -> None:
        self.alice.call("sip:f@192.0.2.9", self.foreign.port.hop())
        self.advance()
        self.invite = self.foreign.got("INVITE")
        if early:
            self.foreign.answer(self.invite, 180, CONTACT)
        else:
            self.foreign.accept(self.invite, *lines)
        self.foreign.join(self.invite)
