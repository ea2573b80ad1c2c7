"""Two streams of G.711 payloads mixed a block at a time, by numpy where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Protocol

from phone_recorder.bulk.offline.sides import Fill
from phone_recorder.wire.payload import Codec

BLOCK = 65_536
"""Bytes of a payload that are mixed at a time: they, their indices and the table stay in a core's cache."""

Octets = bytes | memoryview


class PairMixer(Protocol):
    """Mixes payloads of at most BLOCK bytes. What it returns lasts until it is asked again."""

    def both(self, a: memoryview, b: memoryview) -> Octets:
        """The mix of two of one length."""

    def alone(self, side: int, payload: memoryview) -> Octets:
        """One of side 0 or 1 beside which nothing is heard: not even the silence of A-law, which is no zero."""


def mix_payloads(
    laws: tuple[Codec, Codec], fills: tuple[Fill, Fill], out: Codec | None, shortest: bool = False
) -> Iterator[Octets]:
    """The mix in the law `out`, or in samples of 16 bits if it is None: pieces that last until the next is asked for.

    Once a side has ended the other goes on alone, unless the mix is to be as short as the shorter.
    """
    mixer = pair_mixer(*laws, out)
    a, b = (memoryview(bytearray(BLOCK)) for _ in laws)
    more = True
    while more:
        got = fills[0](a), fills[1](b)
        both, most = min(got), max(got)
        if both:
            yield mixer.both(a[:both], b[:both])
        if both < most and not shortest:
            longer = got.index(most)
            yield mixer.alone(longer, (a, b)[longer][both:most])
        more = (both if shortest else most) == BLOCK


@cache
def pair_mixer(a: Codec, b: Codec, out: Codec | None) -> PairMixer:
    """Kept: most pairs of an archive are in the same laws."""
    try:
        from phone_recorder.bulk.offline.gather import Gather
    except ImportError:
        from phone_recorder.bulk.offline.plain import Plain

        return Plain(a, b, out)
    return Gather(a, b, out, BLOCK)
