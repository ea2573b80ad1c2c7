"""A call over SIP from the phone's side: its RTP port, what is agreed of it, the two parties, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

from phone_recorder.adapters.udp import PortRange
from phone_recorder.phone.info_link import CallInfo
from phone_recorder.phone.keys import CallKey
from phone_recorder.phone.party import Nobody, Party
from phone_recorder.phone.sip_parties import Listener, SipFar, SipNear
from phone_recorder.phone.voice_reader import VoiceReader
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.settings.record import SipInfoSettings
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.audio.rtp_port import RtpPort
from phone_recorder.sip.audio.session_description import Negotiation
from phone_recorder.sip.call.call import Call, CallEnd
from phone_recorder.sip.tap import Tap
from phone_recorder.wire.payload import Codec
from phone_recorder.wire.printable import printable
from phone_recorder.wire.rtp import RtpSender

Tell = Callable[[str], None]
"""Shows a line of news to the user."""


class SipTalk:
    """Listens to one call. `host` is our address as the other side reaches it, `peer_host` where its SIP comes from.

    `settled` is done as soon as the call is answered, or over; then `end` says why. One that was never answered gives
    its port back at its end, any other by `close`: there may be something to hear yet.
    """

    def __init__(
        self,
        host: str,
        peer_host: str,
        codecs: tuple[Codec, ...],
        ptime_ms: int,
        info: SipInfoSettings,
        random: Random,
        tell: Tell,
        ports: PortRange | None = None,
        taps: tuple[Tap, ...] = (),
    ) -> None:
        self.port = RtpPort(host, ports, taps)
        self.audio = Negotiation(host, self.port.address[1], codecs, ptime_ms, random.getrandbits(31))
        self.call: Call
        """Set by whoever has made it, or was given it."""
        self.plan: AudioPlan | None = None
        self.end: CallEnd | None = None
        self.connected = False
        """Whether it was answered; it may be over since."""
        self.settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_end: Callable[[], None] = lambda: None
        self.info = CallInfo(lambda headers, done: self.call.info(headers, done), info, lambda: self.call.stands)
        self._peer_host = peer_host
        self._random = random
        self._tell = tell
        self._near: SipNear | None = None
        self._hung_up = False

    @property
    def over(self) -> bool:
        """It has ended, or this side has hung up, whether the other one has said yes to that or not."""
        return self.end is not None or self._hung_up

    @property
    def caller(self) -> str:
        """Who is at the other end, as it can be shown."""
        name = f"{printable(self.call.remote_name)} " if self.call.remote_name else ""
        return f"{name}<{printable(self.call.remote_uri)}>"

    def parties(self, voice: VoiceReader | None, start: int, listeners: tuple[Listener, ...]) -> dict[str, Party]:
        """Both, from this instant on. Without a voice nothing is sent; `listeners` hear the other phone too."""
        far = SipFar(self.port, listeners)
        if voice is None:
            return {NEAR: Nobody(), FAR: far}
        draw = self._random.getrandbits
        self._near = SipNear(voice, self.port, RtpSender.drawn(0, draw), start)
        if self.plan:
            self._near.follow(self.plan)
        return {NEAR: self._near, FAR: far}

    def answer(self) -> None:
        """Take the call, if it still rings here."""
        if self.end is None:
            self.call.answer()

    def press(self, key: CallKey, instant: int) -> None:
        """A key of the call."""
        if self.end is None:
            self.call.hold() if key is CallKey.HOLD else self.call.resume()

    def hang_up(self) -> None:
        """End the call, if it is not over; nothing more is asked of the server in it."""
        self.info.end()
        self._hung_up = True
        if self.end is None:
            self.call.hang_up()

    def close(self) -> None:
        """Give the port back."""
        self.port.close()

    def ringing(self) -> None:
        self._tell(f"called by {self.caller}" if self.call.incoming else "ringing")

    def media(self, plan: AudioPlan) -> None:
        """How audio goes from now on."""
        held = self.plan is not None and self.plan.peer_holds
        if plan.peer_holds != held:
            self._tell("held by the other phone" if plan.peer_holds else "held no more")
        self.plan = plan
        self.port.follow(plan, self._peer_host)
        if self._near:
            self._near.follow(plan)

    def answered(self) -> None:
        self.connected = True
        self._settle()

    def ended(self, end: CallEnd) -> None:
        self.end = end
        self.info.end()
        if not self.connected:
            self.close()
        elif end.by != "us":
            self._tell(end.reason)
        self.on_end()
        self._settle()

    def _settle(self) -> None:
        if not self.settled.done():
            self.settled.set_result(None)
