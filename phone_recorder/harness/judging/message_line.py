"""A line that a message is expected to fit, and the message as far as the line asks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from phone_recorder.errors import ControlError
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.judging.texts import found, pattern_of, same
from phone_recorder.wire.control import pairs
from phone_recorder.wire.printable import printable

MOST_CHARACTERS = 80
_DIRECTIONS = {"sent": True, "received": False}
_FIELD = re.compile(r"(\w+)=(.*?)(?=\s+\w+=|$)")
"""A value goes on, blanks and all, to the next field."""


@dataclass(frozen=True, slots=True)
class Line:
    """`sent` None is either way; `name` is a command, a method or a status, empty for any.

    `fields` are those of a control message, `rest` is text that must stand in the message.
    """

    protocol: Literal["control", "sip"]
    text: str
    sent: bool | None
    name: str
    rest: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def is_of(self, message: Passed) -> bool:
        """Whether the message has all that the line says."""
        if self.sent is not None and self.sent != message.sent:
            return False
        return self._control(message.text) if self.protocol == "control" else self._sip(message.text)

    def shown(self, message: Passed) -> str:
        """The message in a few words: which one it is, and what it has where the line asks for something."""
        direction = "sent" if message.sent else "received"
        said = self._shown_control(message.text) if self.protocol == "control" else self._shown_sip(message.text)
        return _short(f"{direction} {said}")

    def _control(self, text: str) -> bool:
        name, values = _pairs(text)
        if not name:
            return found(" ".join(filter(None, (self.name, self.rest))), text) if self.name else True
        return (
            (not self.name or same(self.name, name))
            and all(key in values and _value_is(wanted, values[key]) for key, wanted in self.fields.items())
            and (not self.rest or found(self.rest, text))
        )

    def _sip(self, text: str) -> bool:
        return (not self.name or same(self.name, _sip_name(text))) and (not self.rest or _stands_in(self.rest, text))

    def _shown_control(self, text: str) -> str:
        name, values = _pairs(text)
        asked = [f"{key}={values[key]}" for key in self.fields if key in values]
        return " ".join([name, *asked]) if name else text

    def _shown_sip(self, text: str) -> str:
        first, *headers = text.splitlines() or [""]
        asked = self.rest.partition(":")[0].strip().lower() if ":" in self.rest else ""
        return " ".join([first, *(line for line in headers if asked and line.lower().startswith(f"{asked}:"))])


def parse_line(protocol: Literal["control", "sip"], text: str) -> Line:
    """Read `received RecordStartResponse result=failed`, or `sent INFO Record: on`."""
    first, _, after = text.strip().partition(" ")
    sent = _DIRECTIONS.get(first)
    name, _, rest = (text if sent is None else after).strip().partition(" ")
    if protocol == "sip":
        return Line(protocol, text, sent, name, rest.strip())
    fields = {found[1]: found[2].strip() for found in _FIELD.finditer(rest)}
    return Line(protocol, text, sent, name, _FIELD.sub("", rest).strip(), fields)


def _pairs(text: str) -> tuple[str, dict[str, str]]:
    """The command and its fields, decoded; no command if it is no control message."""
    try:
        return pairs(text.strip().encode(errors="replace"))
    except ControlError:
        return "", {}


def _value_is(wanted: str, value: str) -> bool:
    return same(wanted if pattern_of(wanted) else unquote(wanted), value)


def _sip_name(text: str) -> str:
    """The method, or the status: of `SIP/2.0 200 OK`, and of `200 OK`."""
    words = text.split(maxsplit=2)
    return next((word for word in words if word != "SIP/2.0"), "")


def _stands_in(wanted: str, text: str) -> bool:
    """Whether it does as words of their own: `Record: on` is no part of `Record: only`."""
    if pattern := pattern_of(wanted):
        return pattern.search(text) is not None
    return re.search(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])", text) is not None


def _short(text: str) -> str:
    shown = printable(" ".join(text.split()))
    return shown if len(shown) <= MOST_CHARACTERS else f"{shown[:MOST_CHARACTERS]}..."
