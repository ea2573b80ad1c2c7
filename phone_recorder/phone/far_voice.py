"""The other phone's packets as samples: each in its place, silence where none came."""

from __future__ import annotations

from array import array

from phone_recorder.media.codecs import Decoder, decoder
from phone_recorder.media.mixing import Piece
from phone_recorder.media.pcm import silence
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.placement import ByArrival
from phone_recorder.recording.timeline import Timeline
from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.wire.payload import Codec

FRAME = from_ms(20)


class FarVoice:
    """At `rate` Hz, from the instant `start` on; a late packet is waited for `horizon` units."""

    def __init__(self, rate: int, start: int, horizon: int) -> None:
        self.rate = rate
        self._horizon = horizon
        self._timeline = Timeline(FRAME, horizon, ByArrival(start))
        self._decoders: dict[Codec, Decoder] = {}

    def hear(self, datagrams: list[Datagram]) -> None:
        """These came."""
        for arrival, data in datagrams:
            self._timeline.receive(arrival, data)

    def take(self, now: int) -> array[int]:
        """What is sure by now, and was not taken before."""
        samples = array("h")
        for piece in self._timeline.close(now):
            samples += self._samples(piece)
        return samples

    def rest(self, end: int) -> array[int]:
        """All that is left of a call that ended at this instant, in whole frames."""
        # With the frame that the end cuts in two.
        self._timeline.stop(end + FRAME - 1)
        samples = array("h")
        while not self._timeline.done:
            samples += self.take(end + self._horizon + FRAME)
        return samples

    def _samples(self, piece: Piece | None) -> array[int]:
        if piece is None:
            return silence(FRAME * self.rate // SECOND)
        if piece.codec not in self._decoders:
            self._decoders[piece.codec] = decoder(piece.codec, self.rate)
        return self._decoders[piece.codec].decode(piece.payload)
