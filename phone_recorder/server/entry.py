"""What is known of a record file on the server and of its call, as the file beside it and the catalogue have it."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["recording", "recorded", "cut short"]
Direction = Literal["in", "out"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One record file. What a caller or a phone has said of itself is as it came: escape it wherever it is shown.

    `name` is the file's without `.wav`, and made by us; `started_at` is in seconds since 1970, UTC; `size` in bytes,
    header included. `received`, `lost`, `late`, `duplicate`, `bad` count packets, `foreign` datagrams of another
    source, SSRC or codec; `gaps_s` is silence in place of audio that never came.
    """

    name: str
    id: str = ""
    device: str = ""
    direction: Direction = "out"
    local_number: str = ""
    local_name: str = ""
    remote_number: str = ""
    remote_name: str = ""
    codec: str = ""
    started_at: float = 0.0
    duration_s: float = 0.0
    size: int = 0
    state: State = "recording"
    reason: str = ""
    received: int = 0
    lost: int = 0
    late: int = 0
    duplicate: int = 0
    bad: int = 0
    foreign: int = 0
    gaps_s: float = 0.0


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that is running: `name` is "" until its first packet has come, `level_db` of its last packet
    (0 is full scale), None while there is none; times in seconds."""

    id: str
    name: str
    device: str
    direction: Direction
    local_number: str
    local_name: str
    remote_number: str
    remote_name: str
    codec: str
    started_at: float
    duration_s: float
    received: int
    lost: int
    foreign: int
    level_db: float | None
