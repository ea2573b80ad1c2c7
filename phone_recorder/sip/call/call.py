"""A call as the phone sees it: who it is, where it stands, and what the user can do with it.

What happens to it goes through the table of `call_table`. How it begins is the invitation's (`outgoing_invite`,
`incoming_invite`), what we change later `our_offers`, what the peer asks in between `peer_requests`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from phone_recorder.errors import SdpError
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.audio.session_description import Negotiation
from phone_recorder.sip.authentication.requester import Outcome
from phone_recorder.sip.call.accepted import Acceptances
from phone_recorder.sip.call.call_end import CallEnd, Ender, named
from phone_recorder.sip.call.call_table import CallAction, CallEvent, CallState, turn
from phone_recorder.sip.call.ground import Ground
from phone_recorder.sip.call.infos import Done, Infos
from phone_recorder.sip.call.line import Line
from phone_recorder.sip.call.our_offers import OurOffers
from phone_recorder.sip.call.session_timer import SessionTimer
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.address import bare
from phone_recorder.sip.messages.message import Address, stringify_uri, user_of

__all__ = ["Call", "CallEnd", "CallListener", "CallState", "Invitation"]


class CallListener(Protocol):
    """The phone. All of it is called at once, from within whatever happened; it may use the call then."""

    def ringing(self) -> None:
        """The other phone rings; or this one does, and the call can be answered."""

    def media(self, plan: AudioPlan) -> None:
        """How audio goes from now on: with early media, with the answer, and whenever either side changes it."""

    def answered(self) -> None:
        """Both sides know that the call is answered: our ACK has left, or the peer's is here."""

    def ended(self, end: CallEnd) -> None:
        """Once, and last."""


class Invitation(Protocol):
    """The INVITE that a call began with, ours or the peer's."""

    def find(self, remote_tag: str) -> Line | None:
        """The early dialog with this peer."""

    def cancel(self) -> None:
        """Ours is to end."""

    def accept(self) -> None:
        """The peer's is answered."""

    def refuse(self, end: CallEnd) -> None:
        """The peer's is refused."""

    def stop(self) -> None:
        """Nothing more is to be done for it."""


