"""A voice that is taken as many samples at a time as a packet needs, whatever the pieces that it comes in."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from phone_recorder.media.pcm import silence


class VoiceReader:
    """Pieces of samples at `rate` Hz, 8000 or 16000. When they are over, or one is empty, silence stands in."""

    def __init__(self, pieces: Iterator[array[int]], rate: int) -> None:
        self.rate = rate
        self._pieces = pieces
        self._piece = array("h")
        self._at = 0

    def read(self, count: int) -> array[int]:
        """The next so many samples."""
        samples = self._take(count)
        while len(samples) < count:
            piece = next(self._pieces, None)
            if not piece:
                return samples + silence(count - len(samples))
            self._piece, self._at = piece, 0
            samples += self._take(count - len(samples))
        return samples

    def _take(self, most: int) -> array[int]:
        taken = self._piece[self._at : self._at + most]
        self._at += len(taken)
        return taken
