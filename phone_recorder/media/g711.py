"""PCMU and PCMA from the rule of ITU-T G.711: tables built once, then look-ups.

PCM is signed 16 bit in `array("h")`. G.711 codes a uniform signal of 14 bits (mu-law) or 13 bits (A-law); a sample of
16 bits is rounded to that first, halves up. That is where encoders differ, and there sox's answer is ours.
"""

from __future__ import annotations

from array import array
from functools import cache
from operator import itemgetter

from phone_recorder.wire.payload import PCMA, PCMU, Codec

LAWS = (PCMU, PCMA)

_MULAW_BIAS = 0x84
_MULAW_CLIP = 0x7FFF - _MULAW_BIAS


def decode(law: Codec, payload: bytes) -> array[int]:
    """The payload's samples at 8 kHz."""
    low, high = _decode_bytes(law)
    pcm = bytearray(2 * len(payload))
    pcm[0::2] = payload.translate(low)
    pcm[1::2] = payload.translate(high)
    return array("h", bytes(pcm))


def encode(law: Codec, pcm: array[int]) -> bytes:
    """The payload of samples at 8 kHz."""
    # A table of 65,536 entries takes negative samples as negative indices, which wrap to where they belong.
    if len(pcm) < 2:
        return bytes(encode_table(law)[sample] for sample in pcm)
    return bytes(itemgetter(*pcm)(encode_table(law)))


@cache
def decode_table(law: Codec) -> tuple[int, ...]:
    """256 samples, one a code."""
    rule = _decode_mulaw if law is PCMU else _decode_alaw
    return tuple(rule(code) for code in range(256))


@cache
def encode_table(law: Codec) -> bytes:
    """65,536 codes, indexed by the sample (a negative one counts from the end)."""
    rule = _encode_mulaw if law is PCMU else _encode_alaw
    return bytes(rule(sample) for sample in (*range(32768), *range(-32768, 0)))


@cache
def transcode_table(source: Codec, target: Codec) -> bytes:
    """256 codes for `bytes.translate`, from one law to the other."""
    return bytes(encode_table(target)[sample] for sample in decode_table(source))


@cache
def _decode_bytes(law: Codec) -> tuple[bytes, bytes]:
    samples = [sample & 0xFFFF for sample in decode_table(law)]
    return bytes(s & 0xFF for s in samples), bytes(s >> 8 for s in samples)


def _decode_mulaw(code: int) -> int:
    code ^= 0xFF
    magnitude = (((code & 0x0F) << 3) + _MULAW_BIAS << (code >> 4 & 7)) - _MULAW_BIAS
    return -magnitude if code & 0x80 else magnitude


def _encode_mulaw(sample: int) -> int:
    sample = min(sample + 2 >> 2, 0x1FFF) << 2
    sign = 0x80 if sample < 0 else 0
    biased = min(abs(sample), _MULAW_CLIP) + _MULAW_BIAS
    segment = biased.bit_length() - 8
    return (sign | segment << 4 | biased >> segment + 3 & 0x0F) ^ 0xFF


def _decode_alaw(code: int) -> int:
    code ^= 0x55
    segment, step = code >> 4 & 7, (code & 0x0F) << 4
    magnitude = step + 0x108 << segment - 1 if segment else step + 8
    return magnitude if code & 0x80 else -magnitude


def _encode_alaw(sample: int) -> int:
    sample = min(sample + 4 >> 3, 0xFFF) << 3
    sign, magnitude = (0x80, sample) if sample >= 0 else (0, ~sample)
    segment = max(magnitude.bit_length() - 8, 0)
    return (sign | segment << 4 | magnitude >> max(segment, 1) + 3 & 0x0F) ^ 0x55
