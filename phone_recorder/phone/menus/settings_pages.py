"""Pages of settings: each with its present value, changed in place, chosen from a list, or typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from phone_recorder.control_api import Line, SetSettings
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.menus.page import Row, Shown, Step, only_back
from phone_recorder.phone.menus.words import say
from phone_recorder.settings.kinds import Choice, Name
from phone_recorder.settings.measures import Number, Seconds
from phone_recorder.settings.phone import Language
from phone_recorder.settings.setting import Setting
from phone_recorder.settings.table import SETTINGS, text_of, value_of

CHOSEN = "✓"
"""Marks what a setting is set to, in the list of what it can be."""
UNLIMITED = {"record.size_limit"}
"""Sizes that 0 means no limit for."""


def settings_page(title: str, keys: tuple[str, ...], facts: Facts) -> Shown:
    """The settings of these keys; `title` names its text."""
    rows = tuple(_ROWS[SETTINGS[key].kind.name](SETTINGS[key], facts) for key in keys)
    return Shown(say(title, facts.settings.language), rows, only_back(facts), numbered=True)


def choices_page(key: str, facts: Facts) -> Shown:
    """Everything that a setting can be; choosing one sets it and leaves."""
    setting, language = SETTINGS[key], facts.settings.language
    now = text_of(facts.settings, key)
    rows = tuple(
        Row(
            value,
            Line(label, mark=CHOSEN if value == now else ""),
            {"ok": Step((SetSettings({key: value}),), leave=1)},
            say("select", language),
        )
        for value, label in _options(setting, language)
    )
    return Shown(setting.label(language), rows, only_back(facts), numbered=True)


def value_label(setting: Setting, facts: Facts) -> str:
    """What a setting is set to, in words."""
    return _LABELS[setting.kind.name](setting, facts)


def _toggle_row(setting: Setting, facts: Facts) -> Row:
    other = setting.kind.text(not value_of(facts.settings, setting.key))
    change = Step((SetSettings({setting.key: other}),))
    return _row(setting, facts, dict.fromkeys(("ok", "left", "right"), change), "change")


def _choice_row(setting: Setting, facts: Facts) -> Row:
    now = text_of(facts.settings, setting.key)
    values = [value for value, _ in _options(setting, facts.settings.language)]
    at = values.index(now)
    near = {"left": values[at - 1], "right": values[(at + 1) % len(values)]}
    keys = {key: Step((SetSettings({setting.key: value}),)) for key, value in near.items()}
    keys["ok"] = Step(page=partial(choices_page, setting.key), start=now)
    return _row(setting, facts, keys, "select")


def _field_row(setting: Setting, facts: Facts) -> Row:
    return _row(setting, facts, {"ok": Step(edit=setting.key)}, "edit")


def _row(setting: Setting, facts: Facts, keys: dict[str, Step], label: str) -> Row:
    language = facts.settings.language
    return Row(setting.key, Line(setting.label(language), value_label(setting, facts)), keys, say(label, language))


_ROWS: dict[Name, Callable[[Setting, Facts], Row]] = {
    "toggle": _toggle_row,
    "choice": _choice_row,
    **dict.fromkeys(("number", "size", "text", "secret"), _field_row),
}


def _options(setting: Setting, language: Language) -> list[tuple[str, str]]:
    """Values and labels."""
    kind = setting.kind
    return [(option.value, option.label(language)) for option in kind.options] if isinstance(kind, Choice) else []


def _toggle_label(setting: Setting, facts: Facts) -> str:
    return say("on" if value_of(facts.settings, setting.key) else "off", facts.settings.language)


def _choice_label(setting: Setting, facts: Facts) -> str:
    return dict(_options(setting, facts.settings.language))[text_of(facts.settings, setting.key)]


def _number_label(setting: Setting, facts: Facts) -> str:
    kind, text = setting.kind, text_of(facts.settings, setting.key)
    if not isinstance(kind, Number | Seconds):
        return text
    return f"{text} {kind.unit_zh if facts.settings.language == 'zh' else kind.unit_en}".rstrip()


def _size_label(setting: Setting, facts: Facts) -> str:
    text = text_of(facts.settings, setting.key)
    if text == "0" and setting.key in UNLIMITED:
        return say("no_limit", facts.settings.language)
    digits = text.rstrip("KMG")
    return f"{digits} {text[len(digits) :]}B"


def _text_label(setting: Setting, facts: Facts) -> str:
    return text_of(facts.settings, setting.key) or say("not_set", facts.settings.language)


_LABELS: dict[Name, Callable[[Setting, Facts], str]] = {
    "toggle": _toggle_label,
    "choice": _choice_label,
    "number": _number_label,
    "size": _size_label,
    "text": _text_label,
    "secret": _text_label,
}
