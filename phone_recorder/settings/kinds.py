"""The kinds of settings: what each can be, and how that is written as text and in TOML.

A value has three forms. The value itself is what TOML and JSON say: true, 20, "network". Its text is what is typed into
a field or on a command line. What is stored is the attribute of the settings: milliseconds where a file says seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from phone_recorder.errors import UsageError

Value = bool | int | float | str
Name = Literal["toggle", "choice", "number", "size", "text", "secret"]

BLANKED = "********"
"""Stands for a secret that is not shown."""

_ON = {"on", "1", "true", "yes", "enable", "enabled"}
_OFF = {"off", "0", "false", "no", "disable", "disabled"}
_LONGEST_SHOWN = 60


def fold(text: str) -> str:
    """What is left of a name when case, blanks and marks do not matter: `sipinfo` of `SIP-INFO`."""
    return "".join(character for character in text.lower() if character.isalnum())


def quoted(value: object) -> str:
    """A wrong value, as far as it helps to find it."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


class Kind:
    """What a setting can be. Every method that takes a wrong value raises UsageError, one sentence without the key."""

    __slots__ = ()
    name: ClassVar[Name]

    def parse(self, text: str) -> Value:
        """The value that was typed."""
        raise NotImplementedError

    def check(self, value: object) -> Value:
        """The value that TOML or JSON gave, of the right type and within its limits."""
        raise NotImplementedError

    def text(self, value: Value) -> str:
        """What would have to be typed for it."""
        return str(value)

    def in_toml(self, value: Value) -> Value:
        """What a file says for it."""
        return value

    def to_stored(self, value: Value) -> Any:
        """The attribute of the settings that says the same."""
        return value

    def from_stored(self, stored: Any) -> Value:
        """The value of that attribute."""
        value: Value = stored
        return value

    @property
    def possible(self) -> str:
        """What it can be, for the documentation."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Toggle(Kind):
    """On or off."""

    name: ClassVar[Name] = "toggle"

    def parse(self, text: str) -> bool:
        if (word := text.strip().lower()) not in _ON | _OFF:
            raise UsageError(f"{quoted(text)} is neither on nor off")
        return word in _ON

    def check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise UsageError(f"{quoted(value)} is neither true nor false, which go without quotes")
        return value

    def text(self, value: Value) -> str:
        return "on" if value else "off"

    @property
    def possible(self) -> str:
        return "true or false"


@dataclass(frozen=True, slots=True)
class Option:
    """One of a choice: `value` is written, `stored` the settings' attribute if that differs, `also` is read as well."""

    value: str
    en: str
    zh: str
    stored: str | None = None
    also: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        """The word for it in `en` or `zh`."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Choice(Kind):
    """One of the options, any case; with `numbers` it is a whole number."""

    options: tuple[Option, ...]
    numbers: bool = False
    name: ClassVar[Name] = "choice"

    def parse(self, text: str) -> Value:
        option = self._find(text)
        return int(option.value) if self.numbers else option.value

    def check(self, value: object) -> Value:
        if isinstance(value, bool) or not isinstance(value, int if self.numbers else str):
            raise self._wrong(value)
        return self.parse(str(value))

    def to_stored(self, value: Value) -> Any:
        option = self._find(str(value))
        return value if option.stored is None else option.stored

    def from_stored(self, stored: Any) -> Value:
        return self.parse(next((option.value for option in self.options if option.stored == stored), str(stored)))

    @property
    def possible(self) -> str:
        return ", ".join(option.value or '""' for option in self.options)

    def _find(self, text: str) -> Option:
        wanted = fold(text)
        for option in self.options:
            if text == option.value or (wanted and wanted in map(fold, (option.value, *option.also))):
                return option
        raise self._wrong(text)

    def _wrong(self, value: object) -> UsageError:
        return UsageError(f"{quoted(value)} is none of {self.possible}")


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """One line of at most `longest` characters, without blanks around it.

    `form` gives what is kept of it, or refuses it; only what is not empty is shown to it. `hint` says what it can be.
    """

    longest: int = 200
    may_be_empty: bool = True
    form: Callable[[str], str] | None = None
    hint: str = "text"
    name: ClassVar[Name] = "text"

    def parse(self, text: str) -> str:
        return self.check(text.strip())

    def check(self, value: object) -> str:
        text = _line(value, self.longest)
        if text != text.strip():
            raise UsageError(f"{quoted(text)} has blanks around it")
        if not text and not self.may_be_empty:
            raise UsageError("it cannot be empty")
        return self.form(text) if self.form and text else text

    @property
    def possible(self) -> str:
        return self.hint if self.may_be_empty else f"{self.hint}, not empty"


@dataclass(frozen=True, slots=True)
class Secret(Kind):
    """One line that is never shown; empty for none. What stands for it where it is not shown is refused."""

    longest: int = 200
    name: ClassVar[Name] = "secret"

    def parse(self, text: str) -> str:
        return self.check(text)

    def check(self, value: object) -> str:
        if value == BLANKED:
            raise UsageError("these stars only stand for it: write the text itself")
        try:
            return _line(value, self.longest)
        except UsageError:
            raise UsageError(f"it is no text of one line with at most {self.longest} characters") from None

    @property
    def possible(self) -> str:
        return "text"


def _line(value: object, longest: int) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{quoted(value)} is no text, which goes in quotes")
    if len(value) > longest:
        raise UsageError(f"{quoted(value)} is too long: at most {longest} characters")
    if not value.isprintable():
        raise UsageError(f"{quoted(value)} has a character in it that cannot be shown")
    return value
