"""What a network does to the streams of a fleet, on purpose: loss, duplicates, other order, jitter.

Whether a packet is lost is a function of its stream's key and its own number, not of when we come to send it, nor of
which other streams there are: the same key gives the same losses, however the ticks fall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phone_recorder.bulk.media_streams import Packets, Table
from phone_recorder.errors import UsageError

_LOSS, _DUPLICATE, _REORDER, _JITTER = range(4)
"""What is drawn of each packet."""
_DRAWS = 4
_STEP, _ONE, _TWO = (np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
"""Of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014)."""
_TO_UNIT = 2.0**-53


@dataclass(frozen=True, slots=True)
class Impairments:
    """Shares are 0 to 1; UsageError for what is none, and for a length that is too short."""

    loss: float = 0.0
    burst: float = 1.0
    """Packets that are lost in a row, on average (Gilbert's model); 1 is each for itself."""
    duplicate: float = 0.0
    reorder: float = 0.0
    behind: int = 1
    """Packets of the same stream that overtake one that is reordered."""
    jitter: int = 0
    """Units: each packet is late by any time up to this."""

    def __post_init__(self) -> None:
        for name in ("loss", "duplicate", "reorder"):
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"{name} is a share from 0 to 1, not {getattr(self, name)}")
        if not 1 <= self.burst < float("inf") or self.behind < 1 or self.jitter < 0:
            raise UsageError("losses in a row and packets that overtake are at least 1, and jitter is at least 0")

    def columns(self, frame: int) -> dict[str, float]:
        """As a stream's row has them."""
        enter, stay = _chances(self.loss, self.burst)
        behind = self.behind * frame + 1
        return {
            "enter": enter,
            "stay": stay,
            "duplicate": self.duplicate,
            "reorder": self.reorder,
            # A unit more, so that it goes after the packet that is due then.
            "behind": behind,
            "jitter": self.jitter,
        }


NONE = Impairments()


def impaired(table: Table, packets: Packets) -> Packets:
    """What is left of packets, one of a stream at the most, and when each goes out; what was done is counted."""
    rows, frames, at = packets
    of = table.take(rows)
    lost = _draw(of["key"], frames, _LOSS) < np.where(of["losing"], of["stay"], of["enter"])
    doubled = ~lost & (_draw(of["key"], frames, _DUPLICATE) < of["duplicate"])
    late = _draw(of["key"], frames, _REORDER) < of["reorder"]
    delay = (_draw(of["key"], frames, _JITTER) * (of["jitter"] + 1)).astype(np.int64) + late * of["behind"]
    table["losing"][rows] = lost
    table["dropped"][rows] += lost
    table["duplicated"][rows] += doubled
    table["delayed"][rows] += ~lost & (delay > 0)
    kept = np.concatenate((np.flatnonzero(~lost), np.flatnonzero(doubled)))
    return Packets(rows[kept], frames[kept], (at + delay)[kept])


def _chances(loss: float, burst: float) -> tuple[float, float]:
    """Of losing a packet, after one that was not lost and after one that was."""
    if burst == 1 or loss in (0, 1):
        return loss, loss
    # So many losses cannot come in so short rows: the share counts, and rows are longer.
    stay = max(1 - 1 / burst, 2 - 1 / loss)
    return (1 - stay) * loss / (1 - loss), stay


def _draw(keys: NDArray[np.uint64], frames: NDArray[np.int64], what: int) -> NDArray[np.float64]:
    """A number from 0 to below 1 for each key and frame."""
    z = keys + (frames * _DRAWS + what + 1).astype(np.uint64) * _STEP
    z = (z ^ z >> np.uint64(30)) * _ONE
    z = (z ^ z >> np.uint64(27)) * _TWO
    drawn: NDArray[np.float64] = ((z ^ z >> np.uint64(31)) >> np.uint64(11)) * _TO_UNIT
    return drawn
