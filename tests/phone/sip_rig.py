"""A whole call over SIP without its signalling: offers and answers by hand, RTP over a network in memory, recorded."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from pathlib import Path

from phone_recorder.adapters.audio_files import open_record_audio
from phone_recorder.media.codecs import decoder, encoder
from phone_recorder.phone.far_kept import FarKept
from phone_recorder.phone.party import Datagram
from phone_recorder.phone.sip_parties import SipFar, SipNear
from phone_recorder.phone.voice_reader import VoiceReader
from phone_recorder.recording.account import Account
from phone_recorder.sip.audio.session_description import AudioPlan, Negotiation
from phone_recorder.wire.payload import CODECS, PCMU, Codec
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader
from phone_recorder.wire.rtp import RtpPacket, RtpSender
from tests.phone.media_port import Address, MemoryPort
from tests.phone.rig import SECOND, START, Rig
from tests.recording.streams import rtp
from tests.signals import joined, sine

OURS = "192.0.2.1"
PEER: Address = ("192.0.2.7", 40000)
SILENCE = array("h", bytes(2 * SECOND))


class SipRig:
    """A call that is recorded from its beginning to its end. `near` are samples at `rate`, over and over."""

    def __init__(
        self,
        duration_s: float,
        near: array[int] = SILENCE,
        rate: int = 8000,
        keys: str = "0 record",
        codecs: tuple[Codec, ...] = CODECS,
        keeps: FarKept | None = None,
        horizon: int = SECOND,
        tone: bool = False,
    ) -> None:
        self.port = MemoryPort(lambda: self.rig.now)
        self.negotiation = Negotiation(OURS, 5004, codecs, 20, 1)
        self.near = SipNear(VoiceReader(cycle([near]), rate), self.port, RtpSender(0, 7, 65530, 0xFFFFF000), START)
        far = SipFar(self.port, (keeps,) if keeps else ())
        self.rig = Rig(keys, duration_s=duration_s, near=self.near, far=far, horizon=horizon, tone=tone)

    def offered(self, *media: str, host: str = PEER[0], direction: str = "sendrecv") -> AudioPlan:
        """The peer offers this in an INVITE or a re-INVITE, and we answer."""
        head = f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        _, plan = self.negotiation.answer((head + "\r\n".join(media) + "\r\n").encode(), direction)
        self.follow(plan)
        return plan

    def holds(self, direction: str, answer: str) -> AudioPlan:
        """We offer this, and the peer answers that."""
        self.negotiation.offer(direction)
        head = f"v=0\r\no=- 1 1 IN IP4 {PEER[0]}\r\ns=-\r\nc=IN IP4 {PEER[0]}\r\nt=0 0\r\n"
        plan = self.negotiation.answered(f"{head}m=audio {PEER[1]} RTP/AVP 0\r\na={answer}\r\n".encode())
        self.follow(plan)
        return plan

    def follow(self, plan: AudioPlan) -> None:
        self.port.follow(plan, PEER[0])
        self.near.follow(plan)

    def at(self, second: float, step: int = 160) -> SipRig:
        """Let time pass until then."""
        self.rig.run(step, second)
        return self

    def end(self, step: int = 160) -> SipRig:
        """Let the call end, and its recording."""
        self.rig.run(step, 1e6)
        assert self.rig.call.over
        return self

    @property
    def account(self) -> Account:
        [account] = self.rig.accounts
        assert (account.state, account.reason) == ("recorded", "call ended")
        return account

    @property
    def recorded(self) -> bytes:
        """The payloads of the one file."""
        [recorded] = self.rig.recorded
        return recorded

    @property
    def sent(self) -> list[RtpPacket]:
        return [RtpPacket.parse(data) for _, data in self.port.sent]

    def read_back(self, path: Path) -> tuple[RecordHeader, array[int]]:
        """The record file on a disk, read as any record file is: its head, and its samples at 8 kHz."""
        [file] = self.rig.drive.files.values()
        path.write_bytes(file)
        with open_record_audio(path) as audio:
            assert audio.examination.problems == ()
            assert audio.header.data_size == path.stat().st_size - HEADER_SIZE
            return audio.header, joined(map(decoder(audio.header.codec, 8000).decode, audio.payloads))


def speech(
    seconds: float,
    start_s: float = 0,
    hz: int = 400,
    codec: Codec = PCMU,
    *,
    size: int = 160,
    payload_type: int | None = None,
    ssrc: int = 1,
    sequence: int = 0,
    timestamp: int = 0,
    level: float = 0.25,
) -> list[Datagram]:
    """A peer that speaks a sine, and the instants at which its packets come."""
    rate = codec.sample_rate
    kind = codec.payload_type if payload_type is None else payload_type
    payloads = _encoded(sine(hz, seconds, rate, level), codec, size)
    start = START + round(start_s * SECOND)
    return [
        (start + size * n, rtp(sequence + n, timestamp + size * n, payload, ssrc, kind))
        for n, payload in enumerate(payloads)
    ]


def _encoded(pcm: array[int], codec: Codec, size: int) -> Iterator[bytes]:
    encoding, samples = encoder(codec, codec.sample_rate), size * codec.sample_rate // SECOND
    return (encoding.encode(pcm[at : at + samples]) for at in range(0, len(pcm) - samples + 1, samples))


def changed(datagrams: Iterable[Datagram], change: Callable[[int, Datagram], Datagram | None]) -> list[Datagram]:
    """The datagrams as the network makes them: each by its number, None for one that is lost."""
    return [new for n, datagram in enumerate(datagrams) if (new := change(n, datagram)) is not None]
