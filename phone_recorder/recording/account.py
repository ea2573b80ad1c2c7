"""A recording's account of itself: what it holds, what never came, and why it ended. JSON's truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from phone_recorder.recording.units import to_seconds

State = Literal["recording", "recorded", "cut short", "failed", "cancelled"]
"""All that an account's state can be; Account says what each of them is."""
Name = Literal["id", "mode", "codec", "state", "stream", "name"]
"""Fields of a document, at any depth, whose text is a name or one word of a few, so that a part of it means nothing."""

MAX_GAPS = 1000
"""Gaps listed one by one; further ones are only counted, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class StreamCounts:
    """Packets of one stream. `received` counts each once, bad ones too; `lost` is what the sequence numbers miss.

    `late`: came after its frame was given out; `bad`: not RTP; `other`: RTP, but not audio of ours (comfort noise,
    telephone events); `jumps`, `drifts`: times the anchor was set anew, or moved by a frame.
    """

    received: int = 0
    lost: int = 0
    late: int = 0
    duplicate: int = 0
    bad: int = 0
    other: int = 0
    ssrc_changes: int = 0
    jumps: int = 0
    drifts: int = 0

    def plus(self, other: StreamCounts) -> StreamCounts:
        """Both together."""
        return StreamCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(slots=True)
class Gap:
    """Silence in place of audio of one stream that never came; units from the start of what is kept."""

    stream: str
    start: int
    length: int


@dataclass(slots=True)
class GapLog:
    """The gaps of a recording, neighbours joined. `count` and `total` may begin with what an earlier agent has told."""

    gaps: list[Gap] = field(default_factory=list)
    count: int = 0
    total: dict[str, int] = field(default_factory=dict)
    _open: dict[str, Gap] = field(default_factory=dict)

    def add(self, stream: str, start: int, length: int) -> None:
        """Note silence in place of a stream's audio."""
        self.total[stream] = self.total.get(stream, 0) + length
        last = self._open.get(stream)
        if last and last.start + last.length == start:
            last.length += length
            return
        self._open[stream] = gap = Gap(stream, start, length)
        self.count += 1
        if len(self.gaps) < MAX_GAPS:
            self.gaps.append(gap)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a recording."""

    path: str
    bytes: int
    packets: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that went wrong and did not end the recording; `at` units after what was then written began."""

    at: int
    error: str


@dataclass(frozen=True, slots=True)
class Health:
    """What a destination tells beside its state. Times in units.

    `remaining`: audio that still fits, None where that is not known; `behind`: how long a slow drive has been waited
    for; `faults`: what it has survived; `covered`: older recordings that were deleted to make room.
    """

    remaining: int | None = None
    behind: int = 0
    faults: tuple[Fault, ...] = ()
    covered: tuple[str, ...] = ()

    def with_remaining(self, remaining: int | None) -> Health:
        """The same but for that: told of thousands of recordings each second."""
        return Health(remaining, self.behind, self.faults, self.covered)


@dataclass(slots=True)
class Account:
    """One recording; times are units.

    `state`: recording, then recorded (it ended as its user wanted), cut short (it ended otherwise, what came before is
    kept), failed (nothing is kept) or cancelled (stopped before the destination had taken it).
    """

    id: str
    mode: str
    codec: str
    state: str = "recording"
    reason: str = ""
    started_at: str = ""
    recorded: int = 0
    paused: int = 0
    parts: tuple[Part, ...] = ()
    gaps: GapLog = field(default_factory=GapLog)
    streams: dict[str, StreamCounts] = field(default_factory=dict)
    health: Health = Health()
    foreign: int = 0
    """Datagrams of another source, SSRC or codec than the recording's: dropped."""

    @classmethod
    def begun(cls, draw: Callable[[int], int], mode: str, codec: str, at: datetime) -> Account:
        """That of a recording which begins at this local time; `draw` gives so many random bits (WIRE.md, `id`)."""
        started_at = at.astimezone().isoformat(timespec="milliseconds")
        return cls(f"{draw(128):032x}", mode, codec, started_at=started_at)

    def document(self) -> dict[str, Any]:
        """The account as JSON has it; times in seconds."""
        return {
            "id": self.id,
            "mode": self.mode,
            "codec": self.codec,
            "state": self.state,
            "reason": self.reason,
            "started_at": self.started_at,
            "duration_s": to_seconds(self.recorded),
            "paused_s": to_seconds(self.paused),
            "parts": [asdict(part) for part in self.parts],
            "gaps": [_gap_document(gap) for gap in self.gaps.gaps],
            "gaps_count": self.gaps.count,
            "gaps_s": {name: to_seconds(length) for name, length in self.gaps.total.items()},
            "faults": [{"at_s": to_seconds(fault.at), "error": fault.error} for fault in self.health.faults],
            "covered": list(self.health.covered),
            "remaining_s": None if self.health.remaining is None else to_seconds(self.health.remaining),
            "foreign": self.foreign,
            "streams": [{"name": name, **asdict(counts)} for name, counts in self.streams.items()],
        }


def _gap_document(gap: Gap) -> dict[str, Any]:
    return {"stream": gap.stream, "start_s": to_seconds(gap.start), "duration_s": to_seconds(gap.length)}
