"""The settings as a TOML document: read with errors that name line and key, written whole, and edited in place."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from phone_recorder.errors import UsageError
from phone_recorder.settings.kinds import BLANKED, Secret, Value, quoted
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.setting import Setting, SettingError
from phone_recorder.settings.table import (
    SECTIONS,
    SETTINGS,
    did_you_mean,
    find_setting,
    parse_text,
    value_of,
    with_texts,
    with_values,
)
from phone_recorder.settings.toml_places import Path, find_places

HEAD = "# Settings of a phone: `phone-recorder config keys` says what each can be.\n"

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def parse(text: str, name: str) -> PhoneSettings:
    """The settings in a document that errors call `name`; what it does not say has its default.

    UsageError: `NAME, line 12, record.mode: 'usb' is none of local, network, sip_info`.
    """
    document = _document(text, name)
    try:
        return with_values(PhoneSettings(), dict(_settings_in(document)))
    except SettingError as error:
        path = tuple(error.key.split("."))
        raise UsageError(f"{name}{_line(text, path)}, {error}") from error
    except _Misplaced as error:
        raise UsageError(f"{name}{_line(text, error.path)}: {error}") from error


def write(settings: PhoneSettings, blank: bool = False) -> str:
    """All the settings, each with its help in English; with `blank`, secrets are not shown."""
    pieces = [HEAD]
    for section in SECTIONS:
        pieces.append(f"\n[{section}]\n")
        rows = [setting for setting in SETTINGS.values() if setting.section == section]
        pieces += [f"# {row.help_en}\n{row.name} = {literal_of(settings, row.key, blank)}\n" for row in rows]
    return "".join(pieces)


def literal_of(settings: PhoneSettings, key: str, blank: bool = False) -> str:
    """What a setting is set to, as the document says it; with `blank`, a secret that there is is not shown."""
    setting, value = find_setting(key), value_of(settings, key)
    return _literal(setting, BLANKED if blank and value and isinstance(setting.kind, Secret) else value)


def edit(text: str, key: str, value_text: str, name: str = "the file") -> str:
    """The document with one setting changed to what was typed, its comments and its order kept."""
    return edit_all(text, {key: value_text}, name)


def edit_all(text: str, texts: Mapping[str, str], name: str = "the file") -> str:
    """The document with several settings changed at once.

    UsageError if the document has an error, if one of them cannot be that, or if it is laid out so that it had better
    be changed by hand.
    """
    wanted = with_texts(parse(text, name), texts)
    edited = text
    for key, value_text in texts.items():
        setting = find_setting(key)
        edited = _edited(edited, setting, _literal(setting, parse_text(key, value_text)))
    try:
        if parse(edited, name) == wanted:
            return edited
    except UsageError:
        pass  # Whatever it is, it is the edit that has made it.
    raise UsageError(f"{name} is laid out so that {', '.join(texts)} cannot be changed in it: change it by hand")


class _Misplaced(UsageError):
    """A key or a section that is none; `path` leads to it."""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


def _document(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"{name} is nested too deeply") from None
    except ValueError as error:
        sentence = str(error)
        where, sentence = _WHERE.search(sentence), _WHERE.sub("", sentence)
        at = f", line {where[1]}, column {where[2]}" if where and where[1] else ", at its end" if where else ""
        raise UsageError(f"{name}{at}: {sentence[:1].lower()}{sentence[1:]}") from error


def _settings_in(document: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for section, content in document.items():
        if section not in SECTIONS:
            raise _Misplaced((section,), _no_section(section, content))
        if not isinstance(content, dict):
            raise _Misplaced((section,), f"{section} is a section: write [{section}], and its settings below")
        for key, value in content.items():
            if f"{section}.{key}" not in SETTINGS:
                raise _Misplaced((section, key), _no_setting(f"{section}.{key}"))
            yield f"{section}.{key}", value


def _no_section(name: str, content: object) -> str:
    if not isinstance(content, dict):
        return _no_setting(name)
    near = get_close_matches(name, SECTIONS, 1)
    hint = f"did you mean [{near[0]}]" if near else f"there are {', '.join(SECTIONS)}"
    return f"there is no section {quoted(name)[1:-1]}: {hint}"


def _no_setting(key: str) -> str:
    return f"there is no setting {quoted(key)[1:-1]}{did_you_mean(key)}"


def _line(text: str, path: Path) -> str:
    line = find_places(text).line(path)
    return f", line {line}" if line else ""


def _literal(setting: Setting, value: Value) -> str:
    """The value as TOML writes it, all of whose strings JSON's are."""
    return json.dumps(setting.kind.in_toml(value), ensure_ascii=False)


def _edited(text: str, setting: Setting, literal: str) -> str:
    """The document with the literal put where the setting stands, or would stand."""
    places = find_places(text)
    path = (setting.section, setting.name)
    if place := places.values.get(path):
        return text[: place.start] + literal + text[place.end :]
    if (at := places.sections.get(path[:1])) is not None:
        return _with_line(text, at, f"{setting.name} = {literal}")
    if (at := places.dotted.get(setting.section)) is not None:
        return _with_line(text, at, f"{setting.key} = {literal}")
    return _with_section(text, f"[{setting.section}]", f"{setting.name} = {literal}")


def _with_line(text: str, at: int, line: str) -> str:
    """A line of its own at that place, which is the beginning of one, or the end of the text."""
    before = text[:at] if not at or text[at - 1] == "\n" else text[:at] + _newline(text)
    return f"{before}{line}{_newline(text)}{text[at:]}"


def _with_section(text: str, *lines: str) -> str:
    newline = _newline(text)
    gap = "" if not text or text.endswith(newline * 2) else newline if text.endswith("\n") else newline * 2
    return f"{text}{gap}{''.join(line + newline for line in lines)}"


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
