"""A line that a message is expected to fit, and the message as far as the line asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.judging import control_message, sip_message
from phone_recorder.harness.judging.asked import Asked, read_asked
from phone_recorder.wire.printable import printable

MOST_CHARACTERS = 80
_DIRECTIONS = {"sent": True, "received": False}


class _Protocol(NamedTuple):
    """What a field looks like in a line, whether a message has what is asked for, and the message in a few words.

    `value_of` is what a message has in a field, None without it.
    """

    field: re.Pattern[str]
    fits: Callable[[Asked, str], bool]
    shown: Callable[[Asked, str], str]
    value_of: Callable[[str, str], str | None]


_PROTOCOLS = {
    "control": _Protocol(control_message.FIELD, control_message.fits, control_message.shown, control_message.value_of),
    "sip": _Protocol(sip_message.FIELD, sip_message.fits, sip_message.shown, sip_message.value_of),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`sent` None is either way; `asked` is the rest: a command, a method or a status, fields or headers, words."""

    protocol: Literal["control", "sip"]
    text: str
    sent: bool | None
    asked: Asked

    def is_of(self, message: Passed) -> bool:
        """Whether the message has all that the line says."""
        if self.sent is not None and self.sent != message.sent:
            return False
        return _PROTOCOLS[self.protocol].fits(self.asked, message.text)

    def shown(self, message: Passed) -> str:
        """The message in a few words: which one it is, and what it has where the line asks for something."""
        direction = "sent" if message.sent else "received"
        return _short(f"{direction} {_PROTOCOLS[self.protocol].shown(self.asked, message.text)}")


def parse_line(protocol: Literal["control", "sip"], text: str) -> Line:
    """Read `received RecordStartResponse result=failed`, or `sent INFO Record: on`."""
    first, _, after = text.strip().partition(" ")
    sent = _DIRECTIONS.get(first)
    return Line(protocol, text, sent, read_asked(text if sent is None else after, _PROTOCOLS[protocol].field))


def value_in(field: str, message: Passed) -> str | None:
    """What the message has in that field or header, None if it has none."""
    return _PROTOCOLS[message.protocol].value_of(field, message.text)


def _short(text: str) -> str:
    shown = printable(" ".join(text.split()))
    return shown if len(shown) <= MOST_CHARACTERS else f"{shown[:MOST_CHARACTERS]}..."
