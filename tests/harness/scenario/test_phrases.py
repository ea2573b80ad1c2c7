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


@pytest.mark.parametrize(
    "text", ["fill 2 MiB", "fills", "stall", "stall near 2 s", "leaving 2 MiB", "far likeness > 0.9", "lose 1 packetss"]
)
def test_what_has_no_form_is_told_all_forms(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_phrase(text, TABLE, VOCABULARY, "phrase")
    assert str(caught.value).startswith(
        f"'{text}' is no phrase: write one of fill [leaving SIZE] | [PARTY] stall TIME |"
    )


def test_a_form_is_shown_with_its_words_in_capitals() -> None:
    assert shown_form(TABLE[2].form, VOCABULARY) == "VOICES [between TIME and TIME] [, likeness BOUND]"


def test_the_schema_takes_what_is_read() -> None:
    pattern = pattern_of(TABLE[4].form, VOCABULARY)
    assert "?P<" not in pattern and re.fullmatch(pattern, "answers 488 Busy after 1 s")


@pytest.mark.parametrize("name", VOCABULARY)
def test_no_word_of_the_vocabulary_captures_groups(name: str) -> None:
    assert re.compile(VOCABULARY[name].pattern).groups == 0
