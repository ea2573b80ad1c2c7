"""What `make soak` does for twenty minutes, for forty seconds; of memory nothing can be said so soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.findings import lines
from tests.soak.run import Plan, soak

SHORT = Plan(seconds=40, loss=0.05, size_limit="64K", pause_each=10, paused_for=2)
PARTS = 5
"""34 s are kept, and 64 KiB are a little more than 8 s."""


@pytest.mark.live
def test_a_live_call_of_two_legs_is_recorded_to_the_packet(tmp_path: Path) -> None:
    findings = soak(SHORT, tmp_path)
    print("\n".join(lines(findings)))
    assert list(findings.problems(look_at_memory=False)) == []
    assert len(findings.keys.pauses) == 3
    assert len(findings.account["parts"]) == PARTS
    assert all(findings.dropped(leg)[0] > 0 for leg in findings.legs)
