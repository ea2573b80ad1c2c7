"""The recordings of a record server somewhere else, through its API. Nothing that it answers is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec

from phone_recorder.adapters.files import replace_when_done
from phone_recorder.adapters.web_client import WebClient
from phone_recorder.adapters.web_connection import stranger
from phone_recorder.errors import UsageError
from phone_recorder.recording.drive_names import record_order
from phone_recorder.server.entry import Entry
from phone_recorder.server.query import MAX_PER_PAGE, Page
from phone_recorder.wire.printable import printable

RECORDINGS = "api/v1/recordings"
MAX_ENTRIES = 1_000_000
"""A server that has more than that, or says so for ever, wants a narrower question."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form that a recording can be had in: the last part of its path, and what the file begins with."""

    path: str
    mark: bytes


WAV = Form("audio.wav", b"RIFF")
RECORD_FILE = Form("record", b"")


class RemoteRecordings:
    """Looks for recordings, downloads and deletes them. Names are `Record_...` without `.wav`."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def search(self, filters: Mapping[str, str]) -> Iterator[Entry]:
        """All that fit the filters (the fields of a Query, as text), oldest first, from as many pages as there are."""
        seen: set[str] = set()
        for number in count(1):
            page = self._page({**filters, "page": str(number)})
            new = {entry.name: entry for entry in page.entries if entry.name not in seen}
            yield from new.values()
            seen |= new.keys()
            if number >= page.pages:
                return
            if not new or len(seen) > MAX_ENTRIES:
                raise stranger(self._client.url, "its list never ends")

    def download(self, name: str, form: Form, path: Path, force: bool = False) -> int:
        """Store a recording's file under `path`, once it is whole; how many bytes it has."""
        with replace_when_done(path, force) as file:
            return self._client.download(f"{RECORDINGS}/{name}/{form.path}", file, form.mark)

    def delete(self, name: str) -> None:
        """UsageError if the server has not got it, or is recording it."""
        self._client.delete(f"{RECORDINGS}/{name}")

    def _page(self, query: Mapping[str, str]) -> Page:
        order = {"sort": "started_at", "descending": "false", "per_page": str(MAX_PER_PAGE)}
        try:
            return msgspec.json.decode(self._client.get(RECORDINGS, {**order, **query}), type=Page)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise stranger(self._client.url, "this is no list of recordings") from error


def recording_name(text: str) -> str:
    """The name of a recording, with or without `.wav`; UsageError for anything else, such as a path."""
    name = text.removesuffix(".wav")
    if record_order(f"{name}.wav") is None:
        raise UsageError(f"{printable(text)!r} is not a recording's name, such as Record_20240131120000")
    return name
