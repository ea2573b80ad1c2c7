"""The phone of a scenario: settings by their keys in docs/settings.md, and short names for those of the phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.actions import Change
from phone_recorder.harness.scenario.places import Leaf, Node, Table
from phone_recorder.harness.scenario.shapes import SOME_TEXT, Field, Fields, Schema, or_variable, text_of
from phone_recorder.settings.kinds import Choice, Kind, Secret, Text, Toggle, Value, fold
from phone_recorder.settings.measures import Number, Seconds, Size
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.setting import Setting, SettingError
from phone_recorder.settings.table import SETTINGS, check_value, find_setting, parse_text, with_values

_SHORT = {"model": "phone.model", "number": "phone.number", "name": "phone.name", "language": "phone.language"}
_ELSEWHERE = {
    "call.near": "write near: at the beginning of a line",
    "call.far": "write far: at the beginning of a line",
    "call.repeat": "write repeat: true below near or far",
    "call.codec": "write codec: below call",
}
"""Settings that a scenario says otherwise."""
WORDS_FOR_TOGGLES = ("on", "true", "yes", "enable", "enabled", "1", "off", "false", "no", "disable", "disabled", "0")
"""As settings.kinds reads them."""


@dataclass(frozen=True, slots=True)
class SettingValue:
    """What one setting can be, as it is typed or as TOML has it."""

    setting: Setting

    def read(self, node: Node) -> Value:
        text = text_of(node, self.setting.kind.possible, may_be_empty=True)
        assert isinstance(node, Leaf), "what is text is a leaf"
        typed = isinstance(node.value, str) or isinstance(self.setting.kind, Text | Secret)
        try:
            return parse_text(self.setting.key, text) if typed else check_value(self.setting.key, node.value)
        except SettingError as error:
            possible = self.setting.kind.possible
            advice = "" if possible in error.sentence or ": " in error.sentence else f": write {possible}"
            raise node.place.error(error.sentence + advice) from error

    def schema(self) -> Schema:
        kind = self.setting.kind
        if isinstance(kind, Choice):
            return _choice(kind)
        if isinstance(kind, Toggle):
            return or_variable({"type": "boolean"}, {"type": "string", "pattern": _any_case(*WORDS_FOR_TOGGLES)})
        if isinstance(kind, Number | Seconds):
            limits: Schema = {"type": "number", "minimum": kind.least, "maximum": kind.most}
            return or_variable(limits, {"type": "string", "pattern": r"^[0-9]+(?:\.[0-9]+)?$"})
        if isinstance(kind, Size):
            size = {"type": "string", "pattern": r"^\s*[0-9]{1,16} ?[KkMmGg]?(?:[Ii]?[Bb])?\s*$"}
            return or_variable({"type": "integer", "minimum": 0}, size)
        return _text(kind)


def _choice(kind: Choice) -> Schema:
    """The best spellings, which an editor offers, and all others that are read."""
    values = [int(option.value) if kind.numbers else option.value for option in kind.options]
    read = [name for option in kind.options for name in (option.value, *option.also) if name]
    return or_variable({"enum": values}, {"type": "string", "pattern": _any_case(*map(fold, read), marks=True)})


def _any_case(*words: str, marks: bool = False) -> str:
    """A pattern of these words in any case; `marks`: whatever is no letter or digit may stand anywhere in them."""
    gap = "[^A-Za-z0-9]*" if marks else ""
    cased = (gap.join(f"[{letter.lower()}{letter.upper()}]" for letter in word) for word in words)
    edge = gap or r"\s*"
    return f"^{edge}(?:{'|'.join(cased)}){edge}$"


def _text(kind: Kind) -> Schema:
    """What form it has only a program can tell."""
    limits: Schema = {"maxLength": kind.longest} if isinstance(kind, Text | Secret) else {}
    some = isinstance(kind, Text) and not kind.may_be_empty
    return {"type": ["string", "number", "boolean"], **limits, **({"pattern": SOME_TEXT} if some else {})}


@dataclass(frozen=True, slots=True)
class Settings:
    """A mapping of settings, by key; read as values by key. All of them can be together, or it is an error."""

    defined: ClassVar[str] = "settings"

    def read(self, node: Node) -> dict[str, Value]:
        if not isinstance(node, Table):
            raise node.place.error("it is no mapping: write settings and values, such as record.mode: local")
        values = {key: SettingValue(_setting(key, below)).read(below) for key, below in node.entries.items()}
        self.together(PhoneSettings(), values, node)
        return values

    @staticmethod
    def together(before: PhoneSettings, values: dict[str, Value], node: Node) -> PhoneSettings:
        """The settings with all those values."""
        try:
            return with_values(before, values)
        except SettingError as error:
            entries = node.entries if isinstance(node, Table) else {}
            raise entries.get(error.key, node).place.error(error.sentence) from error

    def schema(self) -> Schema:
        return {"$ref": f"#/$defs/{self.defined}"}

    def definition(self) -> Schema:
        """What the reference leads to."""
        known = {
            key: {"description": setting.help_en, **SettingValue(setting).schema()}
            for key, setting in SETTINGS.items()
            if key not in _ELSEWHERE
        }
        return {"type": "object", "properties": known, "additionalProperties": False}


def _setting(key: str, node: Node) -> Setting:
    if key in _ELSEWHERE:
        raise node.place.error(f"a scenario says this elsewhere: {_ELSEWHERE[key]}")
    if isinstance(node, Table):
        raise node.place.error("settings stand one below the other: write keys with a dot, such as record.mode: local")
    try:
        return find_setting(key)
    except UsageError as error:
        raise node.place.error(error) from error


@dataclass(frozen=True, slots=True)
class ChangeShape:
    """A step that changes settings."""

    def read(self, node: Node) -> Change:
        values = Settings().read(node)
        if not values:
            raise node.place.error("nothing changes: write settings and values, such as record.mode: local")
        return Change({key: SETTINGS[key].kind.text(value) for key, value in values.items()})

    def schema(self) -> Schema:
        return {**Settings().schema(), "minProperties": 1}


_PHONE = Fields(
    "phone",
    {
        **{short: Field(SettingValue(SETTINGS[key]), SETTINGS[key].help_en) for short, key in _SHORT.items()},
        "settings": Field(Settings(), "Settings by their keys, as docs/settings.md has them: record.mode: local."),
    },
)


@dataclass(frozen=True, slots=True)
class PhoneShape:
    """The phone; read as all of its settings."""

    def read(self, node: Node) -> PhoneSettings:
        read = _PHONE.read(node)
        values = {**read.pop("settings", {}), **{_SHORT[short]: value for short, value in read.items()}}
        return Settings.together(PhoneSettings(), values, node)

    def schema(self) -> Schema:
        return _PHONE.schema()


PHONE = PhoneShape()
