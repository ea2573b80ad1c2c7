"""What a scenario expects: `{at: 2 s, screen: {icon: recording}}` is an instant, or none for the end, and one kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from phone_recorder.control_api.shown import CallState, Icon, Lamp
from phone_recorder.harness.scenario.account_fields import AccountShape
from phone_recorder.harness.scenario.audio_phrases import Audio
from phone_recorder.harness.scenario.bounds import COUNTS, SIZES, TIMER, TIMES
from phone_recorder.harness.scenario.expected import Expectation, FilesAre, Messages, ScreenIs, StateIs, What
from phone_recorder.harness.scenario.places import Node, Table, one_line
from phone_recorder.harness.scenario.shapes import (
    Choice,
    Field,
    Fields,
    ListOf,
    Of,
    OrElse,
    Schema,
    Shape,
    Text,
    Toggle,
    Wanted,
    Whole,
)
from phone_recorder.harness.scenario.steps import AT, ZERO
from phone_recorder.harness.scenario.words import TIME, Word
from phone_recorder.recording.record_key import Key
from phone_recorder.wire.payload import BY_NAME

_WHOLE_NUMBERS: Schema = {"type": "integer", "minimum": 0}
_CODEC = Choice(tuple(BY_NAME))


@dataclass(frozen=True, slots=True)
class Made:
    """A mapping of which at least one key is there, as a value of that kind."""

    fields: Fields
    kind: type[ScreenIs] | type[StateIs] | type[FilesAre]

    def read(self, node: Node) -> What:
        values = self.fields.read(node)
        if not values:
            raise node.place.error(f"nothing is expected: write some of {', '.join(self.fields.fields)}")
        return self.kind(**values)

    def schema(self) -> Schema:
        return {**self.fields.schema(), "minProperties": 1}


SCREEN = Made(
    Fields(
        "mapping of what the screen shows",
        {
            "icon": Field(Choice(get_args(Icon)), "The record indicator's icon."),
            "prompt": Field(Wanted(), "The prompt: a part of it, or /a regular expression/."),
            "lamp": Field(Choice(get_args(Lamp)), "The record key's lamp."),
            "timer": Field(Of(TIMER, ZERO), "The recorded time: 2 s ± 200 ms, or 00:02 as it is shown."),
            "left": Field(Wanted(), "How long the drive can still record, as it is shown."),
            "call": Field(Wanted(), "Who is called, as it is shown."),
            "shows": Field(ListOf(Wanted()), "Texts that stand anywhere on the screen."),
            "shows not": Field(ListOf(Wanted()), "Texts that stand nowhere on the screen."),
        },
    ),
    ScreenIs,
)
_STATE = Made(
    Fields(
        "state",
        {
            "key": Field(Choice(tuple(key.value for key in Key)), "Where the record key stands."),
            "call": Field(Choice(get_args(CallState)), "How the call is."),
        },
    ),
    StateIs,
)
FILES = Made(
    Fields(
        "mapping about files",
        {
            "count": Field(Of(COUNTS, _WHOLE_NUMBERS), "How many record files there are."),
            "names": Field(ListOf(Text("a name, or a pattern such as Record_*.wav")), "Their names, oldest first."),
            "size": Field(Of(SIZES, _WHOLE_NUMBERS), "Bytes of each: 1 MiB, at most 8 MiB."),
            "duration": Field(Of(TIMES, ZERO), "How long each is: 10 s ± 20 ms."),
            "total": Field(Of(TIMES, ZERO), "How long they are together."),
            "codec": Field(_CODEC, "The codec that their headers name."),
            "whole": Field(Toggle(), "Whether every header is true, and nothing is wrong with any file."),
        },
    ),
    FilesAre,
)


@dataclass(frozen=True, slots=True)
class StateShape:
    """Where the record key stands, or a mapping of key and call."""

    def read(self, node: Node) -> What:
        key: Shape = _STATE.fields.fields["key"].shape
        return _STATE.read(node) if isinstance(node, Table) else StateIs(key.read(node))

    def schema(self) -> Schema:
        return {"anyOf": [_STATE.fields.fields["key"].shape.schema(), _STATE.schema()]}


_LINE = Word("LINE", "message", r"(?:sent|received) +\S.*", str, "one such as sent RecordStartRequest dir=out")


@dataclass(frozen=True, slots=True)
class MessagesShape:
    """Lines of messages in their order, or `none`."""

    protocol: Any

    def read(self, node: Node) -> Messages:
        lines: tuple[str, ...] | None = self._lines().read(node)
        if lines == ():
            raise node.place.error("no message is named: write some, or none")
        return Messages(self.protocol, lines or (), lines is None)

    def schema(self) -> Schema:
        return self._lines().schema()

    @staticmethod
    def _lines() -> OrElse:
        return OrElse("none", None, ListOf(Of(_LINE)))


KINDS: dict[str, Field] = {
    "screen": Field(SCREEN, "What the phone shows."),
    "state": Field(StateShape(), "Where the record key stands, and how the call is."),
    "files": Field(FILES, "The record files on the drive, or the server's in server mode."),
    "audio": Field(Audio(), "What is heard in the recording."),
    "account": Field(AccountShape(), "Fields of the recording's account, by path: gaps_count, streams.far.lost."),
    "control": Field(MessagesShape("control"), "Messages to and from the record server, in this order."),
    "sip": Field(MessagesShape("sip"), "Messages to and from the SIP server, in this order."),
}
_EXPECTATION = Fields(
    "expectation",
    {
        AT: Field(Of(TIME, ZERO), "When it is so, from the start of the first call; without it, at the end."),
        "recording": Field(Whole(1, 1000), "Which recording, where there are several: 1 is the first."),
        **KINDS,
    },
)


@dataclass(frozen=True, slots=True)
class ExpectationShape:
    """An expectation, or several of a sound; read as a tuple of them."""

    def read(self, node: Node) -> tuple[Expectation, ...]:
        values = _EXPECTATION.read(node)
        assert isinstance(node, Table), "what has fields is a mapping"
        at, recording = values.pop(AT, None), values.pop("recording", None)
        if len(values) != 1:
            given = f"{' and '.join(values)} are too many" if values else "nothing is expected"
            raise node.place.error(f"{given}: write one of {', '.join(KINDS)}")
        return tuple(
            Expectation(what, at, recording, said.place.line, text) for what, said, text in _each(node, values)
        )

    def schema(self) -> Schema:
        one = [{"required": [kind]} for kind in KINDS]
        return {**_EXPECTATION.schema(), "oneOf": one}


def _each(node: Table, values: dict[str, Any]) -> Iterator[tuple[What, Node, str]]:
    """What is expected, the node that says so, and that in one line."""
    (kind, value) = next(iter(values.items()))
    below = node.entries[kind]
    if kind == "audio":
        yield from ((what, said, f"audio {text}") for what, said, text in value)
    else:
        yield value, below, f"{kind}: {one_line(below)}"


EXPECTATION = ExpectationShape()
