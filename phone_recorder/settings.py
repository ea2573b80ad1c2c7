"""The recording settings of a phone, with the defaults that phones of this family provision (WIRE.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["local", "server"]
Pause = Literal["skip", "silence"]
Terminator = Literal["none", "LF", "CRLF"]

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the phone deals with its record server; times are milliseconds.

    `host` is empty for the embedded one. `timeout_ms`: to be reached and to answer; `dead_after_ms`: how long a server
    that is gone without a word stays unnoticed while recording. `terminator` ends our messages. `foreign_media`: RTP
    may go to another host than the server. A recording whose server was lost is tried again `retries` times in a row,
    `retry_after_ms` after each failure; the guide ends the session instead.
    """

    host: str = ""
    port: int = 10000
    timeout_ms: int = 5000
    dead_after_ms: int = 10_000
    terminator: Terminator = "none"
    foreign_media: bool = False
    retries: int = 0
    retry_after_ms: int = 2000


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """`codec` is the recording's, by name; sizes are bytes, times milliseconds.

    `size_limit` of a part, 0 for none; `reserve` is kept free on the drive; `cover` deletes older recordings for new
    ones. `drive` names a USB drive by label, serial, UUID or device, "" takes the first; `folder` on it is the root if
    it is empty; `repair` mends files that were cut short when a drive comes.
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
    server: ServerSettings = field(default_factory=ServerSettings)

    @property
    def horizon_ms(self) -> int:
        """How long a late packet is waited for: a file can, a server that listens live cannot."""
        return 1000 if self.mode == "local" else 60
