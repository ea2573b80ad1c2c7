"""Phrases: a table of forms such as `fill [leaving {amount:size}]`, each with what is made of it.

A form is read by its pattern, shown in errors, and is the pattern of the JSON Schema: it says the language once.
Words in it are themselves, `{name:kind}` is a word of vocabulary.py that is handed on as `name`, and what stands in
[ ] may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.words import Word, misspelt
from phone_recorder.settings.kinds import quoted

_SLOT = re.compile(r"\{(\w+):(\w+)\}")
_OPTIONAL = re.compile(r"\[[^\]]*\]")
_PIECES = re.compile(r"\[[^\]]+\]|[^\s\[\]]+")
Vocabulary = Mapping[str, Word[Any]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """`form` as above; `make` takes the values of its words by name, those that are left out not at all."""

    form: str
    make: Callable[..., Any]


def read_phrase(text: str, table: tuple[Phrase, ...], words: Vocabulary, what: str) -> Any:
    """What is made of the text by the first form that it has; UsageError names them, and calls the text no `what`."""
    for phrase in table:
        if _lead(phrase.form) in text and (found := _compiled(phrase.form, words)(text)):
            kinds = dict(_SLOT.findall(phrase.form))
            given = {name: words[kinds[name]].make(part) for name, part in found.groupdict().items() if part}
            return phrase.make(**given)
    raise UsageError(f"{quoted(text)} is no {what}: {misspelt(text) or _instead(text, table, words)}")


def _instead(text: str, table: tuple[Phrase, ...], words: Vocabulary) -> str:
    """What to write: the forms that begin as the text does, and of one alone its words too; else all of them."""
    begun = _begun(text, table)
    if len(begun) != 1:
        return f"write {one_of_forms(begun or table, words)}"
    (phrase,) = begun
    kinds = dict.fromkeys(kind for _, kind in _SLOT.findall(phrase.form) if kind != "leg")
    meant = " and ".join(f"{words[kind].shown} is {words[kind].example}" for kind in kinds)
    return f"write {shown_form(phrase.form, words)}{f', where {meant}' if meant else ''}"


def _begun(text: str, table: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    """The forms whose own words the text begins with: with all of them, or else with the first."""
    said = re.sub(r"^(?:near|far) +", "", text).split()
    leads = [(phrase, _OPTIONAL.sub("", phrase.form).partition("{")[0].split()) for phrase in table]
    whole = tuple(phrase for phrase, lead in leads if lead and said[: len(lead)] == lead)
    return whole or tuple(phrase for phrase, lead in leads if lead and said[:1] == lead[:1])


def one_of_forms(table: tuple[Phrase, ...], words: Vocabulary) -> str:
    """The forms as a user reads them."""
    shown = [shown_form(phrase.form, words) for phrase in table]
    return shown[0] if len(shown) == 1 else f"one of {' | '.join(shown)}"


def shown_form(form: str, words: Vocabulary) -> str:
    """The form with its words in capitals."""
    return _SLOT.sub(lambda slot: words[slot[2]].shown, form)


def pattern_of(form: str, words: Vocabulary, named: bool = False) -> str:
    """The form as a regular expression, as editors have it; `named`: as it is read, each of its words a group."""
    pattern, begun = "", False
    for piece in _PIECES.findall(form):
        inner = " +".join(_word(word, words, named) for word in piece.strip("[]").split())
        gap = "" if not begun else " *" if inner.startswith(",") else " +"
        if piece[0] != "[":
            pattern, begun = f"{pattern}{gap}{inner}", True
        else:
            pattern += f"(?:{gap}{inner})?" if begun else f"(?:{inner} +)?"
    return pattern


def _word(word: str, words: Vocabulary, named: bool) -> str:
    slot = _SLOT.fullmatch(word)
    if slot is None:
        return re.escape(word).replace(r"\(s\)", "s?")
    return f"(?P<{slot[1]}>{words[slot[2]].pattern})" if named else f"(?:{words[slot[2]].schema})"


def _lead(form: str) -> str:
    """A word that is in every text of the form: looked for first, since to compile a pattern takes long."""
    without = re.sub(r"\[[^\]]*\]|\{[^}]*\}|\(s\)", " ", form)
    return next(iter(without.split()), "")


@lru_cache(maxsize=512)
def _pattern(pattern: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(pattern).fullmatch


def _compiled(form: str, words: Vocabulary) -> Callable[[str], re.Match[str] | None]:
    return _pattern(pattern_of(form, words, named=True))
