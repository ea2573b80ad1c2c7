"""The one table of settings. The file, the command line, the phone's menus, web forms and docs/settings.md show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from phone_recorder.errors import UsageError
from phone_recorder.settings import rows_agent, rows_phone, rows_record
from phone_recorder.settings.kinds import BLANKED, Secret, Value, quoted
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.setting import Setting, SettingError

SETTINGS: dict[str, Setting] = {row.key: row for row in (*rows_phone.ROWS, *rows_record.ROWS, *rows_agent.ROWS)}
"""By key, in the order of the file."""
SECTIONS = tuple(dict.fromkeys(setting.section for setting in SETTINGS.values()))
PHONE_SECTIONS = tuple(section for section in SECTIONS if section != "agent")
"""Those that mean something to the emulated phone, and stand on its page."""

MENU = (
    "record.enabled",
    "record.mode",
    "record.codec",
    "record.size_limit",
    "server.host",
    "server.port",
    "record.pause",
    "record.tone",
    "record.auto",
    "record.cover",
)
"""The record manager's lines."""


def find_setting(key: str) -> Setting:
    """The setting of that key; UsageError names the nearest there is."""
    if key in SETTINGS:
        return SETTINGS[key]
    raise UsageError(f"there is no setting {quoted(key)[1:-1]}{did_you_mean(key)}")


def did_you_mean(key: str) -> str:
    """The end of a sentence about a key that is none."""
    named = [known for known, setting in SETTINGS.items() if setting.name == key.rpartition(".")[2]]
    near = get_close_matches(key, SETTINGS, 1) or named or get_close_matches(f"record.{key}", SETTINGS, 1, 0.8)
    return f": did you mean {near[0]}" if near else f": its first word is one of {', '.join(SECTIONS)}"


def value_of(settings: PhoneSettings, key: str) -> Value:
    """What it is set to, as TOML and JSON say it."""
    setting = find_setting(key)
    at: Any = settings
    for step in setting.path:
        at = at[step] if isinstance(step, int) else getattr(at, step)
    return setting.kind.from_stored(at)


def text_of(settings: PhoneSettings, key: str) -> str:
    """What would have to be typed for it; a secret is blanked, and empty if there is none."""
    kind, value = find_setting(key).kind, value_of(settings, key)
    if isinstance(kind, Secret):
        return BLANKED if value else ""
    return kind.text(value)


def with_value(settings: PhoneSettings, key: str, value: object) -> PhoneSettings:
    """The settings with that changed to what TOML or JSON say; SettingError if it cannot be that."""
    return with_values(settings, {key: value})


def with_text(settings: PhoneSettings, key: str, text: str) -> PhoneSettings:
    """The settings with that changed to what was typed; SettingError if it cannot be that."""
    return with_texts(settings, {key: text})


def with_values(settings: PhoneSettings, values: Mapping[str, object]) -> PhoneSettings:
    """Several at once: none if one of them cannot be."""
    return _changed(settings, {key: check_value(key, value) for key, value in values.items()})


def with_texts(settings: PhoneSettings, texts: Mapping[str, str]) -> PhoneSettings:
    """Several at once: none if one of them cannot be."""
    return _changed(settings, {key: parse_text(key, text) for key, text in texts.items()})


def check_value(key: str, value: object) -> Value:
    """The value, if the setting can be that; else SettingError."""
    try:
        return find_setting(key).kind.check(value)
    except UsageError as error:
        raise _named(key, error) from error


def parse_text(key: str, text: str) -> Value:
    """The value that was typed for a setting; SettingError if it cannot be that."""
    try:
        return find_setting(key).kind.parse(text)
    except UsageError as error:
        raise _named(key, error) from error


def changed(before: PhoneSettings, after: PhoneSettings) -> tuple[str, ...]:
    """The keys whose values differ."""
    return tuple(key for key in SETTINGS if value_of(before, key) != value_of(after, key))


def _changed(settings: PhoneSettings, values: Mapping[str, Value]) -> PhoneSettings:
    """All of them in one step: two that are good together may not be so one after the other."""
    stored = {SETTINGS[key].path: SETTINGS[key].kind.to_stored(value) for key, value in values.items()}
    try:
        result: PhoneSettings = _rebuilt(settings, stored)
    except SettingError:
        raise
    except UsageError as error:
        # The recording's settings do not know keys. What can be wrong there now is SIP INFO's two texts together.
        both = [key for key in values if key.startswith("sip_info.")]
        raise SettingError((both or list(values))[-1], str(error)) from error
    return result


def _rebuilt(at: Any, changes: Mapping[tuple[str | int, ...], Any]) -> Any:
    steps = dict.fromkeys(path[0] for path in changes)
    below = {step: {path[1:]: new for path, new in changes.items() if path[0] == step} for step in steps}
    if isinstance(at, tuple):
        return tuple(below[index][()] if index in below else old for index, old in enumerate(at))
    new = {
        str(step): rest[()] if () in rest else _rebuilt(getattr(at, str(step)), rest) for step, rest in below.items()
    }
    return replace(at, **new)


def _named(key: str, error: UsageError) -> UsageError:
    """The error with the setting's key, unless it is that there is no such setting."""
    return SettingError(key, str(error)) if key in SETTINGS else error
