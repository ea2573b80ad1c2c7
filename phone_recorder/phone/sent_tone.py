"""The record tone in what this phone sends: who is recorded hears it, and not only who plays the recording."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from phone_recorder.media import g711, pcm, record_tone
from phone_recorder.media.codecs import Encoder, encoder
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import G722, PCMU, Codec
from phone_recorder.wire.rtp import HEADER_SIZE

RecordedAt = Callable[[int], int | None]
"""The recording's own time at an instant, in units; None while nothing is recorded."""


@runtime_checkable
class Toned(Protocol):
    """A party that sends the record tone to the other phone."""

    def sound(self, recorded_at: RecordedAt) -> None:
        """Send it from now on, wherever a recording has it."""


class SentTone:
    """The tone packet by packet, of a voice at `rate` Hz. Call `follow` first.

    Packets do not begin with a recording: a tone that has begun is sent from its start. It fades when the recording is
    paused or ends in the midst of it.
    """

    def __init__(self, recorded_at: RecordedAt, rate: int) -> None:
        self._recorded_at = recorded_at
        self._rate = rate
        self._next: int | None = None  # where in the tone the next packet begins
        self._codec = PCMU
        self._encoder: Encoder | None = None

    def follow(self, codec: Codec) -> None:
        """What is sent is in this codec from now on. In G.722 it is a stream of its own, with the tone and without."""
        self._codec = codec
        self._encoder = encoder(codec, self._rate) if codec is G722 else None

    def break_off(self) -> None:
        """Nothing is sent for a time: what has begun does not go on after it."""
        self._next = None

    def packet(self, instant: int, voice: array[int], said: bytes) -> bytes:
        """The packet that says that voice at this instant, with the tone where it sounds."""
        size = len(said) - HEADER_SIZE
        tone = self._samples(instant, size, self._rate if self._encoder else PCMU.sample_rate)
        if self._encoder:
            return said[:HEADER_SIZE] + self._encoder.encode(pcm.mix(voice, tone) if tone else voice)
        if tone is None:
            return said
        spoken = g711.decode(self._codec, said[HEADER_SIZE:])
        return said[:HEADER_SIZE] + g711.encode(self._codec, pcm.mix(spoken, tone))

    def _samples(self, instant: int, size: int, rate: int) -> array[int] | None:
        """What sounds in a packet of `size` units; None for nothing."""
        place = self._recorded_at(instant)
        if self._next is None and place is not None and record_tone.sounds(place, size):
            self._next = min(record_tone.begin(place), 0)
        if self._next is None:
            return None
        piece = record_tone.samples(self._next, size, rate)
        self._next = self._next + size if place is not None and self._next + size < record_tone.LENGTH else None
        return piece if place is not None else _fading(piece, record_tone.FADE * rate // SECOND)


def _fading(piece: array[int], length: int) -> array[int]:
    return pcm.saturate(sample * max(1 - n / length, 0) for n, sample in enumerate(piece))
