from __future__ import annotations

import pytest

from phone_recorder.recording.drive_view import span


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 00 min"),
        (11_100, "3 h 05 min"),
        (359_999, "99 h 59 min"),
        (360_000, "100 h"),
        (1e9, "277777 h"),
    ],
)
def test_a_length_of_time_is_told_the_more_roughly_the_longer_it_is(seconds: float, text: str) -> None:
    assert span(int(seconds * 8000)) == text
