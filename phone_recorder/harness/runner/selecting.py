"""Which cases of many are meant: `-k` and its words, tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.case import Case

Wanted = Callable[[Case], bool]

_TOKEN = re.compile(r'\s*(?:([()])|(=?)"((?:[^"]|"")*)"|([^\s()"]+))')
_WHOLE = "="
MAX_WORDS = 200


class _Token(NamedTuple):
    """A word or an operator. `quoted`: a word, whatever it says; `whole`: a name has to be it, not have it in it."""

    text: str
    quoted: bool = False
    whole: bool = False

    @property
    def unreadable(self) -> bool:
        """A quote that is not closed."""
        return self.text.startswith('"') and not self.quoted


def select(cases: Sequence[Case], expression: str = "", tags: Sequence[str] = ()) -> tuple[Case, ...]:
    """The cases that `expression` is true of and that have one of the tags; of an empty one of either, all.

    UsageError says what is wrong with the expression.
    """
    wanted = parse_expression(expression)
    return tuple(case for case in cases if wanted(case) and (not tags or set(tags) & set(case.tags)))


def parse_expression(expression: str) -> Wanted:
    """What `-k` says: words with `and`, `or`, `not` and parentheses; two words side by side are both meant.

    A word is true of a case that has it in its name, or in one of its tags, in letters of any size. In double quotes it
    may have anything in it, a double quote written twice. With `=` before it, it is true of the case of just that name.
    UsageError says where it cannot be read.
    """
    words = _Words(expression)
    if not words.left:
        return lambda case: True
    wanted = _either(words)
    if words.left:
        words.refuse()
    return wanted


def exactly(name: str) -> str:
    """The word of an expression that is true of the case of this name, and of no other."""
    plain = _tokens(_WHOLE + name) == [_Token(name, whole=True)]
    return _WHOLE + (name if plain else '"{}"'.format(name.replace('"', '""')))


class _Words:
    """The words of an expression that are still to be read."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self.left = _tokens(expression)
        if len(self.left) > MAX_WORDS:
            raise UsageError(f"-k has {len(self.left)} words: it may have {MAX_WORDS}")

    def next_is(self, *operators: str) -> bool:
        return bool(self.left) and self.left[0] in map(_Token, operators)

    def take(self, operator: str) -> bool:
        """Whether that is next; then it is read."""
        found = self.next_is(operator)
        if found:
            self.left.pop(0)
        return found

    def refuse(self) -> None:
        what = repr(self.left[0].text) if self.left else "its end"
        raise UsageError(
            f"-k {self._expression!r} cannot be read at {what}: write words with and, or, not and parentheses,"
            " such as 'drive and not slow'"
        )


def _tokens(expression: str) -> list[_Token]:
    """Words and operators; what cannot be read is one of its own."""
    tokens, at = [], 0
    while found := _TOKEN.match(expression, at):
        tokens.append(_token(*found.groups(default="")))
        at = found.end()
    rest = expression[at:].strip()
    return [*tokens, _Token(rest)] if rest else tokens


def _token(bracket: str, whole: str, between_quotes: str, word: str) -> _Token:
    if bracket:
        return _Token(bracket)
    if not word:
        return _Token(between_quotes.replace('""', '"'), True, bool(whole))
    if word.startswith(_WHOLE) and word != _WHOLE:
        return _Token(word.removeprefix(_WHOLE), whole=True)
    return _Token(word)


def _either(words: _Words) -> Wanted:
    choices = [_both(words)]
    while words.take("or"):
        choices.append(_both(words))
    return lambda case: any(choice(case) for choice in choices)


def _both(words: _Words) -> Wanted:
    parts = [_single(words)]
    while words.take("and") or (words.left and not words.next_is("or", ")")):
        parts.append(_single(words))
    return lambda case: all(part(case) for part in parts)


def _single(words: _Words) -> Wanted:
    if words.take("not"):
        denied = _single(words)
        return lambda case: not denied(case)
    if words.take("("):
        inner = _either(words)
        if not words.take(")"):
            words.refuse()
        return inner
    return _word(words)


def _word(words: _Words) -> Wanted:
    if not words.left or words.next_is("and", "or", ")") or words.left[0].unreadable:
        words.refuse()
    token = words.left.pop(0)
    if token.whole:
        return lambda case: case.name == token.text
    word = token.text.casefold()
    return lambda case: any(word in text.casefold() for text in (case.name, *case.tags))
