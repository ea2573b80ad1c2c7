"""What the phones of a fleet say: frames by (flow, frame number), so that nothing has to be kept for each of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from math import lcm
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.audio_files import open_pcm
from phone_recorder.bulk.pattern import pattern
from phone_recorder.errors import UsageError
from phone_recorder.media.codecs import encoder, require
from phone_recorder.media.g711 import LAWS
from phone_recorder.media.pcm import saturate
from phone_recorder.wire.payload import BYTES_PER_MS, PTIMES_MS, Codec
from phone_recorder.wire.printable import printable

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

TONE_LEVEL = 8000
"""Peak of a tone, 12 dB below full scale: two of them never saturate."""
HIGHEST_TONE = 4000
"""In Hz, which none reaches: half the sample rate of G.711."""
LONGEST = 600 * 1000 * BYTES_PER_MS
"""Bytes of a voice from a file, which is all held: ten minutes, after which it begins again."""
_STEP = lcm(*PTIMES_MS) * BYTES_PER_MS
"""A loop is so many times this, and thus whole frames of every packet time."""
_STRIDE = 7919
"""Frames between where neighbours begin: a prime, so that they meet as late as can be."""
PATTERN = "pattern"
_TONE = "tone:"


class Voices(Protocol):
    """All the phones' voices."""

    def payloads(self, flows: Numbers, frames: Numbers, size: int) -> Bytes:
        """What these flows say in these frames of their own, as payloads [n, size]."""
        ...


class Pattern:
    """Each frame of each flow says which it is (bulk/pattern.py)."""

    def payloads(self, flows: Numbers, frames: Numbers, size: int) -> Bytes:
        return pattern(flows, frames, size)


class Looped:
    """One voice over and over, for all; each flow begins somewhere else in it, unless they speak in `unison`."""

    def __init__(self, payload: bytes, unison: bool = False) -> None:
        """Of the payload, what is whole frames of every packet time; ValueError if it is shorter than that, 120 ms."""
        if len(payload) < _STEP:
            raise ValueError(f"a loop of {len(payload)} bytes is too short: {_STEP} are the least")
        self._bytes = np.frombuffer(payload[: len(payload) // _STEP * _STEP], np.uint8)
        self._stride = 0 if unison else _STRIDE

    def __len__(self) -> int:
        """Bytes, which are units, until it begins again."""
        return len(self._bytes)

    def payloads(self, flows: Numbers, frames: Numbers, size: int) -> Bytes:
        """ValueError for a size that is of no packet time."""
        loop = self._bytes.reshape(-1, size)
        said: Bytes = loop[(frames + flows * self._stride) % len(loop)]
        return said


def voice_of(word: str, codec: Codec) -> Voices:
    """The voice that a user means: `pattern`, `tone:HERTZ`, or a WAV file or record file; UsageError says why not."""
    if word == PATTERN:
        return Pattern()
    require(codec)
    if word.startswith(_TONE):
        return tone(_hertz(word.removeprefix(_TONE)), codec)
    return from_file(Path(word), codec)


def tone(hertz: int, codec: Codec) -> Looped:
    """A sine; of three seconds, which are whole turns of it and whole frames, so that it has no seam."""
    rate = codec.sample_rate
    count = lcm(_samples(_STEP, rate), rate)
    turns = np.arange(count) * hertz % rate / rate
    return Looped(_coded(saturate((TONE_LEVEL * np.sin(2 * np.pi * turns)).tolist()), codec))


def from_file(path: Path, codec: Codec) -> Looped:
    """A WAV file or record file, the first ten minutes of it; UsageError, AudioFileError or RecordFileError."""
    rate = codec.sample_rate
    samples = _first(open_pcm(path, rate), _samples(LONGEST, rate))
    step = _samples(_STEP, rate)
    samples *= -(-step // len(samples))
    return Looped(_coded(samples[: len(samples) // step * step], codec))


def _coded(samples: array[int], codec: Codec) -> bytes:
    """The loop of these samples. G.722 comes to its begin with the state of its end, as it will when it is played."""
    encoding = encoder(codec, codec.sample_rate)
    if codec not in LAWS:
        encoding.encode(samples)
    return encoding.encode(samples)


def _first(pieces: Iterable[array[int]], count: int) -> array[int]:
    """So many samples of the pieces, or all that there are."""
    samples = array("h")
    for piece in pieces:
        samples += piece
        if len(samples) >= count:
            break
    return samples[:count]


def _samples(size: int, rate: int) -> int:
    """So many bytes of payload in samples."""
    return size * rate // (1000 * BYTES_PER_MS)


def _hertz(text: str) -> int:
    digits = text.isascii() and text.isdecimal() and len(text) <= len(str(HIGHEST_TONE))
    if not digits or not 0 < int(text) < HIGHEST_TONE:
        raise UsageError(f"a tone of {printable(text)!r} Hz cannot be said: it is a whole number below {HIGHEST_TONE}")
    return int(text)
