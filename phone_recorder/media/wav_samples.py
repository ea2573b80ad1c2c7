"""The samples of WAV files: every width and law that `wire.riff` lets pass, as signed 16 bit, mono."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import partial
from math import isnan
from operator import add

from phone_recorder.media import g711, pcm
from phone_recorder.wire.payload import PCMA, PCMU
from phone_recorder.wire.riff import ALAW, FLOAT, MULAW, PCM, WavFormat


def samples(wav_format: WavFormat, raw: bytes) -> array[int]:
    """The whole blocks of `raw` as 16-bit samples, the channels averaged."""
    whole = raw[: len(raw) - len(raw) % wav_format.block_align]
    interleaved = TO_16_BIT[wav_format.tag, wav_format.bits](whole)
    channels = [interleaved[i :: wav_format.channels] for i in range(wav_format.channels)]
    if len(channels) == 1:
        return interleaved
    sums = map(add, *channels) if len(channels) == 2 else map(sum, zip(*channels, strict=True))
    return array("h", [total // len(channels) for total in sums])


def _from_8_bit(raw: bytes) -> array[int]:
    # Alone of all widths 8 bits are unsigned.
    return _from_columns(bytes(len(raw)), raw.translate(bytes(code ^ 0x80 for code in range(256))))


def _from_wide(width: int, raw: bytes) -> array[int]:
    """The upper two of `width` bytes."""
    return _from_columns(raw[width - 2 :: width], raw[width - 1 :: width])


def _from_columns(low: bytes, high: bytes) -> array[int]:
    pairs = bytearray(2 * len(low))
    pairs[0::2] = low
    pairs[1::2] = high
    return array("h", bytes(pairs))


def _from_float(kind: str, raw: bytes) -> array[int]:
    # Saturated before it is rounded, for infinity has no integer; what is not a number is silence.
    values = memoryview(raw).cast("B").cast(kind)  # type: ignore[call-overload]
    return pcm.saturate(0 if isnan(value) else max(-1.0, min(1.0, value)) * 32768 for value in values)


TO_16_BIT: dict[tuple[int, int], Callable[[bytes], array[int]]] = {
    (PCM, 8): _from_8_bit,
    (PCM, 16): partial(array, "h"),
    (PCM, 24): partial(_from_wide, 3),
    (PCM, 32): partial(_from_wide, 4),
    (FLOAT, 32): partial(_from_float, "f"),
    (FLOAT, 64): partial(_from_float, "d"),
    (ALAW, 8): partial(g711.decode, PCMA),
    (MULAW, 8): partial(g711.decode, PCMU),
}
