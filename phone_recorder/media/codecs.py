"""Encoders and decoders of the three codecs, each with the state of one direction of one stream.

PCM is signed 16 bit in `array("h")`, at 8 kHz or 16 kHz. G.722 is PyPI's `G722`, loaded when first needed; it decodes
to and encodes from 8 kHz directly. G.711 meets 16 kHz only where it is mixed with G.722 into G.722, by `resample`.

`G722` is a module in C, which not every machine has. Whoever is asked for G.722 there says so with `require`, before
anything is begun; a packet that comes in it is one of a codec that is not ours, which `has` tells.
"""

from __future__ import annotations

from array import array
from functools import cache
from typing import Any, Protocol

from phone_recorder.errors import UsageError
from phone_recorder.media import g711
from phone_recorder.media.resample import Resampler
from phone_recorder.wire.payload import CODECS, G722, Codec

BIT_RATE = 64000
NO_G722 = "codec G722 needs the Python package G722: install it, or use PCMU or PCMA"


class Decoder(Protocol):
    """Payload to samples. A gap is decoded as silence by the caller; the state stays."""

    def decode(self, payload: bytes) -> array[int]: ...


class Encoder(Protocol):
    """Samples to payload."""

    def encode(self, pcm: array[int]) -> bytes: ...


def has(codec: Codec) -> bool:
    """Whether there are encoders and decoders of that codec here; of G.722, to find out is to load it."""
    return codec is not G722 or _library() is not None


def usable() -> tuple[Codec, ...]:
    """Those that there are here, in their usual order."""
    return tuple(codec for codec in CODECS if has(codec))


def require(codec: Codec) -> None:
    """UsageError, which says what to do, if that codec cannot be had here."""
    if not has(codec):
        raise UsageError(NO_G722)


def decoder(codec: Codec, rate: int) -> Decoder:
    """A decoder of `codec` that gives samples at `rate` Hz, 8000 or 16000; UsageError as of `require`."""
    return _G722(rate) if codec is G722 else _G711(codec, rate)


def encoder(codec: Codec, rate: int) -> Encoder:
    """An encoder of `codec` that takes samples at `rate` Hz, 8000 or 16000; UsageError as of `require`."""
    return _G722(rate) if codec is G722 else _G711(codec, rate)


class Recoder:
    """Payloads of several legs to samples of one rate, and samples to payloads of one codec; None is silence.

    The rate is 8 kHz, which every codec here decodes to at little cost, until wide band is on both sides.
    """

    def __init__(self, target: Codec) -> None:
        self.target = target
        self._set_rate(8000)

    def decode(self, leg: int, codec: Codec, payload: bytes) -> array[int]:
        """The samples of a payload of that leg."""
        return self.decoder(leg, codec).decode(payload)

    def decoder(self, leg: int, codec: Codec) -> Decoder:
        """That of a leg, which may change its codec at any time."""
        key = leg, codec
        if key not in self._decoders:
            self._decoders[key] = decoder(codec, self.rate)
        return self._decoders[key]

    def encode(self, pcm: array[int]) -> bytes:
        """The samples as a payload of the target codec."""
        return self._encoder.encode(pcm)

    def meet(self, codec: Codec) -> None:
        """Go over to 16 kHz if this codec and the target both carry it. Call before the payloads are decoded."""
        if codec.sample_rate == self.target.sample_rate == 16000 != self.rate:
            self._set_rate(16000)

    def _set_rate(self, rate: int) -> None:
        self.rate = rate
        self._encoder = encoder(self.target, rate)
        self._decoders: dict[tuple[int, Codec], Decoder] = {}


class Transcoder:
    """Payloads of any of the codecs in, payloads of `target` out: same length, same playing time."""

    def __init__(self, target: Codec) -> None:
        self._recoder = Recoder(target)

    def transcode(self, codec: Codec, payload: bytes) -> bytes:
        """The payload in the target codec."""
        target = self._recoder.target
        if codec is target:
            return payload
        if codec in g711.LAWS and target in g711.LAWS:
            return payload.translate(g711.transcode_table(codec, target))
        return self._recoder.encode(self._recoder.decode(0, codec, payload))


class _G711:
    def __init__(self, law: Codec, rate: int) -> None:
        self._law = law
        self._to_rate = Resampler(law.sample_rate, rate)
        self._from_rate = Resampler(rate, law.sample_rate)

    def decode(self, payload: bytes) -> array[int]:
        return self._to_rate.feed(g711.decode(self._law, payload))

    def encode(self, pcm: array[int]) -> bytes:
        return g711.encode(self._law, self._from_rate.feed(pcm))


class _G722:
    def __init__(self, rate: int) -> None:
        require(G722)
        self._codec = _library()(rate, BIT_RATE)

    def decode(self, payload: bytes) -> array[int]:
        # Without numpy the library gives an array, with its numpy build an ndarray of the same samples.
        return array("h", self._codec.decode(payload))

    def encode(self, pcm: array[int]) -> bytes:
        # Given bytes, the library takes each byte for a sample.
        return bytes(self._codec.encode(memoryview(pcm)))


@cache
def _library() -> Any:
    """The class of the library; None where it cannot be imported."""
    try:
        from G722 import G722 as Codec722
    except ImportError:
        return None
    return Codec722
