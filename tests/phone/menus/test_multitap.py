"""Letters from digit keys."""

from __future__ import annotations

import pytest

from phone_recorder.phone.menus.multitap import LETTERS, Mode, Typed, tap


@pytest.mark.parametrize(
    ("keys", "mode", "text"),
    [
        ("123", "123", "123"),
        ("2", "abc", "a"),
        ("22", "abc", "b"),
        ("2222", "abc", "2"),
        ("22222", "abc", "a"),
        ("4433555", "abc", "hel"),
        ("77777", "ABC", "7"),
        ("2", "ABC", "A"),
        ("1", "abc", "."),
        ("0", "abc", " "),
    ],
)
def test_a_key_pressed_again_turns_its_letter(keys: str, mode: Mode, text: str) -> None:
    typed = Typed("")
    for key in keys:
        typed = tap(typed, key, mode)
    assert typed.text == text


def test_a_confirmed_letter_stays() -> None:
    assert tap(tap(Typed(""), "2", "abc").confirmed, "2", "abc").text == "aa"


def test_a_letter_that_was_deleted_does_not_turn() -> None:
    assert tap(tap(Typed("x"), "2", "abc").shortened, "2", "abc").text == "xa"


def test_every_key_has_its_own_digit_and_no_letter_is_on_two() -> None:
    assert all(letters[-1] == digit or digit == "0" for digit, letters in LETTERS.items())
    letters = [letter for some in LETTERS.values() for letter in some if letter.isalpha()]
    assert "".join(sorted(letters)) == "abcdefghijklmnopqrstuvwxyz"
