"""What the menus say, in both languages."""

from __future__ import annotations

import re

import pytest

from phone_recorder.phone.face.text_face import width_of
from phone_recorder.phone.menus.words import TEXTS, say, sentence

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_there_in_both_languages_with_the_same_gaps(name: str) -> None:
    text = TEXTS[name]
    assert text.en and not HAN.search(text.en)
    assert HAN.search(text.zh) or name == "usb"
    assert text.en.count("{}") == text.zh.count("{}")
    assert max(width_of(text.en), width_of(text.zh)) <= 40


def test_a_text_takes_its_values() -> None:
    assert say("free", "en", "1 GB", "2 GB") == "1 GB of 2 GB free"


@pytest.mark.parametrize(
    ("problem", "english", "chinese"),
    [("", "", ""), ("the drive was removed", "The drive was removed", "U盘已被拔出")],
)
def test_what_the_program_says_is_a_sentence_in_both(problem: str, english: str, chinese: str) -> None:
    assert (sentence(problem, "en"), sentence(problem, "zh")) == (english, chinese)
