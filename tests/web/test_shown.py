"""Values as text for a page."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest

from phone_recorder.web import shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (7.9, "0:07"), (754, "12:34"), (3599, "59:59"), (3723, "1:02:03"), (360000, "100:00:00")],
)
def test_a_duration(seconds: float, text: str) -> None:
    assert shown.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (88_076, "88.1 KB"),
        (123_456_789, "123 MB"),
        (4.2e9, "4.2 GB"),
        (1e20, "100000 PB"),
    ],
)
def test_a_size(count: float, text: str) -> None:
    assert shown.size(count) == text


def test_an_instant_in_local_time() -> None:
    assert shown.when(1773500966.7, UTC) == "2026-03-14 15:09:26"
    assert shown.when(1773500966, timezone(timedelta(hours=8))) == "2026-03-14 23:09:26"


@pytest.mark.parametrize("seconds", [1e300, -1e300, float("inf"), float("nan")])
def test_an_instant_that_no_calendar_has(seconds: float) -> None:
    assert shown.when(seconds, UTC) == ""


def test_text_of_a_caller_is_safe_to_look_at() -> None:
    assert shown.text("a\x1b[31m\u202eb\n") == "a\ufffd[31m\ufffdb\ufffd"
    assert len(shown.text("x" * 10_000)) == 203
