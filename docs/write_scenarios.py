"""Writes the tables of docs/scenarios.md from those that scenarios are read by; a test holds the file to it.

Run: python docs/write_scenarios.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phone_recorder.harness.scenario import bounds, words
from phone_recorder.harness.scenario.parties import VOICE_PATTERN
from phone_recorder.harness.scenario.schema import schema
from phone_recorder.harness.scenario.shapes import SOME_TEXT, VARIABLE
from phone_recorder.harness.scenario.words import Word

TARGET = Path(__file__).with_name("scenarios.md")

Schema = dict[str, Any]
Row = tuple[str, str, str]

TABLES = {
    "scenario": "",
    "phone": "phone",
    "call": "call",
    "party": "near",
    "stick": "stick",
    "steps": "steps",
    "expect": "expect",
    "screen": "expect screen",
    "state": "expect state",
    "files": "expect files",
    "audio": "expect audio",
    "messages": "expect control",
}
"""By their names in the page: the keys that lead to the mapping which a table is about."""
_BLOCK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
_MOST = 12
"""Of more choices than that the sentence beside them says enough."""
_BOUNDS = {
    bounds.COUNTS: "bound of a number",
    bounds.SIZES: "bound of a size",
    bounds.TIMES: "bound of a time",
    bounds.TIMER: "bound of a time, or `00:02`",
}
_ONES: dict[Word[Any], str] = {
    words.TIME: "time",
    words.SIZE: "size",
    words.PTIME: "`10 ms` to `60 ms`",
    words.FILE_SYSTEM: "name",
}
_NAMES = {f"^(?:{word.schema})$": name for word, name in (*_BOUNDS.items(), *_ONES.items())}
_NAMES |= {SOME_TEXT: "text", VOICE_PATTERN: "voice"}


def page(old: str) -> str:
    """The page with its tables written anew; what stands between them stays."""
    return _BLOCK.sub(lambda found: f"{found[1]}{table(found[2])}{found[3]}", old)


def table(name: str) -> str:
    """One of the tables."""
    lines = [("key", "what stands there", "meaning"), ("---", "---", "---"), *_rows(_mapping(TABLES[name]))]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


def _mapping(keys: str) -> Schema:
    """The properties of the mapping that those keys lead to."""
    properties: Schema = schema()["properties"]
    for key in keys.split():
        properties = next(filter(None, map(_properties, _forms(properties[key]))))
    return properties


def _properties(form: Schema) -> Schema:
    if form.get("type") == "array":
        return next(filter(None, map(_properties, _forms(form["items"]))), {})
    found: Schema = form.get("properties", {})
    return found


def _forms(said: Schema) -> list[Schema]:
    """All that a value may be, without the variable that can stand for anything."""
    return [form for one in said.get("anyOf", [said]) for form in ([one] if "anyOf" not in one else _forms(one))]


def _rows(properties: Schema) -> Iterator[Row]:
    for key, said in properties.items():
        yield f"`{key}`", _values(said), said["description"]


def _values(said: Schema) -> str:
    shown = [text for form in _forms(said) if (text := _value(form))]
    return ", or ".join(dict.fromkeys(shown)) or "text"


def _value(form: Schema) -> str:
    """One of the forms that a value may have, in words; empty for what another form says too."""
    if form.get("pattern") in _NAMES:
        return _NAMES[form["pattern"]]
    if "enum" in form:
        return _choice([str(one).lower() if isinstance(one, bool) else one for one in form["enum"]])
    if "pattern" in form:
        return _phrases(form.get("description", ""))
    if "const" in form:
        return f"`{form['const']}`" if form["const"] else ""
    return _kind(form)


def _choice(options: list[object]) -> str:
    texts = [f"`{option}`" for option in options if isinstance(option, str)]
    return ", ".join(texts) if len(texts) <= _MOST else "one of its keys"


def _phrases(forms: str) -> str:
    listed, _, more = forms.partition("; ")
    return "<br>".join(f"`{form}`" for form in listed.split(" · ") if form) + (f"<br>{more}" if more else "")


def _kind(form: Schema) -> str:
    if form.get("type") == "array":
        return "" if "`" in _values(form["items"]) else "list"
    if "$ref" in form:
        return "" if form == VARIABLE else "mapping"
    kinds = {"boolean": "`true`, `false`", "integer": "whole number", "object": "mapping", "null": "nothing"}
    return kinds.get(str(form.get("type")), "")


if __name__ == "__main__":
    TARGET.write_text(page(TARGET.read_text("utf-8")), "utf-8")
