"""The sidecar of a record file: `Record_X.json` beside `Record_X.wav`, an Entry as JSON. Values and bytes, no files."""

from __future__ import annotations

import re
from typing import get_type_hints

import msgspec

from phone_recorder.errors import WireError
from phone_recorder.recording.drive_names import record_order
from phone_recorder.server.entry import Entry
from phone_recorder.wire.printable import printable

VERSION = 1
MAX_SIZE = 1 << 20
"""Bytes of a sidecar that are read; ours have about a thousand."""

TYPES = get_type_hints(Entry)
FIELDS = Entry.__struct_fields__
_TEXTS = tuple(field for field in FIELDS if TYPES[field] is str)
_COUNTS = tuple(field for field in FIELDS if TYPES[field] is int)
LAST_DATE = 253_370_764_800
"""The year 9999, which is the last that calendars here have."""
_LARGEST = 2**53
"""Of a count: what every reader of JSON can hold, and SQLite too."""
_SURROGATES = re.compile("[\ud800-\udfff]")


class _Sidecar(Entry, frozen=True, kw_only=True):
    version: int


_DECODER = msgspec.json.Decoder(_Sidecar)


def wav_file(name: str) -> str:
    """The record file of a recording of that name."""
    return f"{name}.wav"


def sidecar_file(name: str) -> str:
    """The sidecar of a recording of that name."""
    return f"{name}.json"


def is_name(name: str) -> bool:
    """Whether a recording of ours can have this name: what is no such name is never part of a path."""
    return record_order(wav_file(name)) is not None


def storable_text(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which neither JSON nor SQLite can hold."""
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def storable(entry: Entry) -> Entry:
    """The entry as it can be stored."""
    if all(getattr(entry, field).isascii() for field in _TEXTS):
        return entry
    return msgspec.structs.replace(entry, **{field: storable_text(getattr(entry, field)) for field in _TEXTS})


def encode(entry: Entry) -> bytes:
    """The sidecar's bytes: one line of JSON, in UTF-8."""
    return msgspec.json.encode({"version": VERSION, **msgspec.structs.asdict(storable(entry))}) + b"\n"


def decode(data: bytes) -> Entry:
    """The entry of a sidecar; WireError if that is none. Fields that a later version has added are left out."""
    try:
        found = _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"it is no sidecar: {printable(str(error))}") from error
    entry = Entry(**{field: getattr(found, field) for field in FIELDS})
    counts = all(0 <= getattr(entry, field) < _LARGEST for field in _COUNTS)
    if found.version < 1 or not counts or not 0 <= entry.started_at < LAST_DATE:
        raise WireError("it is no sidecar: it has a number that cannot be")
    return entry
