"""The sum of two streams, payload by payload.

Two G.711 payloads are mixed by one look-up a sample in a table of 64 KiB, which holds the exact rule: decode both, add,
saturate to 16 bits, encode. Anything with G.722 in it takes the rule itself.
"""

from __future__ import annotations

from array import array
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from phone_recorder.media import g711, pcm, record_tone
from phone_recorder.media.codecs import Decoder, Recoder
from phone_recorder.wire.payload import Codec
from phone_recorder.wire.rtp import CLOCK_RATE


class Piece(NamedTuple):
    """Some milliseconds of one stream: a payload and the codec that it is in.

    `holes` are bytes, from and to, that never came: of a codec whose decoder must not take silence for them.
    """

    codec: Codec
    payload: bytes
    holes: tuple[tuple[int, int], ...] = ()


def samples_of(piece: Piece, decoder: Decoder, rate: int) -> array[int]:
    """What a decoder at `rate` Hz makes of a piece, silence in its holes."""
    if not piece.holes:
        return decoder.decode(piece.payload)
    samples, at = array("h"), 0
    for start, end in (*piece.holes, (len(piece.payload),) * 2):
        if at < start:
            samples += decoder.decode(piece.payload[at:start])
        samples += pcm.silence((end - start) * rate // CLOCK_RATE)
        at = end
    return samples


@cache
def mix_table(a: Codec, b: Codec, out: Codec) -> bytes:
    """`table[code_a << 8 | code_b]` is the code of the mix, all three in G.711."""
    encode = g711.encode_table(out)
    table_b = g711.decode_table(b)
    return bytes(encode[max(pcm.PCM_MIN, min(pcm.PCM_MAX, x + y))] for x in g711.decode_table(a) for y in table_b)


def mix_g711(a: Piece, b: Piece, out: Codec) -> bytes:
    """The mix of two G.711 payloads of one length, in the law `out`."""
    pairs = bytearray(2 * len(a.payload))
    pairs[0::2] = b.payload
    pairs[1::2] = a.payload
    table = mix_table(a.codec, b.codec, out)
    if len(a.payload) < 2:
        return bytes(table[pair] for pair in memoryview(pairs).cast("H"))
    return bytes(itemgetter(*memoryview(pairs).cast("H"))(table))


class PayloadMixer:
    """Mixes two streams into one codec, with the state that G.722 needs for each of the three.

    A piece may change its codec at any time. None in place of a piece is silence.
    """

    def __init__(self, out: Codec) -> None:
        self.out = out
        self._recoder = Recoder(out)

    def mix(self, a: Piece | None, b: Piece | None, size: int, place: int | None = None) -> bytes:
        """The mixed payload of `size` bytes. With its `place` in a recording that has the record tone, that too."""
        if place is not None and record_tone.sounds(place, size):
            both = self._sum(a, b, size)
            tone = record_tone.samples(record_tone.begin(place), size, self._recoder.rate)
            return self._recoder.encode(pcm.mix(both, tone))
        if self.out in g711.LAWS and all(piece is None or piece.codec in g711.LAWS for piece in (a, b)):
            return mix_g711(a, b, self.out) if a and b else self._lone_g711(a or b, size)
        return self._recoder.encode(self._sum(a, b, size))

    def _sum(self, a: Piece | None, b: Piece | None, size: int) -> array[int]:
        for piece in (a, b):
            if piece:
                self._recoder.meet(piece.codec)
        return pcm.mix(self._decode(0, a, size), self._decode(1, b, size))

    def _lone_g711(self, piece: Piece | None, size: int) -> bytes:
        # A-law has no code for 0: its silence is 8, which a sum would add to the other stream.
        if piece is None:
            return self.out.silence(size)
        return piece.payload.translate(g711.transcode_table(piece.codec, self.out))

    def _decode(self, leg: int, piece: Piece | None, size: int) -> array[int]:
        if piece is None:
            return pcm.silence(size * self._recoder.rate // CLOCK_RATE)
        return samples_of(piece, self._recoder.decoder(leg, piece.codec), self._recoder.rate)
