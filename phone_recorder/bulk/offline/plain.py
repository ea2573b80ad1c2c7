"""Two G.711 payloads to one without numpy: the same bytes as of `gather`, in some fifty times the time."""

from __future__ import annotations

from phone_recorder.media import g711, pcm
from phone_recorder.media.mixing import Piece, mix_g711
from phone_recorder.wire.payload import Codec


class Plain:
    """Mixes payloads of the laws `a` and `b` to payloads of the law `out`, or to samples of 16 bits if it is None."""

    def __init__(self, a: Codec, b: Codec, out: Codec | None) -> None:
        self._laws = a, b
        self._out = out

    def both(self, a: memoryview, b: memoryview) -> bytes:
        """The mix of two payloads of one length."""
        here, there = map(Piece, self._laws, (bytes(a), bytes(b)))
        if self._out:
            return mix_g711(here, there, self._out)
        return pcm.mix(g711.decode(*here[:2]), g711.decode(*there[:2])).tobytes()

    def alone(self, side: int, payload: memoryview) -> bytes:
        """One of side 0 or 1 beside which nothing is heard."""
        law = self._laws[side]
        if self._out:
            return bytes(payload).translate(g711.transcode_table(law, self._out))
        return g711.decode(law, bytes(payload)).tobytes()
