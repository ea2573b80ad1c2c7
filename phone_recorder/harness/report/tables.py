"""The rows of a case's tables: what the screen showed, what was told, what was looked at, what is on the drive."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from phone_recorder.control_api import Screen
from phone_recorder.harness.evidence import Evidence, FileSeen, Moment, Passed
from phone_recorder.harness.judging.lengths import length
from phone_recorder.recording.indicator import Indicator
from phone_recorder.recording.units import from_seconds
from phone_recorder.wire.printable import shortened

MOST_ROWS = 500
LOOKED_AT, FILES = "What was looked at", "The record files"
MESSAGES = {"control": "Control messages", "sip": "SIP messages"}
LONGEST_TEXT, LONGEST_ACCOUNT = 4000, 40_000
"""Characters of a message or a screen, and of an account."""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` have a text for each of `head`; the last one may have several lines. `left_out`: rows beyond MOST_ROWS."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


def tables(evidence: Evidence) -> tuple[Table, ...]:
    """All of a case's tables that have a row."""
    control = [one for one in evidence.messages if one.protocol == "control"]
    sip = [one for one in evidence.messages if one.protocol == "sip"]
    moments = [*(evidence.moments[at] for at in sorted(evidence.moments)), evidence.end]
    made = (
        _table(
            "What the indicator showed", ("at", "icon", "lamp", "timer", "left", "prompt"), evidence.screens, _shown
        ),
        _table(LOOKED_AT, ("at", "key", "call", "recorded", "screen"), moments, _moment),
        _table(FILES, ("file", "size", "codec", "duration", "problem"), evidence.end.files, _file),
        _table(MESSAGES["control"], ("at", "way", "message"), control, _message),
        _table(MESSAGES["sip"], ("at", "way", "message"), sip, _message),
    )
    return tuple(table for table in made if table.rows)


def accounts(evidence: Evidence) -> tuple[str, ...]:
    """Each recording's account as JSON, its files named by their last directory and their own name.

    The place where a run played is another each time.
    """
    return tuple(_pretty(_placeless(recorded.account)) for recorded in islice(evidence.recordings, MOST_ROWS))


def _placeless(account: dict[str, Any]) -> dict[str, Any]:
    parts = [{**part, "path": "/".join(Path(part["path"]).parts[-2:])} for part in account.get("parts", ())]
    return account | ({"parts": parts} if parts else {})


def _pretty(account: dict[str, Any]) -> str:
    return shortened(json.dumps(account, indent=2, ensure_ascii=False, default=str), LONGEST_ACCOUNT)


def _table(title: str, head: tuple[str, ...], items: Sequence[Any], row: Callable[[Any], tuple[str, ...]]) -> Table:
    return Table(title, head, tuple(map(row, items[:MOST_ROWS])), max(len(items) - MOST_ROWS, 0))


def _shown(one: tuple[int, Indicator]) -> tuple[str, ...]:
    at, screen = one
    return length(at), screen.icon, screen.lamp, screen.timer, shortened(screen.left), shortened(screen.prompt)


def _moment(moment: Moment) -> tuple[str, ...]:
    key, call = shortened(moment.key), shortened(moment.call)
    return length(moment.instant), key, call, length(moment.recorded), _screen_text(moment.screen)


def _screen_text(screen: Screen) -> str:
    """All that stands on the screen, a line for each of its lines."""
    lines = [
        screen.title,
        _joined((screen.call, screen.call_state)),
        _joined((f"[{screen.icon}]", screen.timer, screen.prompt, screen.left and f"{screen.left} left")),
        *(_joined((line.mark, line.text, line.value)) for line in screen.lines),
        screen.edit or "",
        " | ".join(screen.soft) if any(screen.soft) else "",
    ]
    return shortened("\n".join(filter(None, lines)), LONGEST_TEXT)


def _joined(pieces: Iterable[str]) -> str:
    return "  ".join(filter(None, pieces))


def _file(file: FileSeen) -> tuple[str, ...]:
    header = file.header
    codec, duration = (header.codec.name, length(from_seconds(header.duration_s))) if header else ("", "")
    return shortened(file.name), f"{file.size} bytes", codec, duration, shortened(file.problem)


def _message(message: Passed) -> tuple[str, ...]:
    return length(message.instant), "sent" if message.sent else "received", shortened(message.text, LONGEST_TEXT)
