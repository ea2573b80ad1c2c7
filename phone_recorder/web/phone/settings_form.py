"""The form of all settings: how they are grouped, and what was changed in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from phone_recorder.control_api import Choice, SettingValue
from phone_recorder.settings import kinds
from phone_recorder.settings.table import PHONE_SECTIONS, SECTIONS, SETTINGS
from phone_recorder.web.forms import Form, one
from phone_recorder.web.phone.words import WORDS

FIRST = ("record.enabled", "record.mode", "server.host", "server.port", "record.codec")
"""What the guide speaks of stands before all others."""
GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "record": {"": (), "more": ("record",), "server": ("server",), "sip_info": ("sip_info",)},
    "account": {"": ("account",)},
    "phone": {"": ("phone",)},
    "keys": {"": ("keys",)},
    "usb": {"": ("usb",)},
    "call": {"": ("call",)},
}
"""The page's groups, their parts, and the sections of the settings that stand in each."""
OTHERS = "others"
"""The group of what a phone has besides."""
WAS = "was:"
NONE = "none:"
"""Fields beside that of a setting: what it was when the form was shown, and whether a secret is to be forgotten."""
_LEFT_OUT = frozenset(SECTIONS) - frozenset(PHONE_SECTIONS)
_PARTS = {
    section: (group, part)
    for group, parts in GROUPS.items()
    for part, sections in parts.items()
    for section in sections
}


@dataclass(frozen=True, slots=True)
class Field:
    """A setting in the form: `value` stands there, `was` is what it is set to, `error` why it cannot be `value`."""

    key: str
    label: str
    help: str
    kind: str
    value: str
    was: str
    is_set: bool
    choices: Sequence[Choice]
    error: str = ""

    @property
    def id(self) -> str:
        """Its name in the page."""
        return self.key.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Part:
    """Some fields with a heading; the first part of a group has none."""

    name: str
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of settings; `name` is its place in the page."""

    name: str
    parts: Sequence[Part]


def changes(form: Form, settings: Iterable[SettingValue]) -> dict[str, str]:
    """What the form sets anew: nothing that is as it was when the form was shown. An empty secret stays as it is."""
    known = {setting.key: setting for setting in settings}
    typed = {key: one(form, key) for key in form if key != "csrf" and not key.startswith((WAS, NONE))}
    return {key: text for key, text in typed.items() if _is_new(form, key, text, known.get(key))} | {
        key: "" for key, setting in known.items() if setting.kind == "secret" and one(form, f"{NONE}{key}")
    }


def fields(
    settings: Iterable[SettingValue], language: str, typed: Form | None = None, errors: Mapping[str, str] | None = None
) -> list[Field]:
    """The settings as fields in the page's language, with what was typed, and what is wrong with it.

    Those that mean nothing to the emulated phone have no field.
    """
    shown = [setting for setting in settings if setting.key.partition(".")[0] not in _LEFT_OUT]
    return [_field(setting, language, typed or {}, (errors or {}).get(setting.key, "")) for setting in shown]


def groups(made: Iterable[Field]) -> list[Group]:
    """The fields in their groups; those that would have no field are left out."""
    places: dict[tuple[str, str], list[Field]] = {}
    for field in made:
        places.setdefault(_place(field.key), []).append(field)
    places.get(("record", ""), []).sort(key=lambda field: FIRST.index(field.key))
    order: dict[str, dict[str, tuple[str, ...]]] = {**GROUPS, OTHERS: {"": ()}}
    found = {
        name: [Part(part, places[name, part]) for part in parts if (name, part) in places]
        for name, parts in order.items()
    }
    return [Group(name, parts) for name, parts in found.items() if parts]


def _place(key: str) -> tuple[str, str]:
    return ("record", "") if key in FIRST else _PARTS.get(key.partition(".")[0], (OTHERS, ""))


def _is_new(form: Form, key: str, text: str, setting: SettingValue | None) -> bool:
    if setting is None:
        return True  # The phone says that there is no such setting.
    if setting.kind == "secret":
        return bool(text)
    return text != (one(form, f"{WAS}{key}") if f"{WAS}{key}" in form else setting.value)


def _field(setting: SettingValue, language: str, typed: Form, error: str) -> Field:
    row = SETTINGS.get(setting.key)
    secret = setting.kind == "secret"
    return Field(
        key=setting.key,
        label=_label(setting, language),
        help=row.help(language) if row else setting.help,
        kind=setting.kind,
        value=one(typed, setting.key) if setting.key in typed and not secret else setting.value,
        was=one(typed, f"{WAS}{setting.key}") if f"{WAS}{setting.key}" in typed else setting.value,
        is_set=setting.is_set,
        choices=_choices(setting, language),
        error=error,
    )


def _label(setting: SettingValue, language: str) -> str:
    """As the guide has it: what is the mode in the phone's menu is the type on its page."""
    if setting.key == "record.mode":
        return str(WORDS["type"]._asdict()[language])
    row = SETTINGS.get(setting.key)
    return row.label(language) if row else setting.label


def _choices(setting: SettingValue, language: str) -> Sequence[Choice]:
    """In the page's language; what the phone is set to is among them."""
    kind = SETTINGS[setting.key].kind if setting.key in SETTINGS else None
    labels = {one.value: one.label(language) for one in kind.options} if isinstance(kind, kinds.Choice) else {}
    return [Choice(choice.value, labels.get(choice.value, choice.label)) for choice in setting.choices]
