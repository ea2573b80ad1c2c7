"""Texts of others, as they are shown."""

from __future__ import annotations

import pytest

from phone_recorder.wire.printable import LONGEST, printable, shortened


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("disk full", "disk full"),
        ("a\r\nb\x1b[2J", "a\ufffd\ufffdb\ufffd[2J"),
        ("x" * LONGEST, "x" * LONGEST),
        ("x" * (LONGEST + 1), "x" * LONGEST + "..."),
    ],
)
def test_it_is_one_line_and_not_too_long(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("x" * 300, "x" * 300), ("x" * 60_000, f"{'x' * 300}... (59,700 more characters)"), ("a\nb", "a\nb")],
)
def test_of_a_long_text_it_is_told_how_much_is_left_out(text: str, shown: str) -> None:
    assert shortened(text) == shown


def test_it_can_be_cut_elsewhere() -> None:
    assert shortened("abcde", 3) == "abc... (2 more characters)"
