"""When a recording goes on in a new file, what the file is called, and whether there is room for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from phone_recorder.errors import DriveFull
from phone_recorder.wire.record_file import HEADER_SIZE, MAX_DATA_SIZE


@dataclass(frozen=True, slots=True)
class SpacePolicy:
    """Bytes: `size_limit` of a part, its header included (0: none but the format's own); `reserve` to be kept free."""

    size_limit: int
    reserve: int = 0

    def room(self, free: int, packet: int) -> int:
        """How many bytes of packets the next part may take when the drive has `free` bytes left.

        A whole number of packets, at least one; DriveFull if there is no room for that.
        """
        largest = min(self.size_limit or MAX_DATA_SIZE + HEADER_SIZE, MAX_DATA_SIZE + HEADER_SIZE)
        room = (min(largest, free - self.reserve) - HEADER_SIZE) // packet * packet
        if room < packet:
            raise DriveFull(
                f"the drive is full: {max(free, 0):,} bytes are free, of which {self.reserve:,} are kept in reserve"
            )
        return room

    def takes(self, packet: int) -> bool:
        """Whether a part of this limit can hold a packet of so many bytes at all."""
        return not self.size_limit or self.size_limit >= HEADER_SIZE + packet


def part_names(system_time: datetime) -> Iterator[str]:
    """`Record_[SystemTime].wav` and, for when that is taken, `-2`, `-3` ...; characters that FAT allows."""
    stem = f"Record_{system_time:%Y%m%d%H%M%S}"
    yield f"{stem}.wav"
    for number in count(2):
        yield f"{stem}-{number}.wav"
