"""What is at the other end of a call: a party that is made up, or another phone over SIP."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol

from phone_recorder.errors import UsageError
from phone_recorder.harness.call.stage import RealCall, Stage
from phone_recorder.phone.call import PhoneCall
from phone_recorder.phone.keys import CallKey
from phone_recorder.phone.parties import voice_reader
from phone_recorder.phone.party import Datagram, Party
from phone_recorder.phone.sip_parties import Listener, SipFar
from phone_recorder.phone.sip_talk import SipTalk
from phone_recorder.phone.voice_reader import VoiceReader
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.settings.phone import Sound
from phone_recorder.wire.payload import PCMU


class Leg(Protocol):
    """The other end."""

    sip: bool

    @property
    def reason(self) -> str:
        """Why the call is over, as far as that was the other end's doing."""

    @property
    def codec(self) -> str:
        """Of the call, as far as it is agreed."""

    @property
    def held(self) -> bool:
        """Whether the other end waits, as it has agreed to."""

    def answer(self) -> None:
        """Take the call that rings."""

    def hold(self, held: bool) -> None:
        """Put it on hold, or take it back."""

    def hang_up(self) -> None:
        """End it, or turn it away."""

    def begin(self, stage: Stage, now: int) -> PhoneCall:
        """The call as it is recorded, from now on."""

    def close(self, now: int) -> None:
        """Give back what it holds; the call is over."""


class Nobody:
    """There is no other end yet: somebody is still being looked up."""

    sip = False
    reason = ""
    codec = ""
    held = False

    def answer(self) -> None:
        """There is nothing to take."""

    def hold(self, held: bool) -> None:
        """There is nobody to wait."""

    def hang_up(self) -> None:
        """Whoever looks up sees that the call is over."""

    def begin(self, stage: Stage, now: int) -> PhoneCall:
        raise UsageError("the call is not set up yet: wait a moment")

    def close(self, now: int) -> None:
        """Nothing to give back."""


class MadeUp:
    """A far party of voices. `answered` is called when the call stands, `over` when it is hung up."""

    sip = False
    reason = ""

    def __init__(self, direction: str, stage: Stage, answered: Callable[[], None], over: Callable[[], None]) -> None:
        self._direction = direction
        self._stage = stage
        self._answered = answered
        self._over = over
        self._parties: list[Silenced] = []

    @property
    def codec(self) -> str:
        return self._stage.request.call_codec

    @property
    def held(self) -> bool:
        return any(party.silent for party in self._parties)

    def answer(self) -> None:
        self._answered()

    def hold(self, held: bool) -> None:
        for party in self._parties:
            party.silent = held

    def hang_up(self) -> None:
        self._over()

    def begin(self, stage: Stage, now: int) -> PhoneCall:
        request = stage.request
        real = RealCall(
            self._speaking, self._direction, request.remote_number, request.remote_name, None, lambda key, instant: None
        )
        return stage.begin(real)

    def close(self, now: int) -> None:
        """Nothing to give back."""

    def _speaking(self, start: int) -> dict[str, Party]:
        parties = {leg: Silenced(party) for leg, party in self._stage.parties(start).items()}
        self._parties = list(parties.values())
        return dict(parties)


class Silenced:
    """A party that says nothing while it is `silent`, as on hold, and whose time goes on."""

    def __init__(self, party: Party) -> None:
        self.silent = False
        self._party = party

    def packets(self, until: int) -> list[Datagram]:
        spoken = self._party.packets(until)
        return [] if self.silent else spoken


class OverSip:
    """Another phone. `sound` says who hears and speaks here: a device, or voices and nobody."""

    sip = True

    def __init__(self, talk: SipTalk, sound: Sound, near: str, repeat: bool) -> None:
        self.talk = talk
        self._sound = sound
        self._near = near
        self._repeat = repeat
        self._stack = ExitStack()

    @property
    def reason(self) -> str:
        end = self.talk.end
        return end.reason if end and end.by != "us" else ""

    @property
    def codec(self) -> str:
        return self.talk.plan.codec.name if self.talk.plan else ""

    @property
    def held(self) -> bool:
        return self.talk.call.held

    def answer(self) -> None:
        self.talk.answer()

    def hold(self, held: bool) -> None:
        self.talk.press(CallKey.HOLD if held else CallKey.UNHOLD, 0)

    def hang_up(self) -> None:
        self.talk.hang_up()

    def begin(self, stage: Stage, now: int) -> PhoneCall:
        call = self.talk.call
        direction = "in" if call.incoming else "out"
        # What came before the answer is not recorded.
        SipFar(self.talk.port).packets(now)
        real = RealCall(
            self._parties, direction, call.remote_number, call.remote_name, self.talk.info.link, self.talk.press
        )
        return stage.begin(real)

    def close(self, now: int) -> None:
        self._stack.close()
        self.talk.close()

    def _parties(self, start: int) -> dict[str, Party]:
        rate = self.talk.plan.codec.sample_rate if self.talk.plan else PCMU.sample_rate
        voice, listeners = self._device(rate) if self._sound == "device" else (self._voice(rate), ())
        parties = self.talk.parties(voice, start, listeners)
        return {NEAR: parties[NEAR], FAR: parties[FAR]}

    def _voice(self, rate: int) -> VoiceReader | None:
        return voice_reader(self._near, self._repeat, rate)

    def _device(self, rate: int) -> tuple[VoiceReader | None, tuple[Listener, ...]]:
        from phone_recorder.adapters.microphone import open_microphone
        from phone_recorder.adapters.speaker import open_player
        from phone_recorder.phone.far_heard import FarHeard

        microphone = VoiceReader(self._stack.enter_context(open_microphone(rate)), rate)
        return microphone, (FarHeard(self._stack.enter_context(open_player(rate))),)
