"""Values as text that the record server's pages alone show."""

from __future__ import annotations

import pytest

from phone_recorder.web.server import shown
from tests.web.site_rig import an_entry

WORDS = {"days": "{} d", "hours": "{} h", "minutes": "{} min"}


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 min"), (3600, "60 min"), (4 * 3600, "4 h"), (2 * 86400, "48 h"), (3 * 86400, "3 d")]
)
def test_a_long_time_roughly(seconds: float, text: str) -> None:
    assert shown.span(seconds, WORDS) == text


@pytest.mark.parametrize(
    ("received", "lost", "text"), [(0, 0, "0"), (50, 0, "0"), (75, 25, "25.0 %"), (0, 5, "100.0 %")]
)
def test_the_share_of_packets_lost(received: int, lost: int, text: str) -> None:
    assert shown.loss(an_entry(received=received, lost=lost)) == text
