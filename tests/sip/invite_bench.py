"""Alice has called a foreign phone, which has not answered yet."""

from __future__ import annotations

from phone_recorder.sip.call.ground import CallPolicy
from tests.sip.call_rig import NO_TIMER, Phone, Rig
from tests.sip.foreign import Foreign


class InviteBench:
    """Her INVITE is there."""

    def __init__(self, policy: CallPolicy = NO_TIMER) -> None:
        self.rig = Rig()
        self.alice: Phone = self.rig.phone("alice", "192.0.2.1", policy=policy)
        self.foreign = Foreign(self.rig)
        self.ear = self.alice.call("sip:f@192.0.2.9", self.foreign.port.hop())
        self.call = self.alice.last
        self.advance()
        self.invite = self.foreign.got("INVITE")

    def advance(self, seconds: float = 0.1) -> None:
        self.rig.timers.advance(seconds)

    def rests(self) -> bool:
        """In time nothing is left, whatever the peer does not do."""
        self.advance(120)
        return self.rig.at_rest()
