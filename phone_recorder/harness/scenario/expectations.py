"""What a scenario expects: `{at: 2 s, screen: {icon: recording}}` is an instant, or none for the end, and one kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from phone_recorder.control_api.shown import CallState, Icon, Lamp
from phone_recorder.harness.scenario.account_fields import AccountShape
from phone_recorder.harness.scenario.audio_phrases import Audio
from phone_recorder.harness.scenario.bounds import COUNTS, SIZES, TIMER, TIMES
from phone_recorder.harness.scenario.expected import Expectation, FilesAre, ScreenIs, StateIs, What
from phone_recorder.harness.scenario.message_shapes import MessagesShape
from phone_recorder.harness.scenario.places import Node, Table, one_line
from phone_recorder.harness.scenario.shapes import (
    Choice,
    Field,
    Fields,
    ListOf,
    Of,
    Schema,
    Shape,
    Text,
    Toggle,
    Whole,
)
from phone_recorder.harness.scenario.steps import AT, ZERO
from phone_recorder.harness.scenario.wanted_text import Wanted
from phone_recorder.harness.scenario.words import TIME
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
            "prompt": Field(Wanted(), "The prompt: all of it, such as Recording, a part, or /a regular expression/."),
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
            "names": Field(
                ListOf(Text("a name, or a pattern such as Record_*.wav"), empty=None),
                "Their names, oldest first; [] for no file.",
            ),
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


KINDS: dict[str, Field] = {
    "screen": Field(SCREEN, "What the phone shows."),
    "state": Field(StateShape(), "Where the record key stands, and how the call is."),
    "files": Field(FILES, "The record files on the drive, or the server's in server mode."),
    "audio": Field(Audio(), "What is heard in the recording."),
    "account": Field(AccountShape(), "Fields of the recording's account, by path: gaps_count, streams.far.lost."),
    "control": Field(MessagesShape("control"), "Messages to and from the record server, in this order."),
    "sip": Field(MessagesShape("sip"), "Messages to and from the SIP server, in this order."),
}
RECORDING = "recording"
_NOT_BESIDE = {
    RECORDING: (("screen", "state", "control", "sip"), "which is of no one recording: leave it out, or write at"),
    AT: (
        ("audio",),
        "which is listened to when all is over: leave it out, or write a span such as between 2 s and 5 s",
    ),
}
"""By keys: kinds that they do not stand beside, and why not."""
_EXPECTATION = Fields(
    "expectation",
    {
        AT: Field(Of(TIME, ZERO), "When it is so, from the start of the first call; without it, at the end."),
        RECORDING: Field(Whole(1, 1000), "Which recording, where there are several: 1 is the first."),
        **KINDS,
    },
)


@dataclass(frozen=True, slots=True)
class ExpectationShape:
    """An expectation, or several of a sound; read as a tuple of them."""

    def read(self, node: Node) -> tuple[Expectation, ...]:
        values = _EXPECTATION.read(node)
        assert isinstance(node, Table), "what has fields is a mapping"
        at, recording = values.pop(AT, None), values.pop(RECORDING, None)
        if len(values) != 1:
            given = f"{' and '.join(values)} are too many" if values else "nothing is expected"
            raise node.place.error(f"{given}: write one of {', '.join(KINDS)}")
        _demand_meaning(node, *values)
        expected = tuple(
            Expectation(what, at, recording, said.place.line, text) for what, said, text in _each(node, values)
        )
        if not expected:
            raise node.place.error("nothing is expected: write what is heard, such as contains: far")
        return expected

    def schema(self) -> Schema:
        return {**_EXPECTATION.schema(), "oneOf": [_one(kind) for kind in KINDS]}


def _demand_meaning(node: Table, kind: str) -> None:
    """What stands beside that kind means something to it."""
    for key, (kinds, why) in _NOT_BESIDE.items():
        if kind in kinds and key in node.entries:
            raise node.entries[key].place.error(f"{key} means nothing to {kind}, {why}")


def _one(kind: str) -> Schema:
    absent = [{"not": {"required": [key]}} for key, (kinds, _) in _NOT_BESIDE.items() if kind in kinds]
    return {"required": [kind], **({"allOf": absent} if absent else {})}


def _each(node: Table, values: dict[str, Any]) -> Iterator[tuple[What, Node, str]]:
    """What is expected, the node that says so, and that in one line."""
    (kind, value) = next(iter(values.items()))
    below = node.entries[kind]
    if kind == "audio":
        yield from ((what, said, f"audio {text}") for what, said, text in value)
    else:
        yield value, below, f"{kind}: {one_line(below)}"


EXPECTATION = ExpectationShape()
