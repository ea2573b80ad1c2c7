"""What it means that a text is found."""

from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.judging.texts import as_wanted, found, listed, quoted, same, there_are


@pytest.mark.parametrize(
    ("wanted", "shown", "is_found"),
    [
        ("full", "the drive is full", True),
        ("Full", "the drive is full", False),
        ("", "the drive is full", False),
        ("", "", True),
        (r"/^\d+ s$/", "45 s", True),
        (r"/^\d+ s$/", "45 min", False),
        ("2 min", "2 min", True),
        ("2 min", "about 2 min", True),
        ("2 min", "12 min", False),
        ("2 min", "1.2 min", False),
        ("Recordings 1", "Recordings 1", True),
        ("Recordings 1", "Recordings 1, of 30 s", True),
        ("Recordings 1", "Recordings 10", False),
        ("Recordings 1", "Recordings 1.5", False),
        ("at 00:10", "at 00:10:59", False),
        ("1. Codec", "11. Codec", False),
        ("Record_2026", "Record_20260302100001.wav", True),
        ("100 % (a+b)", "100 % (a+b)?", True),
        ("/", "a/b", True),
        ("//", "a/b", False),
    ],
)
def test_a_text_is_looked_for_anywhere(wanted: str, shown: str, is_found: bool) -> None:
    assert found(wanted, shown) is is_found


@pytest.mark.parametrize(
    ("wanted", "value", "is_same"),
    [("paused", "paused", True), ("paused", "waiting paused", False), ("/paused/", "waiting paused", True)],
)
def test_a_value_is_compared_whole(wanted: str, value: str, is_same: bool) -> None:
    assert same(wanted, value) is is_same


def test_what_is_no_expression_is_the_authors_error() -> None:
    with pytest.raises(UsageError, match=r"^'/\(/' is no regular expression \(missing \), unterminated subpattern"):
        found("/(/", "text")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("recording", "recording"), (r"/\d+ s/", r"/\d+ s/"), ("the drive", '"the drive"'), ("", '""'), ("0.5", "0.5")],
)
def test_a_text_of_several_words_is_quoted(text: str, shown: str) -> None:
    assert as_wanted(text) == shown


def test_what_was_seen_is_one_line() -> None:
    assert quoted("a\nb") == '"a\ufffdb"'


def test_a_list_ends_with_how_many_more_there_are() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"


@pytest.mark.parametrize(("count", "text"), [(0, "there is none"), (1, "there is 1"), (2, "there are 2")])
def test_it_says_how_many_there_are(count: int, text: str) -> None:
    assert there_are(count) == text
