"""Gaps at the edges of a recording: it begins between two packets, and ends so, wherever the device's frames are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from phone_recorder.harness.evidence import Evidence, Recorded
from phone_recorder.recording.units import SECOND

Document = dict[str, Any]
Edges = tuple[int, int]
"""Units at the beginning, and at the end."""


def without_edges(evidence: Evidence, most: int) -> Evidence:
    """The same, its accounts without gaps of up to `most` units at either edge: who lost nothing else has no gaps."""
    moments = {at: replace(one, accounts=_all(one.accounts, most)) for at, one in evidence.moments.items()}
    end = replace(evidence.end, accounts=_all(evidence.end.accounts, most))
    recordings = tuple(replace(one, account=trimmed(one.account, most)) for one in evidence.recordings)
    return replace(evidence, moments=moments, end=end, recordings=recordings)


def _all(accounts: tuple[Document, ...], most: int) -> tuple[Document, ...]:
    return tuple(trimmed(account, most) for account in accounts)


def trimmed(account: Document, most: int) -> Document:
    """One account so."""
    edges = [gap for gap in account.get("gaps", ()) if any(_at_edges(account, gap, most))]
    if not edges:
        return account
    gaps_s = dict(account.get("gaps_s", {}))
    for gap in edges:
        left = round(gaps_s.get(gap["stream"], 0) - gap["duration_s"], 6)
        gaps_s = {**gaps_s, gap["stream"]: left}
    return {
        **account,
        "gaps": [gap for gap in account["gaps"] if gap not in edges],
        "gaps_count": account["gaps_count"] - len(edges),
        "gaps_s": {stream: left for stream, left in gaps_s.items() if left > 0},
    }


def edges(recorded: Recorded, most: int) -> Edges:
    """How long the gaps are that trimmed leaves out, the longest at each edge."""
    account, found = recorded.account, [0, 0]
    for gap in account.get("gaps", ()):
        for number, is_there in enumerate(_at_edges(account, gap, most)):
            found[number] = max(found[number], _units(gap["duration_s"]) if is_there else 0)
    return found[0], found[1]


def _at_edges(account: Document, gap: Document, most: int) -> tuple[bool, bool]:
    start, lasts = _units(gap["start_s"]), _units(gap["duration_s"])
    is_short = lasts <= most
    return is_short and start == 0, is_short and start > 0 and start + lasts == _units(account.get("duration_s", 0))


def _units(seconds: float) -> int:
    return round(seconds * SECOND)
