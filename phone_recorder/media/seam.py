"""A G.722 stream that is recorded with frames left out, or silence in their place: what is around a seam is coded anew.

A decoder of G.722 goes on from what it has decoded before. At a seam it would meet payloads whose encoder has heard
something else meanwhile, and answer with a burst near full scale for a tenth of a second. G.711 has no such state.
"""

from __future__ import annotations

from array import array
from collections import deque

from phone_recorder.media import pcm
from phone_recorder.media.codecs import Decoder, Encoder, decoder, encoder
from phone_recorder.media.mixing import Piece, samples_of
from phone_recorder.wire.payload import G722
from phone_recorder.wire.rtp import CLOCK_RATE

RATE = G722.sample_rate
KNOWN = CLOCK_RATE // 2
"""Units before a seam from which a decoder and an encoder come to know what those of the stream know."""
ANEW = CLOCK_RATE
"""Units after a seam that are coded anew. By then the decoder of the recording is one with the sender's encoder."""
QUIET = 128
"""Coded twice, a sound is late by 1.4 ms: it goes on as it came in a frame whose samples are all within this."""


class Seam:
    """Each frame of the stream, in order, goes through one of `keep`, `leave_out` and `silence`."""

    def __init__(self) -> None:
        self._recent: deque[bytes] = deque()
        self._left = 0  # units that are still to be coded anew, by these two
        self._ears: Decoder
        self._mouth: Encoder

    def keep(self, piece: Piece) -> bytes:
        """The payload to record for this one."""
        if piece.holes:
            self._break()
        payload = self._anew(piece) if self._left else piece.payload
        self._remember(payload)
        return payload

    def leave_out(self, payload: bytes) -> None:
        """A frame that is not recorded, by which the sender's encoder goes on all the same."""
        self._break()
        self._ears.decode(payload)

    def silence(self, size: int) -> bytes:
        """The payload to record where there is none."""
        self._break()
        payload = self._mouth.encode(_silence(size))
        self._remember(payload)
        return payload

    def _anew(self, piece: Piece) -> bytes:
        samples = samples_of(piece, self._ears, RATE)
        left = self._left - len(piece.payload)
        self._left = left if left > 0 else 0 if max(map(abs, samples)) <= QUIET else 1
        return self._mouth.encode(samples)

    def _break(self) -> None:
        if not self._left:
            self._ears, self._mouth = decoder(G722, RATE), encoder(G722, RATE)
            for payload in self._recent:
                self._mouth.encode(self._ears.decode(payload))
        self._left = ANEW

    def _remember(self, payload: bytes) -> None:
        self._recent.append(payload)
        if len(self._recent) * len(payload) > KNOWN:
            self._recent.popleft()


def _silence(size: int) -> array[int]:
    return pcm.silence(size * RATE // CLOCK_RATE)
