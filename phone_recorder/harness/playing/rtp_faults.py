"""Faults of a sender's RTP: packet in, packets out, of one stream whose numbers go on or leap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from phone_recorder.harness.playing.comfort_noise import NoisePause
from phone_recorder.harness.playing.dtmf import Dtmf
from phone_recorder.harness.playing.dtx import Dtx
from phone_recorder.harness.scenario.actions import RtpFault, RtpKind
from phone_recorder.media.codecs import Transcoder
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, Codec
from phone_recorder.wire.rtp import SEQUENCE_MASK, TIMESTAMP_MASK, RtpPacket


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a stream's numbers differ from those of the voice: what is added to each, and another SSRC."""

    ssrc: int | None = None
    sequence: int = 0
    timestamp: int = 0

    def of(self, packet: RtpPacket, place: int) -> RtpPacket:
        """The packet as it is sent; `place` among those that stand for one of the voice."""
        return replace(
            packet,
            ssrc=packet.ssrc if self.ssrc is None else self.ssrc,
            sequence=(packet.sequence + self.sequence + place) & SEQUENCE_MASK,
            timestamp=(packet.timestamp + self.timestamp) & TIMESTAMP_MASK,
        )


AS_THEY_ARE = Numbers()


def _new_ssrc(numbers: Numbers, packet: RtpPacket, number: int, random: Random) -> Numbers:
    draw = random.getrandbits
    return Numbers(draw(32), draw(16), draw(32))


def _jump_timestamp(numbers: Numbers, packet: RtpPacket, number: int, random: Random) -> Numbers:
    return replace(numbers, timestamp=numbers.timestamp + number)


def _jump_sequence(numbers: Numbers, packet: RtpPacket, number: int, random: Random) -> Numbers:
    return replace(numbers, sequence=numbers.sequence + number)


def _reset(numbers: Numbers, packet: RtpPacket, number: int, random: Random) -> Numbers:
    return replace(numbers, sequence=-packet.sequence, timestamp=-packet.timestamp)


LEAPS: dict[RtpKind, Callable[[Numbers, RtpPacket, int, Random], Numbers]] = {
    "new ssrc": _new_ssrc,
    "jump timestamp": _jump_timestamp,
    "jump sequence": _jump_sequence,
    "reset": _reset,
}
"""The faults of a stream's numbers: what these are from the next packet on, the packet given as the voice has it."""


class FaultyStream:
    """The packets of a voice as a sender with faults sends them; without any, as they are.

    `stopped` and `held` senders send nothing, and nothing of it is lost: sequence numbers go on after it.
    """

    def __init__(self, random: Random, dtx: bool) -> None:
        self.stopped = False
        self.held = False
        self.dtmf = Dtmf()
        self.noise = NoisePause()
        self._random = random
        self._recoder: tuple[Codec, Transcoder] | None = None
        self._shapes: list[Callable[[RtpPacket], Sequence[RtpPacket]]] = [self.dtmf.shape, self.noise.shape]
        if dtx:
            self._shapes.append(Dtx().shape)
        self._numbers = AS_THEY_ARE
        self._leaps: list[RtpFault] = []

    @property
    def silent(self) -> bool:
        """Whether nothing is sent."""
        return self.stopped or self.held

    def recode(self, codec: Codec) -> None:
        """Send audio in this codec."""
        self._recoder = codec, Transcoder(codec)

    def leap(self, fault: RtpFault) -> None:
        """One of LEAPS, with the next packet that is sent."""
        self._leaps.append(fault)

    def sent(self, packet: RtpPacket) -> Sequence[RtpPacket]:
        """What is sent in the place of the voice's next packet; the very packet, if nothing about it is changed."""
        shaped: Sequence[RtpPacket] = [self._recoded(packet)]
        for shape in self._shapes:
            shaped = [out for each in shaped for out in shape(each)]
        return self._numbered([] if self.silent else shaped)

    def _recoded(self, packet: RtpPacket) -> RtpPacket:
        codec = BY_PAYLOAD_TYPE.get(packet.payload_type)
        if self._recoder is None or codec is None:
            return packet
        target, transcoder = self._recoder
        said = transcoder.transcode(codec, packet.payload)
        return replace(packet, payload_type=target.payload_type, payload=said, padding=0)

    def _numbered(self, shaped: Sequence[RtpPacket]) -> Sequence[RtpPacket]:
        while self._leaps and shaped:
            fault = self._leaps.pop(0)
            self._numbers = LEAPS[fault.kind](self._numbers, shaped[0], fault.number, self._random)
        numbers = self._numbers
        if len(shaped) != 1:
            self._numbers = replace(numbers, sequence=numbers.sequence + len(shaped) - 1)
        elif numbers == AS_THEY_ARE:
            return shaped
        return [numbers.of(packet, place) for place, packet in enumerate(shaped)]
