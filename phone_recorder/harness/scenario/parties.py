"""Who is in a scenario and when: its parties and what they say, the call, the clock."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from phone_recorder.adapters import audio_files
from phone_recorder.errors import PhoneRecorderError, UsageError
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
from phone_recorder.harness.scenario.words import PTIME, TIME
from phone_recorder.phone.parties import NOBODY, SILENCE, TONE, voice_length
from phone_recorder.settings.forms import voice as voice_form
from phone_recorder.settings.kinds import quoted
from phone_recorder.wire.payload import BY_NAME, PTIMES_MS

_RATE = 8000
_HERTZ = "(?:[2-9][0-9]|[1-9][0-9]{2}|[12][0-9]{3}|3[0-3][0-9]{2}|3400)"
VOICE_PATTERN = rf"^(?:{TONE}:{_HERTZ}(?::[01])?|(?!{TONE}:).*\S.*)$"
VOICES = "tone:HZ, silence, none, or a file's name as seen from this file"


@dataclass(frozen=True, slots=True)
class Voice:
    """What phone.parties takes for a voice; a file's path is as seen from where the program runs."""

    def read(self, node: Node) -> str:
        text = text_of(node, VOICES)
        try:
            return voice_form(text) if is_made(text) else self._file(text, node)
        except PhoneRecorderError as error:
            raise node.place.error(error) from error

    def schema(self) -> Schema:
        return or_variable({"type": "string", "pattern": VOICE_PATTERN, "description": f"A voice: {VOICES}."})

    @staticmethod
    def _file(text: str, node: Node) -> str:
        path = str(beside(Leaf(text, True, node.place)))
        demand_audio(path, VOICES)
        return path


def demand_audio(path: str, instead: str, capture: bool = True) -> None:
    """There is something to hear in the file, which may be a `capture`; UsageError says to write `instead`."""
    try:
        kind = _heard(path, *_state(path))
    except PhoneRecorderError as error:
        advised = "; " in str(error)
        raise UsageError(str(error) if advised else f"{error}: write {instead}") from error
    if kind == "capture" and not capture:
        raise UsageError(f"{path} is a capture, and a WAV file or a record file is needed: write {instead}")


def _state(path: str) -> tuple[int, int]:
    """What is another if the file is another one; (0, 0) if there is none."""
    with suppress(OSError, ValueError):
        found = Path(path).stat()
        return found.st_mtime_ns, found.st_size
    return 0, 0


@lru_cache(maxsize=1000)
def _heard(path: str, changed: int, size: int) -> str:
    """What kind of file it is, once its first samples have been heard."""
    kind = audio_files.kind_of(Path(path))
    if kind == "capture":
        audio_files.duration_s(Path(path))
    else:
        audio_files.open_pcm(Path(path), _RATE)
    return kind


def length_s(voice: str) -> float:
    """Seconds that a voice has something to say; a file that has not changed is looked into once."""
    if is_made(voice):
        return 0.0
    try:
        found = Path(voice).stat()
    except (OSError, ValueError):
        return voice_length(voice)  # which knows what to say of it
    return _file_length_s(voice, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1000)
def _file_length_s(voice: str, changed: int, size: int) -> float:
    return voice_length(voice)


def is_made(voice: str) -> bool:
    """Whether it is a word of the language, rather than a file's name."""
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
        return {"anyOf": [*Voice().schema()["anyOf"], self.fields.schema()]}


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


EARLIEST, LATEST = datetime(1970, 1, 1), datetime(2100, 1, 1)
CLOCK_LIMITS = "from 1970 to 2099"
"""A phone's clock shows no other years."""
_CLOCK_EXAMPLE = "one such as 2026-03-02 10:00:00"
_CLOCK_PATTERN = (
    "(?:19[7-9][0-9]|20[0-9]{2})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[ T](?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}"
)
_CLOCK_FORM = re.compile("[0-9]{4}(?:-[0-9]{2}){2}[ T][0-9]{2}(?::[0-9]{2}){2}")


@dataclass(frozen=True, slots=True)
class Clock:
    """A date and a time of day, without a zone."""

    def read(self, node: Node) -> datetime:
        text = text_of(node, _CLOCK_EXAMPLE)
        try:
            if not _CLOCK_FORM.fullmatch(text):
                raise ValueError(text)
            time = datetime.fromisoformat(text)
        except ValueError as error:
            raise node.place.error(f"{quoted(text)} is no date and time: write {_CLOCK_EXAMPLE}") from error
        if not EARLIEST <= time < LATEST:
            raise node.place.error(f"{text} is not {CLOCK_LIMITS}: write {_CLOCK_EXAMPLE}")
        return time

    def schema(self) -> Schema:
        return or_variable({"type": "string", "pattern": f"^{_CLOCK_PATTERN}$"})
