"""Discontinuous transmission: silence is not sent."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from phone_recorder.harness.playing.comfort_noise import noise
from phone_recorder.media import g711
from phone_recorder.media.codecs import Decoder, decoder
from phone_recorder.recording.units import from_ms
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, G722, Codec
from phone_recorder.wire.rtp import RtpPacket

QUIET = 104
"""Samples below it are silence: a peak of -50 dB of the full scale of 16 bits."""
HANGOVER = from_ms(200)
"""So much silence is sent before the sender falls silent."""


class Dtx:
    """Says silence once in the place of silence, and nothing more; the next speech has the marker bit."""

    def __init__(self) -> None:
        self._quiet = 0
        self._silent = False
        self._decoder: Decoder | None = None

    def shape(self, packet: RtpPacket) -> list[RtpPacket]:
        """What is sent in the place of this packet. What is no audio is sent as it is."""
        codec = BY_PAYLOAD_TYPE.get(packet.payload_type)
        if codec is None:
            return [packet]
        if not self._is_quiet(codec, packet.payload):
            silent, self._silent, self._quiet = self._silent, False, 0
            return [replace(packet, marker=True)] if silent else [packet]
        if self._quiet < HANGOVER:
            self._quiet += len(packet.payload)
            return [packet]
        silent, self._silent = self._silent, True
        return [] if silent else [noise(packet)]

    def _is_quiet(self, codec: Codec, payload: bytes) -> bool:
        if codec is not G722:
            return not payload.strip(_quiet_codes(codec))
        self._decoder = self._decoder or decoder(G722, 8000)
        return all(abs(sample) < QUIET for sample in self._decoder.decode(payload))


@cache
def _quiet_codes(codec: Codec) -> bytes:
    return bytes(code for code, sample in enumerate(g711.decode_table(codec)) if abs(sample) < QUIET)
