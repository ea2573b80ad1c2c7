"""A setting that is being typed: which keys type what, by the setting's kind."""

from __future__ import annotations

from dataclasses import dataclass, replace

from phone_recorder.control_api import DIGITS, Line
from phone_recorder.phone.menus.multitap import Mode, Typed, tap
from phone_recorder.settings.kinds import Kind, Secret, Text
from phone_recorder.settings.measures import Number, Seconds, Size
from phone_recorder.settings.phone import Language, PhoneSettings
from phone_recorder.settings.table import SETTINGS, text_of

LETTERS_FIRST: tuple[Mode, ...] = ("abc", "ABC", "123")
DIGITS_FIRST: tuple[Mode, ...] = ("123", "abc", "ABC")
DIGITS_ONLY: tuple[Mode, ...] = ("123",)

ADDRESSES = {"server.host", "account.registrar", "account.proxy", "account.listen"}
"""Settings that `*` types a dot into."""
WORDS = {"phone.name"}
"""Settings that are mostly letters."""
NUMBERS = {"phone.number"}
"""Settings that are dialled: `*` and `#` are among their digits."""
LONGEST = 200
"""Characters that a field takes; the setting's kind may take fewer, and says so."""


@dataclass(frozen=True, slots=True)
class Field:
    """The setting `key` while it is typed. `modes` are what digit keys can type, the present one first.

    `changed`: something was typed or deleted. A secret begins empty, and stays as it is if nothing was.
    """

    key: str
    typed: Typed
    modes: tuple[Mode, ...]
    changed: bool = False

    @property
    def kind(self) -> Kind:
        """What the setting can be."""
        return SETTINGS[self.key].kind

    @property
    def hidden(self) -> bool:
        """Whether what is typed is shown as stars."""
        return isinstance(self.kind, Secret)

    @property
    def next_mode(self) -> str:
        """What digit keys type after `#`; empty where they type digits only."""
        return self.modes[1] if len(self.modes) > 1 else ""


def open_field(key: str, settings: PhoneSettings) -> Field:
    """The field of a setting, with what it is set to."""
    kind = SETTINGS[key].kind
    text = text_of(settings, key)
    if isinstance(kind, Secret):
        text = ""
    elif isinstance(kind, Size):
        text = _megabytes(text)
    return Field(key, Typed(text), _modes(key, kind))


def press(field: Field, key: str) -> Field:
    """A key that types, or changes what is typed; any other changes nothing."""
    if key in ("back", "soft2"):
        return _with(field, field.typed.shortened)
    if key == "right":
        return replace(field, typed=field.typed.confirmed)
    if field.next_mode and key in ("#", "soft3"):
        return replace(field, modes=(*field.modes[1:], field.modes[0]), typed=field.typed.confirmed)
    if key in ("*", "#"):
        return type_text(field, _sign(field, key))
    return _with(field, tap(field.typed, key, field.modes[0])) if key in DIGITS else field


def type_text(field: Field, text: str) -> Field:
    """Letters from a keyboard; what cannot be shown is left out."""
    kept = "".join(filter(str.isprintable, text))
    return _with(field, Typed(field.typed.text + kept)) if kept else field


def entered(field: Field) -> str:
    """What was typed, as the setting reads it. A size without a unit is in megabytes."""
    text = field.typed.text
    return f"{text}M" if isinstance(field.kind, Size) and text.isdecimal() and int(text) else text


def lines(field: Field, language: Language) -> tuple[Line, ...]:
    """What stands above the field: the setting's label, and what can be typed."""
    setting, kind = SETTINGS[field.key], field.kind
    hint = str(field.modes[0])
    if isinstance(kind, Number | Seconds):
        unit = kind.unit_zh if language == "zh" else kind.unit_en
        hint = f"{kind.least:g}-{kind.most} {unit}".rstrip()
    elif isinstance(kind, Size):
        hint = "MB"
    return (Line(setting.label(language), hint),)


def _megabytes(text: str) -> str:
    """`8` of `8M`; bytes say what they are, for a number alone is megabytes."""
    if text.endswith("M") or text == "0":
        return text.removesuffix("M")
    return f"{text}B" if text.isdecimal() else text


def _modes(key: str, kind: Kind) -> tuple[Mode, ...]:
    if not isinstance(kind, Text | Secret) or key in NUMBERS:
        return DIGITS_ONLY
    return LETTERS_FIRST if key in WORDS else DIGITS_FIRST


def _sign(field: Field, key: str) -> str:
    """What `*` and `#` type."""
    if key == "*" and (field.key in ADDRESSES or isinstance(field.kind, Seconds)):
        return "."
    return key if isinstance(field.kind, Text | Secret) else ""


def _with(field: Field, typed: Typed) -> Field:
    return replace(field, typed=typed, changed=True) if len(typed.text) <= LONGEST else field