class Call:
    """One call. `hop` is where it goes to or came from; `forget` is called when it is over."""

    listener: CallListener
    audio: Negotiation
    invitation: Invitation

    def __init__(self, ground: Ground, incoming: bool, peer: Address, hop: Hop, forget: Callable[[Call], None]) -> None:
        self.incoming = incoming
        self.state = CallState.OFFERED if incoming else CallState.CALLING
        self.remote_number = user_of(peer.uri)
        """A peer's text, as is the name."""
        self.remote_name = peer.display_name or ""
        self.remote_uri = stringify_uri(bare(peer.uri))
        self.plan: AudioPlan | None = None
        self.hop = hop
        self.ground = ground
        self.line: Line | None = None
        """The dialog, once there is but one."""
        policy = ground.policy
        self.timer = SessionTimer(ground.timers, self._refresh, self._expired)
        self.offers = OurOffers(self)
        self.acceptances = Acceptances(
            ground.timers, lambda: self._lost("our answer was not acknowledged"), policy.t1, policy.t2
        )
        self._infos = Infos()
        self._end: CallEnd | None = None
        self._forget = forget

    @property
    def local_host(self) -> str:
        """Our IP address as the other side of this call reaches it, for audio."""
        return self.ground.wire.local(self.hop)[0]

    @property
    def held(self) -> bool:
        """Whether this phone holds the call, and the other one has agreed."""
        return self.offers.held

    @property
    def stands(self) -> bool:
        """Whether it is not over, nor being hung up."""
        return self.state not in _SILENT

    def answer(self) -> None:
        """Take a call that rings here."""
        self.happen(CallEvent.ANSWER)

    def hang_up(self) -> None:
        """End it, in whatever state it is. A call that rings here is refused with 480: nobody has said to be busy."""
        self.happen(CallEvent.HANG_UP, named(_LEFT.get(self.state, 200), "us"))

    def hold(self) -> None:
        """Let the other phone wait. It is asked as soon as that is possible; `held` tells when it has agreed."""
        self.offers.want(held=True)

    def resume(self) -> None:
        """Go on after `hold`."""
        self.offers.want(held=False)

    def info(self, headers: tuple[tuple[str, str], ...], done: Done) -> None:
        """Send an INFO with these headers once the call is answered; `done` hears of its end."""
        self._infos.ask(headers, done)

    def happen(self, event: CallEvent, end: CallEnd | None = None) -> None:
        """Something happens to the call; `end` is why it is over, if that is the first thing to end it."""
        self.state, action = turn(self.state, event)
        if action is not CallAction.NONE or self.state is CallState.LEAVING:
            self._end = self._end or end
        if not self.stands:
            self._infos.end()
        _ACTIONS[action](self)

    def agree(self, plan: AudioPlan) -> None:
        """Audio goes so."""
        if plan != self.plan:
            self.plan = plan
            self.listener.media(plan)

    def hear_answer(self, sdp: bytes | None) -> bool:
        """The answer to our offer; whether it can be used. If not, the call is lost."""
        try:
            if sdp is None:
                raise SdpError("the other phone did not say how audio goes")
            plan = self.audio.answered(sdp)
        except SdpError as error:
            self.happen(CallEvent.LOST, CallEnd(488, str(error), "us"))
            return False
        self.agree(plan)
        return True

    def taken(self, line: Line) -> None:
        """A 2xx to our INVITE, which has been acknowledged."""
        self.line = line
        self.happen(CallEvent.TAKEN)

    def find(self, remote_tag: str) -> Line | None:
        """The dialog with this peer: the call's, or an early one."""
        if self.line:
            return self.line if self.line.dialog.remote_tag == remote_tag else None
        return self.invitation.find(remote_tag)

    def stop(self) -> None:
        """Nothing that was begun is gone on with."""
        self.timer.stop()
        self.offers.stop()
        self.acceptances.stop()
        self.invitation.stop()

    def _lost(self, why: str, by: Ender = "network") -> None:
        self.happen(CallEvent.LOST, CallEnd(408, why, by))

    def _refresh(self) -> None:
        self.offers.refresh()

    def _expired(self) -> None:
        """Nobody has refreshed the session. A peer that only cannot, and never wanted a timer, is still there."""
        terms = self.timer.terms
        if self.offers.unwelcome and terms and not terms.wanted:
            self.timer.agree(terms)
        else:
            self._lost("the session was not refreshed")

    def _ring(self) -> None:
        self.listener.ringing()

    def _connect(self) -> None:
        self.listener.answered()
        # The listener may have ended it.
        if self.state is CallState.ANSWERED and self.line:
            self._infos.go(self.line)
            self.offers.go()

    def _cancel(self) -> None:
        self.invitation.cancel()

    def _accept(self) -> None:
        self.invitation.accept()

    def _bye(self) -> None:
        self.stop()
        if self.line:
            self.line.bye(self._dropped)

    def _dropped(self, outcome: Outcome) -> None:
        self.happen(CallEvent.DROPPED)

    def _cancel_and_end(self) -> None:
        self.invitation.cancel()
        self._finish()

    def _reject_and_end(self) -> None:
        self.invitation.refuse(self._end or named(480, "us"))
        self._finish()

    def _finish(self) -> None:
        self.stop()
        self._forget(self)
        self.listener.ended(self._end or named(200, "us"))


_LEFT = {CallState.OFFERED: 480, CallState.CALLING: 487, CallState.RINGING: 487}
"""The status of a call that this phone's user leaves before it is answered."""

_SILENT = (CallState.LEAVING, CallState.ENDING, CallState.ENDED)
"""The call is over, or as good as that: nothing is asked any more."""

_ACTIONS: dict[CallAction, Callable[[Call], None]] = {
    CallAction.NONE: lambda call: None,
    CallAction.RING: Call._ring,
    CallAction.CONNECT: Call._connect,
    CallAction.CANCEL: Call._cancel,
    CallAction.ACCEPT: Call._accept,
    CallAction.BYE: Call._bye,
    CallAction.CANCEL_AND_END: Call._cancel_and_end,
    CallAction.REJECT_AND_END: Call._reject_and_end,
    CallAction.END: Call._finish,
}
