"""Who is in a scenario: its parties and what they say, the call, the stick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from phone_recorder.errors import PhoneRecorderError, UsageError
from phone_recorder.harness.scenario.case import StickPlan
from phone_recorder.harness.scenario.including import beside
from phone_recorder.harness.scenario.places import Leaf, Node, Table
from phone_recorder.harness.scenario.shapes import (
    Choice,
    Field,
    Fields,
    Of,
    OrElse,
    Schema,
    Text,
    Toggle,
    or_variable,
    text_of,
)
from phone_recorder.harness.scenario.words import FILE_SYSTEM, MILLISECONDS, PTIME, SIZE, TIME
from phone_recorder.phone.parties import NOBODY, SILENCE, TONE, voice_length
from phone_recorder.recording.units import to_seconds
from phone_recorder.settings.forms import voice as voice_form
from phone_recorder.settings.kinds import quoted
from phone_recorder.wire.payload import BY_NAME, PTIMES_MS

VOICES = "tone:HZ, silence, none, or a file's name as seen from this file"


@dataclass(frozen=True, slots=True)
class Voice:
    """What phone.parties takes for a voice; a file's path is as seen from where the program runs."""

    def read(self, node: Node) -> str:
        text = text_of(node, VOICES)
        try:
            return voice_form(text) if _is_made(text) else self._file(text, node)
        except PhoneRecorderError as error:
            raise node.place.error(error) from error

    def schema(self) -> Schema:
        return {"type": "string", "description": f"A voice: {VOICES}."}

    @staticmethod
    def _file(text: str, node: Node) -> str:
        path = str(beside(Leaf(text, True, node.place)))
        try:
            length_s(path)
        except UsageError as error:
            raise UsageError(f"{error}: write {VOICES}") from error
        return path


def length_s(voice: str) -> float:
    """Seconds that a voice has something to say; a file that has not changed is looked into once."""
    if _is_made(voice):
        return 0.0
    try:
        found = Path(voice).stat()
    except (OSError, ValueError):
        return voice_length(voice)  # which knows what to say of it
    return _file_length_s(voice, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1000)
def _file_length_s(voice: str, changed: int, size: int) -> float:
    return voice_length(voice)


def _is_made(voice: str) -> bool:
    return voice in (SILENCE, NOBODY) or voice.startswith(f"{TONE}:")


@dataclass(frozen=True, slots=True)
class PartyShape:
    """A voice alone, or a mapping with more about its party; read as a dict of what is said."""

    fields: Fields

    def read(self, node: Node) -> dict[str, Any]:
        if isinstance(node, Table):
            return self.fields.read(node)
        return {"voice": Voice().read(node)}

    def schema(self) -> Schema:
        return {"anyOf": [Voice().schema(), self.fields.schema()]}


@dataclass(frozen=True, slots=True)
class PtimeShape:
    """Milliseconds in a packet, with or without their unit."""

    def read(self, node: Node) -> int:
        if isinstance(node, Leaf) and node.text.isdecimal():
            node = Leaf(f"{node.text} ms", node.plain, node.place)
        milliseconds: int = Of(PTIME).read(node)
        return milliseconds

    def schema(self) -> Schema:
        return Of(PTIME, {"enum": list(PTIMES_MS)}).schema()


PARTY = PartyShape(
    Fields(
        "party",
        {
            "voice": Field(Voice(), f"What the party says: {VOICES}."),
            "codec": Field(Choice(tuple(BY_NAME)), "Codec that it sends, if not the call's."),
            "ptime": Field(PtimeShape(), "How long its packets are: 10, 20, 30, 40 or 60 ms."),
            "dtx": Field(Toggle(), "Whether it sends nothing while it is silent (VAD)."),
            "repeat": Field(Toggle(), "Whether its file begins again when it is over."),
        },
    )
)

CALL = OrElse(
    "none",
    None,
    Fields(
        "call",
        {
            "length": Field(Of(TIME), "How long the call lasts; without it, until both have said all, or 10 s."),
            "direction": Field(Choice(("in", "out")), "in: the phone is called; out: it calls."),
            "number": Field(Text("a number"), "The far party's number."),
            "name": Field(Text("a name"), "The far party's name."),
            "codec": Field(Choice(tuple(BY_NAME)), "The call's codec, if not the recording's."),
        },
    ),
)


@dataclass(frozen=True, slots=True)
class FilesOnStick:
    """Names of record files, and how long each is; read as pairs of a name and seconds."""

    def read(self, node: Node) -> tuple[tuple[str, float], ...]:
        if not isinstance(node, Table):
            raise node.place.error("it is no mapping: write names and times, such as Record_20260101000000.wav: 30 s")
        return tuple((self._name(name, length), _seconds(length)) for name, length in node.entries.items())

    def schema(self) -> Schema:
        return or_variable({"type": "object", "additionalProperties": Of(TIME).schema()})

    @staticmethod
    def _name(name: str, length: Node) -> str:
        if not name.isprintable() or not name.strip(". ") or len(name) > 200 or set('<>:"/|?*\\') & set(name):
            raise length.place.error(f"{quoted(name)} can be no file on a stick: write one such as Record_1.wav")
        return name


def _seconds(length: Node) -> float:
    return to_seconds(Of(TIME).read(length))


_STICK = Fields(
    "stick",
    {
        "size": Field(Of(SIZE, {"type": "integer", "minimum": 0}), "Its size in bytes, such as 16 MiB."),
        "left": Field(Of(SIZE, {"type": "integer", "minimum": 0}), "Bytes that are free in the beginning."),
        "file system": Field(Of(FILE_SYSTEM), "How it is formatted: FAT32, exFAT, ext4, NTFS ..."),
        "plugged": Field(Toggle(), "Whether it is in when the scenario begins."),
        "locked": Field(Toggle(), "Whether it is write-protected."),
        "slow": Field(Of(MILLISECONDS), "How long each write takes."),
        "files": Field(FilesOnStick(), "Record files that are on it already: names, and how long each is."),
    },
)


@dataclass(frozen=True, slots=True)
class StickShape:
    """A stick as it is in the beginning."""

    def read(self, node: Node) -> StickPlan:
        values = _STICK.read(node)
        if "slow" in values:
            values["delay_ms"] = values.pop("slow")
        plan = StickPlan(**values)
        if plan.left is not None and plan.left > plan.size:
            raise node.place.error(f"more bytes are left than its {plan.size}: make size larger, or left smaller")
        return plan

    def schema(self) -> Schema:
        return _STICK.schema()


STICK = OrElse("none", None, StickShape())


_CLOCK_EXAMPLE = "one such as 2026-03-02 10:00:00"
_CLOCK_PATTERN = "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}"


@dataclass(frozen=True, slots=True)
class Clock:
    """A date and a time of day, without a zone."""

    def read(self, node: Node) -> datetime:
        text = text_of(node, _CLOCK_EXAMPLE)
        try:
            return datetime.strptime(text.replace("T", " "), "%Y-%m-%d %H:%M:%S")
        except ValueError as error:
            raise node.place.error(f"{quoted(text)} is no date and time: write {_CLOCK_EXAMPLE}") from error

    def schema(self) -> Schema:
        return or_variable({"type": "string", "pattern": f"^{_CLOCK_PATTERN}$"})
