"""The recording settings of a phone, with the defaults that phones of this family provision (WIRE.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from phone_recorder.errors import UsageError

Mode = Literal["local", "server", "sip_info"]
Pause = Literal["skip", "silence"]
Terminator = Literal["none", "LF", "CRLF"]

MIB = 1 << 20

_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")
"""What a header's name may be made of (RFC 3261 section 25.1)."""
_TAKEN = re.compile(
    "via|from|to|call-id|cseq|contact|(record-)?route|max-forwards|(proxy-)?(require|authorization)|supported|expires"
    "|content-.*|(recv-)?info-package|session-expires|min-se|event|accept.*|allow.*|user-agent|[a-z]",
    re.IGNORECASE,
)
"""Headers that have a meaning in a request inside a call already; a single letter is the short form of one."""


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
class SipInfoSettings:
    """How the SIP server is asked to record: `header: on` and `header: off` (WIRE.md, SIP INFO).

    `timeout_ms`: to answer. UsageError if that makes no header of a SIP request.
    """

    header: str = "Record"
    on: str = "on"
    off: str = "off"
    timeout_ms: int = 5000

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.header):
            raise UsageError(f"{self.header!r} can be no SIP header's name: use letters, digits and -")
        if _TAKEN.fullmatch(self.header):
            raise UsageError(f"the SIP header {self.header} has a meaning of its own already: choose another")
        for value in (self.on, self.off):
            if not value or not value.isprintable() or value != value.strip():
                raise UsageError(f"{value!r} can be no SIP header's value: use a word, in one line")
        if self.on == self.off:
            raise UsageError(f"a server cannot tell on from off if both are {self.on!r}: choose two texts")


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """`codec` is the recording's, by name; sizes are bytes, times milliseconds.

    `size_limit` of a part, 0 for none; `reserve` is kept free on the drive; `cover` deletes older recordings for new
    ones. `drive` names a USB drive by label, serial, UUID or device, "" takes the first; `folder` on it is the root if
    it is empty; `repair` mends files that were cut short when a drive comes. `enabled`: the record key does something;
    `auto`: a recording starts with each call; `tone`: 440 Hz for 0.5 s every 5 s in what is recorded.
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
    sip_info: SipInfoSettings = field(default_factory=SipInfoSettings)
    enabled: bool = True
    auto: bool = False
    tone: bool = False

    @property
    def horizon_ms(self) -> int:
        """How long a late packet is waited for: a file can wait, whoever listens live cannot."""
        return 1000 if self.mode == "local" else 60
