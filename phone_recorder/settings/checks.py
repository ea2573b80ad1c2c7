"""What settings ask of their own values; whatever is wrong is a SettingError with the setting's key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from phone_recorder.errors import UsageError
from phone_recorder.settings.setting import SettingError


def formed(key: str, form: Callable[[str], str], text: str) -> str:
    """The text as the form keeps it."""
    try:
        return form(text)
    except UsageError as error:
        raise SettingError(key, str(error)) from error


def one_of(value: str, possible: tuple[Any, ...], key: str) -> None:
    """The value is one of those."""
    demand(value in possible, key, f"{value!r} is none of {', '.join(filter(None, possible))}")


def demand(fits: bool, key: str, sentence: str) -> None:
    """What the sentence says is wrong is not so."""
    if not fits:
        raise SettingError(key, sentence)
