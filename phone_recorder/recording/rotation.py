"""When a recording goes on in a new file, and whether there is room for it."""

from __future__ import annotations

from dataclasses import dataclass

from phone_recorder.errors import DriveFull
from phone_recorder.settings.record import MIB
from phone_recorder.wire.record_file import HEADER_SIZE, MAX_DATA_SIZE

LARGEST = MAX_DATA_SIZE + HEADER_SIZE
"""Bytes of a record file on any file system; it is also the most that FAT takes."""
LEAST_PART = MIB
"""Older recordings make room for parts of two minutes or more; a smaller limit needs no more than itself."""


@dataclass(frozen=True, slots=True)
class SpacePolicy:
    """Bytes: `size_limit` of a part, its header included (0: none but the format's own); `reserve` to be kept free.

    `cover` deletes older recordings, the oldest first, when there is no room for the next part.
    """

    size_limit: int
    reserve: int = 0
    cover: bool = False

    def room(self, free: int, packet: int) -> int:
        """How many bytes of packets the next part may take when the drive has `free` bytes left.

        A whole number of packets, at least one; DriveFull if there is no room for that.
        """
        room = (min(self._largest, free - self.reserve) - HEADER_SIZE) // packet * packet
        if room < packet:
            kept = f", of which {self.reserve:,} are kept in reserve" if self.reserve else ""
            raise DriveFull(f"the drive is full: {max(free, 0):,} bytes are free{kept}")
        return room

    @property
    def wanted(self) -> int:
        """Bytes that must be free before a part begins: older recordings give way for no more than that."""
        return self.reserve + min(self._largest, LEAST_PART)

    def least(self, packet: int) -> int:
        """Bytes that must be free for a part of one packet."""
        return self.reserve + HEADER_SIZE + packet

    def remaining(self, free: int, packet: int) -> int:
        """Whole packets that still fit, in one part or in several."""
        part = (self._largest - HEADER_SIZE) // packet
        whole, rest = divmod(max(free - self.reserve, 0), HEADER_SIZE + part * packet)
        return whole * part + max(rest - HEADER_SIZE, 0) // packet

    def takes(self, packet: int) -> bool:
        """Whether a part of this limit can hold a packet of so many bytes at all."""
        return not self.size_limit or self.size_limit >= HEADER_SIZE + packet

    @property
    def _largest(self) -> int:
        return min(self.size_limit or LARGEST, LARGEST)
