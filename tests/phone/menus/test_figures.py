"""Times, lengths and sizes."""

from __future__ import annotations

from datetime import datetime

import pytest

from phone_recorder.phone.menus.figures import bytes_of, duration, moment, recently, time_left


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (12.9, "0:12"), (754, "12:34"), (3723, "1:02:03")])
def test_a_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (3_240_000_000, "3.2 GB"),
        (2 * 10**15, "2000.0 TB"),
    ],
)
def test_a_size(count: int, text: str) -> None:
    assert bytes_of(count) == text


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (45, "45 s", "45 秒"),
        (1740, "29 min", "29 分钟"),
        (11_100, "3 h 05 min", "3 小时 05 分钟"),
        (400_000, "111 h", "111 小时"),
    ],
)
def test_what_is_left(seconds: float, english: str, chinese: str) -> None:
    assert (time_left(seconds, "en"), time_left(seconds, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("iso", "text"), [("2026-11-28T06:41:12", "2026-11-28 06:41"), ("", ""), ("yesterday", "yesterday")]
)
def test_a_moment(iso: str, text: str) -> None:
    assert moment(iso) == text


@pytest.mark.parametrize(
    ("iso", "text"),
    [
        ("2026-11-28T06:41:12", "06:41"),
        ("2026-11-27T06:41:12+01:00", "11-27 06:41"),
        ("2025-11-28T06:41:12", "2025-11-28"),
        ("soon", "soon"),
    ],
)
def test_the_nearer_the_more_exactly(iso: str, text: str) -> None:
    assert recently(iso, datetime(2026, 11, 28, 12)) == text
