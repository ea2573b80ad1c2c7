from __future__ import annotations

import re

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.phrases import Phrase, pattern_of, read_phrase, shown_form
from phone_recorder.harness.scenario.vocabulary import VOCABULARY


def told(**given: object) -> dict[str, object]:
    return given


TABLE = (
    Phrase("fill [leaving {amount:size}]", told),
    Phrase("[{leg:leg}] stall {number:time}", told),
    Phrase("{voices:voices} [{span:span}] [, likeness {bound:shares}]", told),
    Phrase("lose {number:count} packet(s)", told),
    Phrase("answers {status:status} [{reason:text}] [after {delay:time}]", told),
)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("fill", {}),
        ("fill leaving 2 MiB", {"amount": 2 << 20}),
        ("stall 2 s", {"number": 16_000}),
        ("near  stall  2 s", {"leg": "near", "number": 16_000}),
        ("lose 1 packet", {"number": 1}),
        ("lose 2 packets", {"number": 2}),
        ("answers 200", {"status": 200}),
        (
            "answers 488 Not Acceptable Here after 300 ms",
            {"status": 488, "reason": "Not Acceptable Here", "delay": 2400},
        ),
        ("answers 500 after all", {"status": 500, "reason": "after all"}),
    ],
)
def test_a_phrase_gives_its_words_by_name(text: str, given: dict[str, object]) -> None:
    assert read_phrase(text, TABLE, VOCABULARY, "phrase") == given


@pytest.mark.parametrize("text", ["far", "far, likeness > 0.9", "near and far between 1 s and 2 s, likeness 0.5 to 1"])
def test_parts_in_brackets_may_be_left_out(text: str) -> None:
    assert "voices" in read_phrase(text, TABLE, VOCABULARY, "phrase")


@pytest.mark.parametrize("text", ["fills", "leaving 2 MiB", "far likeness > 0.9", "2 packets"])
def test_what_has_no_form_is_told_all_forms(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_phrase(text, TABLE, VOCABULARY, "phrase")
    assert str(caught.value).startswith(
        f"'{text}' is no phrase: write one of fill [leaving SIZE] | [PARTY] stall TIME |"
    )


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("fill 2 MiB", "fill [leaving SIZE], where SIZE is bytes, or a whole number with K, M or G, such as 8 MiB"),
        ("stall", "[PARTY] stall TIME, where TIME is one with its unit, such as 3 s or 200 ms"),
        ("near stall now", "[PARTY] stall TIME, where TIME is one with its unit, such as 3 s or 200 ms"),
        ("lose 1 packetss", "lose NUMBER packet(s), where NUMBER is a whole number from 1 to 1000000, such as 3"),
    ],
)
def test_what_begins_as_a_form_does_is_told_that_form_and_its_words(text: str, instead: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_phrase(text, TABLE, VOCABULARY, "phrase")
    assert str(caught.value) == f"'{text}' is no phrase: write {instead}"


def test_what_begins_with_the_first_word_of_two_forms_is_told_both() -> None:
    table = tuple(Phrase(f"jump {what} {{number:count}}", told) for what in ("sequence", "timestamp")) + TABLE
    with pytest.raises(UsageError, match=r"write one of jump sequence NUMBER \| jump timestamp NUMBER$"):
        read_phrase("jump 3", table, VOCABULARY, "phrase")


def test_a_form_is_shown_with_its_words_in_capitals() -> None:
    assert shown_form(TABLE[2].form, VOCABULARY) == "VOICES [between TIME and TIME] [, likeness BOUND]"


def test_the_schema_takes_what_is_read() -> None:
    pattern = pattern_of(TABLE[4].form, VOCABULARY)
    assert "?P<" not in pattern and re.fullmatch(pattern, "answers 488 Busy after 1 s")


@pytest.mark.parametrize("name", VOCABULARY)
def test_no_word_of_the_vocabulary_captures_groups(name: str) -> None:
    assert re.compile(VOCABULARY[name].pattern).groups == 0
