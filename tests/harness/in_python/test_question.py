from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.in_python.question import question


class Somebody:
    @question
    def knows(self, what: str, *, well: bool = False) -> str:
        """What is known."""
        return f"{what} {well}"


def test_it_is_asked_as_a_method_is() -> None:
    assert Somebody().knows("this", well=True) == "this True"
    assert Somebody.knows(Somebody(), "that") == "that False"
    assert Somebody.knows.__doc__ == "What is known."


def test_what_was_not_asked_is_neither_true_nor_false_nor_equal_to_anything() -> None:
    for look in (bool, lambda knows: not knows, lambda knows: knows == "this", lambda knows: knows != "this"):
        with pytest.raises(UsageError, match=r"^knows was not asked: write knows\(\.\.\.\)$"):
            look(Somebody().knows)


def test_it_is_shown_by_its_name() -> None:
    assert repr(Somebody().knows) == "knows"


def test_what_it_answers_cannot_be_looked_for_in_it() -> None:
    with pytest.raises(AttributeError, match="'NotCalled' object has no attribute 'icon'"):
        Somebody().knows.icon  # type: ignore[attr-defined]  # noqa: B018
