"""Slower or faster speech at its own pitch: pieces of the sound, overlapped where they are most alike.

WSOLA (Verhelst and Roelands, 1993): each output block is cut from about where its time is in the input, but a few
milliseconds earlier or later, wherever the input is most like what would have followed the block before.
"""

from __future__ import annotations

from array import array
from functools import cache
from itertools import accumulate
from math import cos, pi
from operator import mul

from phone_recorder.errors import UsageError

SLOWEST, FASTEST = 0.5, 2.0
"""What speech can still be followed at."""

_HOP_MS = 16
"""What a block adds to the output."""
_OVERLAP_MS = 8
"""What two blocks share, so that a block is cut 24 ms long."""
_REACH_MS = 7
"""A block may be cut so much earlier or later: together a little over one period of the deepest voice."""
_SEARCH_RATE = 8000
"""Samples in a second that are compared at first; at higher rates the place is then found to the sample."""
_ONE = 1 << 12
"""Full weight in a cross-fade."""


def check_speed(speed: float) -> None:
    """UsageError for what is slower than SLOWEST, faster than FASTEST, or no number."""
    if not SLOWEST <= speed <= FASTEST:
        raise UsageError(f"speed {speed:g} is not possible: give a factor from {SLOWEST:g} to {FASTEST:g}")


class TimeStretch:
    """One stream at `rate` Hz, played `speed` times as fast: 2 halves its time, 0.5 doubles it, 1 changes nothing.

    The output is the same in whatever pieces the input comes. It is up to 31 ms of input behind.
    """

    def __init__(self, rate: int, speed: float) -> None:
        check_speed(speed)
        self.speed = speed
        self._hop, self._overlap, self._reach = (rate * ms // 1000 for ms in (_HOP_MS, _OVERLAP_MS, _REACH_MS))
        self._size = self._hop + self._overlap
        self._step = max(1, rate // _SEARCH_RATE)
        self._blocks = 0
        self._input = array("h")
        self._dropped = 0  # samples of the input before these
        self._tail = array("h")  # what would follow the last block

    def feed(self, samples: array[int]) -> array[int]:
        """The output that these samples complete."""
        if self.speed == 1:
            return samples
        self._input += samples
        out = array("h")
        while self._ideal() + self._reach + self._size <= len(self._input):
            out += self._block()
        return out

    def rest(self) -> array[int]:
        """What is still owed at the end of the input. It ends with the input's last sample.

        Another stream can go on from there without a click. An input shorter than a block is given as it is.
        """
        if len(self._input) < self._size:
            return self._input
        out = array("h")
        owed = round((self._dropped + len(self._input)) / self.speed) - self._blocks * self._hop
        while owed >= self._size:
            out += self._block()
            owed -= self._hop
        return out + self._faded(self._input[-max(owed, self._overlap) :])

    def _ideal(self) -> int:
        """Where in the input, as far as it is kept, the time of the next block is."""
        return int(self._blocks * self._hop * self.speed) - self._dropped

    def _block(self) -> array[int]:
        """The next block of the output."""
        place = self._place()
        block = self._faded(self._input[place : place + self._hop])
        self._tail = self._input[place + self._hop : place + self._size]
        self._blocks += 1
        self._drop(min(self._ideal() - self._reach, len(self._input) - self._size))
        return block

    def _place(self) -> int:
        """Where in the input to cut: most like what would follow the last block. At the end, within what there is."""
        last = min(self._ideal() + self._reach, len(self._input) - self._size)
        first = max(0, min(self._ideal() - self._reach, last))
        region = self._input[first : last + self._overlap]
        return first + _closest(self._follows().tolist(), region.tolist(), self._step)

    def _follows(self) -> array[int]:
        return self._tail or self._input[: self._overlap]

    def _faded(self, samples: array[int]) -> array[int]:
        """These, after what would have followed has been faded into them."""
        pairs = zip(self._follows(), samples, _weights(self._overlap), strict=False)
        faded = array("h", [(old * (_ONE - weight) + new * weight + _ONE // 2) // _ONE for old, new, weight in pairs])
        return faded + samples[self._overlap :]

    def _drop(self, count: int) -> None:
        """Keep nothing of the input that will not be looked at again."""
        if count > 0:
            del self._input[:count]
            self._dropped += count


def _closest(wanted: list[int], region: list[int], step: int) -> int:
    """Where in the region the samples differ least from the wanted ones; every `step`-th is looked at first."""
    places = range(len(region) - len(wanted) + 1)
    if step > 1:
        rough = step * _closest(wanted[::step], region[::step], 1)
        places = places[max(0, rough - step + 1) : rough + step]
    size = len(wanted)
    powers: list[int] = [0, *accumulate(map(mul, region, region))]

    def difference(place: int) -> int:
        # The sum of the squared differences, less what is the same at every place.
        common: int = sum(map(mul, wanted, region[place : place + size]))
        return powers[place + size] - powers[place] - 2 * common

    return min(places, key=difference)


@cache
def _weights(count: int) -> tuple[int, ...]:
    """A rise from nothing to _ONE in the shape of a cosine."""
    return tuple(round(_ONE * (1 - cos(pi * (n + 0.5) / count)) / 2) for n in range(count))
