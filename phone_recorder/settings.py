"""The recording settings of a phone, with the defaults that phones of this family provision (WIRE.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["local", "server"]
Pause = Literal["skip", "silence"]

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """`codec` is the recording's, by name; sizes are bytes, times milliseconds.

    `size_limit` of a part, 0 for none; `reserve` is kept free on the drive; `cover` deletes older recordings for new
    ones. `drive` names a USB drive by label, serial, UUID or device, "" takes the first; `folder` on it is the root if
    it is empty; `repair` mends files that were cut short when a drive comes. `server` is empty for the embedded one.
    """

    mode: Mode = "local"
    codec: str = "PCMU"
    ptime_ms: int = 20
    size_limit: int = 8 * MIB
    reserve: int = MIB
    cover: bool = False
    drive: str = ""
    folder: str = ""
    repair: bool = True
    pause: Pause = "skip"
    server_host: str = ""
    server_port: int = 10000

    @property
    def horizon_ms(self) -> int:
        """How long a late packet is waited for: a file can, a server that listens live cannot."""
        return 1000 if self.mode == "local" else 60
