"""A frame of a timeline of which only a part has come so far."""

from __future__ import annotations

from itertools import pairwise

from phone_recorder.media.mixing import Piece
from phone_recorder.wire.payload import G722, Codec


class PartialFrame:
    """`frame` bytes of one codec, silence where nothing has come; what came first stays."""

    def __init__(self, frame: int, codec: Codec) -> None:
        self._codec = codec
        self._payload = bytearray(codec.silence(frame))
        self._missing = (1 << frame) - 1  # bit n: byte n has not come

    def lay(self, offset: int, piece: Piece) -> bool:
        """Put a payload where nothing is yet; false if there is no such place, or the codec is another."""
        end = offset + len(piece.payload)
        mask = (1 << end) - (1 << offset)
        if piece.codec is not self._codec or not self._missing & mask:
            return False
        if self._missing & mask == mask:
            self._payload[offset:end] = piece.payload
        else:
            self._fill(offset, piece.payload)
        self._missing &= ~mask
        return True

    def _fill(self, offset: int, payload: bytes) -> None:
        """Put only those bytes whose places are free."""
        for byte, code in enumerate(payload, offset):
            if self._missing >> byte & 1:
                self._payload[byte] = code

    @property
    def whole(self) -> bool:
        return not self._missing

    def piece(self) -> Piece:
        return Piece(self._codec, bytes(self._payload), self._holes() if self._codec is G722 else ())

    def _holes(self) -> tuple[tuple[int, int], ...]:
        """Bytes, from and to, that have not come."""
        missing = [self._missing >> byte & 1 for byte in range(len(self._payload))]
        edges = [byte for byte, (a, b) in enumerate(pairwise((0, *missing, 0))) if a != b]
        return tuple(zip(edges[::2], edges[1::2], strict=True))
