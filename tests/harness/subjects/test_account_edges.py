"""Gaps at the edges of a recording, and those that are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phone_recorder.harness.evidence import Recorded
from phone_recorder.harness.subjects.account_edges import edges, trimmed, without_edges
from phone_recorder.recording.account import Account, GapLog
from phone_recorder.recording.units import SECOND
from tests.harness.judging.evidence import evidence, moment

FRAME = 160
END = 10 * SECOND


def account(*gaps: tuple[str, int, int]) -> dict[str, Any]:
    """Of ten seconds with these gaps: leg, start and length in units."""
    log = GapLog()
    for gap in gaps:
        log.add(*gap)
    made = Account("00ff", "local", "PCMU", "recorded", "record key", recorded=END)
    made.gaps = log
    return made.document()


@pytest.mark.parametrize(
    ("gaps", "left"),
    [
        ([], []),
        ([("near", 0, FRAME), ("far", 0, FRAME)], []),
        ([("near", END - FRAME, FRAME)], []),
        ([("near", 0, FRAME), ("far", 8000, FRAME)], [("far", 8000, FRAME)]),
        ([("near", 0, 2 * FRAME)], [("near", 0, 2 * FRAME)]),
        ([("near", FRAME, FRAME)], [("near", FRAME, FRAME)]),
        ([("near", END - 2 * FRAME, FRAME)], [("near", END - 2 * FRAME, FRAME)]),
    ],
)
def test_a_frame_at_either_edge_is_no_gap(gaps: list[tuple[str, int, int]], left: list[tuple[str, int, int]]) -> None:
    found, wanted = trimmed(account(*gaps), FRAME), account(*left)
    assert [found[key] for key in ("gaps", "gaps_count", "gaps_s")] == [
        wanted[key] for key in ("gaps", "gaps_count", "gaps_s")
    ]


def test_how_long_they_are_is_told_for_each_edge() -> None:
    one = Recorded(account(("near", 0, 80), ("far", 0, FRAME), ("far", END - 80, 80), ("near", 8000, 80)), 0, ())
    assert edges(one, FRAME) == (FRAME, 80)
    assert edges(one, 40) == (0, 0)


def test_every_account_of_the_evidence_is_without_them() -> None:
    gap = account(("near", 0, FRAME))
    seen = evidence(
        moment(accounts=(gap,)), {8000: moment(8000, accounts=(gap,))}, (Recorded(gap, 0, (Path("Record_1.wav"),)),)
    )
    found = without_edges(seen, FRAME)
    accounts = [*found.end.accounts, *found.moments[8000].accounts, found.recordings[0].account]
    assert [one["gaps_count"] for one in accounts] == [0, 0, 0]
