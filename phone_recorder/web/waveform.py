"""A recording as a picture: the loudest sample of each of 800 stretches, as SVG.

G.711 is exact: its codes sort by loudness through a table. Of a recording longer than about two hours, and of G.722
longer than a quarter of an hour, only the beginning of each stretch is looked at, so that the time it takes is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from phone_recorder.media import codecs, g711
from phone_recorder.media.pcm import PCM_MAX
from phone_recorder.web.wav_stream import RecordedAudio
from phone_recorder.wire.payload import G722, Codec

COLUMNS = 800
LOOKED_AT = 65_536
"""Bytes of G.711 in a stretch that are looked at."""
LOOKED_AT_G722 = 8_192
"""As long to decode as so much G.711 to look through."""

LEAST_FULL = 1024
"""What is softer than -30 dB all the time looks soft."""

_HEIGHT = 200
_COLOUR = "#6b7c93"
"""Seen on light and on dark; the page paints its own colours through the picture."""


def peaks(audio: RecordedAudio, columns: int = COLUMNS) -> Iterator[int]:
    """The loudest sample of each of as many equal stretches, from 0 to 32767."""
    size = audio.payload_size
    bounds = [size * column // columns for column in range(columns + 1)]
    look, loudest = (LOOKED_AT_G722, _G722()) if audio.codec is G722 else (LOOKED_AT, _G711(audio.codec))
    for start, stop in pairwise(bounds):
        yield max(map(loudest, audio.payload(start, min(stop, start + look))), default=0)


def svg(levels: Sequence[int]) -> str:
    """A bar for each level, about the middle, the loudest as high as the picture; even silence has a hair line."""
    full = max(*levels, LEAST_FULL)
    bars = (_bar(column, level * (_HEIGHT / 2) / full) for column, level in enumerate(levels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(levels)} {_HEIGHT}" preserveAspectRatio="none">'
        f'<path stroke="{_COLOUR}" d="{"".join(bars)}"/></svg>\n'
    )


def _bar(column: int, height: float) -> str:
    half = max(round(height), 1)
    return f"M{column}.5 {_HEIGHT // 2 - half}v{2 * half}"


class _G722:
    """The loudest sample of the payloads that follow each other."""

    def __init__(self) -> None:
        self._decoder = codecs.decoder(G722, G722.sample_rate)

    def __call__(self, payload: bytes) -> int:
        pcm = self._decoder.decode(payload)
        return min(max(max(pcm), -min(pcm)), PCM_MAX)


class _G711:
    """The loudest sample of a payload, by the rank of its codes."""

    def __init__(self, law: Codec) -> None:
        self._ranks, self._levels = _loudness(law)

    def __call__(self, payload: bytes) -> int:
        return self._levels[_highest(payload.translate(self._ranks))]


@cache
def _loudness(law: Codec) -> tuple[bytes, list[int]]:
    """The rank of each code by its loudness, and the loudness of each rank."""
    table = [min(abs(sample), PCM_MAX) for sample in g711.decode_table(law)]
    levels = sorted({0, *table})
    return bytes(levels.index(level) for level in table), levels


def _highest(data: bytes) -> int:
    """The highest byte, found by halving: `max` would make a number of every byte."""
    low, high = 0, 255
    while low < high and data:
        middle = (low + high) // 2
        louder = data.translate(None, bytes(range(middle + 1)))
        low, high, data = (middle + 1, high, louder) if louder else (low, middle, data)
    return low
