"""Recordings as lines of a table for a terminal. What callers say of themselves cannot steer it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from phone_recorder.wire.printable import printable

if TYPE_CHECKING:
    from phone_recorder.server.entry import Entry

LONGEST = 32
"""Letters of a cell; names go up to hundreds."""
_TITLES = ("name", "started", "length", "dir", "near party", "far party", "device", "codec", "state")


def lines(entries: Sequence[Entry]) -> Iterator[str]:
    """A line of titles and one for each recording; none at all without recordings."""
    if not entries:
        return
    rows = [_TITLES, *(tuple(map(_cell, _row(entry))) for entry in entries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        entry.name,
        _local_time(entry.started_at),
        _length(entry.duration_s),
        entry.direction,
        f"{entry.local_number} {entry.local_name}",
        f"{entry.remote_number} {entry.remote_name}",
        entry.device,
        entry.codec,
        entry.state,
    )


def _cell(text: str) -> str:
    text = text.strip()
    return printable(text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}...")


def _local_time(seconds: float) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return "?"  # no calendar has such a day


def _length(seconds: float) -> str:
    if not 0 <= seconds < 1e9:
        return "?"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
