"""What the rest of the program says in English, in Chinese: whole sentences and pieces of prompts, by the phrase book.

A phrase has `{}` where something stands that stays as it came, such as a name or a server's own words; `{d}` for a
number; `{n}` for a name in a list; `{t}` for something that is looked up itself; `(s)` for one or for several. Its
translation takes them in that order, or by their numbers from 0 on. Of the phrases that fit, the one counts whose first
words are the most, then the one with the most words of its own.
"""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from phone_recorder.phone.face.phrases import RECORDING
from phone_recorder.phone.face.phrases_phone import PHONE
from phone_recorder.recording.indicator import Say, english
from phone_recorder.settings.phone import Language

PHRASES = {**RECORDING, **PHONE}
"""The phrase book."""

_GAPS = {"{}": "(.*?)", "{d}": "([0-9][0-9.,]*)", "{n}": "([^;]*?)", "{t}": "(.*?)", "(s)": "s?"}
_GAP = re.compile("|".join(map(re.escape, _GAPS)))
_BETWEEN = "; "
"""Where a sentence is taken apart for which there is no phrase."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    pattern: re.Pattern[str]
    chinese: str
    looked_up: tuple[bool, ...]
    own: tuple[int, int]

    def of(self, sentence: str) -> str | None:
        """The sentence in Chinese, if it is this phrase."""
        found = self.pattern.fullmatch(sentence)
        if found is None:
            return None
        parts = zip(found.groups(), self.looked_up, strict=True)
        return self.chinese.format(*(in_chinese(part) if looked_up else part for part, looked_up in parts))


@lru_cache(maxsize=1024)
def in_chinese(sentence: str) -> str:
    """The sentence, or the piece of one, in Chinese; as it came if the phrase book does not know it."""
    if sentence in PHRASES:
        return PHRASES[sentence]
    for phrase in _TEMPLATES:
        if (chinese := phrase.of(sentence)) is not None:
            return chinese
    clauses = sentence.split(_BETWEEN)
    return "；".join(map(in_chinese, clauses)) if len(clauses) > 1 else sentence


SAY: dict[Language, Say] = {"en": english, "zh": in_chinese}
"""How the phone says what the program has in English, by its language."""


def _phrase(template: str, chinese: str) -> _Phrase:
    gaps = _GAP.findall(template)
    words = _GAP.split(template)
    pattern = re.escape(words[0]) + "".join(
        _GAPS[gap] + re.escape(text) for gap, text in zip(gaps, words[1:], strict=True)
    )
    looked_up = tuple(gap == "{t}" for gap in gaps if gap != "(s)")
    return _Phrase(re.compile(pattern, re.DOTALL), chinese, looked_up, (len(words[0]), sum(map(len, words))))


_TEMPLATES = sorted(
    (_phrase(template, chinese) for template, chinese in PHRASES.items() if _GAP.search(template)),
    key=lambda phrase: phrase.own,
    reverse=True,
)
