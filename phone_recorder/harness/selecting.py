"""Which cases of many are meant: `-k` and its words, tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.case import Case

Wanted = Callable[[Case], bool]

_TOKEN = re.compile(r'\s*(?:([()])|"([^"]*)"|([^\s()"]+))')
_OPERATORS = {"and", "or", "not", "(", ")"}
MAX_WORDS = 200


def select(cases: Sequence[Case], expression: str = "", tags: Sequence[str] = ()) -> tuple[Case, ...]:
    """The cases that `expression` is true of and that have one of the tags; of an empty one of either, all.

    UsageError says what is wrong with the expression.
    """
    wanted = parse_expression(expression)
    return tuple(case for case in cases if wanted(case) and (not tags or set(tags) & set(case.tags)))


def parse_expression(expression: str) -> Wanted:
    """What `-k` says: words with `and`, `or`, `not` and parentheses; two words side by side are both meant.

    A word is true of a case that has it in its name, or in one of its tags, in letters of any size. In double quotes it
    may have anything in it, as the names that a run prints are written. UsageError says where it cannot be read.
    """
    words = _Words(expression)
    if not words.left:
        return lambda case: True
    wanted = _either(words)
    if words.left:
        words.refuse()
    return wanted


def quoted(name: str) -> str:
    """A case's name as a word of an expression."""
    plain = _tokens(name) == [(name, False)] and name not in _OPERATORS
    return name if plain else '"{}"'.format(name.replace('"', ""))


class _Words:
    """The words of an expression that are still to be read."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self.left = _tokens(expression)
        if len(self.left) > MAX_WORDS:
            raise UsageError(f"-k has {len(self.left)} words: it may have {MAX_WORDS}")

    def next_is(self, *operators: str) -> bool:
        return bool(self.left) and not self.left[0][1] and self.left[0][0] in operators

    def take(self, operator: str) -> bool:
        """Whether that is next; then it is read."""
        found = self.next_is(operator)
        if found:
            self.left.pop(0)
        return found

    def refuse(self) -> None:
        what = repr(self.left[0][0]) if self.left else "its end"
        raise UsageError(
            f"-k {self._expression!r} cannot be read at {what}: write words with and, or, not and parentheses,"
            " such as 'drive and not slow'"
        )


def _tokens(expression: str) -> list[tuple[str, bool]]:
    """Words and operators, and of each whether it was quoted; what cannot be read is one of its own."""
    tokens, at = [], 0
    while found := _TOKEN.match(expression, at):
        tokens.append((found[1] or found[2] or found[3] or "", found[2] is not None))
        at = found.end()
    rest = expression[at:].strip()
    return [*tokens, (rest, False)] if rest else tokens


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
    if not words.left or words.next_is("and", "or", ")") or words.left[0][0].startswith('"'):
        words.refuse()
    word = words.left.pop(0)[0].casefold()
    return lambda case: any(word in text.casefold() for text in (case.name, *case.tags))
