"""The two ends of a call over SIP, as the phone's mixer takes them: this phone's user, and the other phone."""

from __future__ import annotations

from typing import Protocol

from phone_recorder.media.codecs import Encoder, encoder
from phone_recorder.phone.party import Datagram
from phone_recorder.phone.sent_tone import RecordedAt, SentTone
from phone_recorder.phone.voice_reader import VoiceReader
from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.wire.rtp import TIMESTAMP_MASK, RtpSender

TOO_OLD = SECOND
"""What we sent so late after a stall of ours nobody would wait for; the recording still has it."""


class Media(Protocol):
    """The call's RTP port, as a party uses it; `sip.rtp_port.RtpPort` is one."""

    def send(self, packets: list[bytes]) -> None: ...

    def drain(self) -> list[Datagram]: ...


class Listener(Protocol):
    """Somebody else who hears the far party: a file, a loudspeaker."""

    def hear(self, datagrams: list[Datagram], until: int) -> None:
        """These came before that instant, and nothing else will have."""


class SipFar:
    """The other phone: what its RTP port gives. `listeners` hear the same as the mixer."""

    def __init__(self, media: Media, listeners: tuple[Listener, ...] = ()) -> None:
        self._media = media
        self._listeners = listeners
        self._waiting: list[Datagram] = []

    def packets(self, until: int) -> list[Datagram]:
        waiting = self._waiting + self._media.drain() if self._waiting else self._media.drain()
        # What has come since the mixer looked at its clock waits: a key of before that is to count first.
        self._waiting = [datagram for datagram in waiting if datagram[0] >= until]
        heard = [datagram for datagram in waiting if datagram[0] < until] if self._waiting else waiting
        for listener in self._listeners:
            listener.hear(heard, until)
        return heard


class SipNear:
    """This phone's user: sends the voice to the other phone, and gives the mixer what is sent.

    Nothing is sent before `follow` has told what was agreed, nor while the call is on hold: the voice goes on then, as
    time does, and nobody hears it. `sender` has the SSRC and the counters to begin with, which last for all the call.
    G.711 is encoded at least cost from a voice at 8 kHz: from 16 kHz a packet of 20 ms takes half a millisecond.
    The record tone is in what is sent alone: the mixer adds its own.
    """

    def __init__(self, voice: VoiceReader, media: Media, sender: RtpSender, start: int) -> None:
        self._voice = voice
        self._media = media
        self._sender = sender
        self._due = start
        self._plan: AudioPlan | None = None
        self._encoder: Encoder | None = None
        self._tone: SentTone | None = None
        self._frame = from_ms(20)
        self._static_type = 0
        self._pauses = True

    def sound(self, recorded_at: RecordedAt) -> None:
        """Send the record tone from now on, wherever a recording has it."""
        self._tone = SentTone(recorded_at, self._voice.rate)
        if self._plan:
            self._tone.follow(self._plan.codec)

    def follow(self, plan: AudioPlan) -> None:
        """Send as this plan says, from the next packet on."""
        before = self._plan
        self._plan = plan
        self._frame = from_ms(plan.ptime_ms)
        self._pauses |= not plan.sends
        if before is None or before.codec is not plan.codec:
            self._encoder = encoder(plan.codec, self._voice.rate)
            if self._tone:
                self._tone.follow(plan.codec)
        sender = self._sender
        self._sender = RtpSender(plan.payload_type, sender.ssrc, sender.sequence, sender.timestamp)
        self._static_type = plan.codec.payload_type

    def packets(self, until: int) -> list[Datagram]:
        instants = range(self._due, until, self._frame)
        self._due += len(instants) * self._frame
        if self._plan is None or not self._plan.sends or self._encoder is None:
            self._pass(len(instants))
            return []
        made = [(instant, *self._packet(instant, self._encoder)) for instant in instants]
        self._media.send([sent for instant, _, sent in made if until - instant <= TOO_OLD])
        if self._static_type == self._plan.payload_type:
            return [(instant, said) for instant, said, _ in made]
        return [(instant, self._as_static(said)) for instant, said, _ in made]

    def _pass(self, packets: int) -> None:
        """Time in which nothing is sent."""
        if self._tone:
            self._tone.break_off()
        self._voice.read(packets * self._samples)
        self._sender.timestamp = (self._sender.timestamp + packets * self._frame) & TIMESTAMP_MASK

    def _packet(self, instant: int, encoding: Encoder) -> tuple[bytes, bytes]:
        """What is said, as the mixer takes it, and as it is sent."""
        # The first packet after a silence is marked (RFC 3551 section 4.1).
        marker, self._pauses = self._pauses, False
        voice = self._voice.read(self._samples)
        said = self._sender.packet(encoding.encode(voice), marker)
        return said, self._tone.packet(instant, voice, said) if self._tone else said

    @property
    def _samples(self) -> int:
        return self._frame * self._voice.rate // SECOND

    def _as_static(self, data: bytes) -> bytes:
        return bytes((data[0], data[1] & 0x80 | self._static_type)) + data[2:]
