"""The archive of the record server as the web pages see it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from phone_recorder.server.archive import Archive
from phone_recorder.server.entry import Entry
from phone_recorder.server.query import Page, Query, Totals


class KeptRecordings:
    """`web.server.ports.Recordings`, of an archive that is open."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def search(self, query: Query) -> Page:
        return self._archive.catalogue.search(query)

    def get(self, name: str) -> Entry | None:
        return self._archive.catalogue.get(name)

    def wav_path(self, name: str) -> Path:
        return self._archive.wav_path(name)

    def delete(self, name: str) -> None:
        self._archive.delete(name)

    def totals(self) -> Mapping[str, Totals]:
        return self._archive.catalogue.totals()

    def free(self) -> int:
        return self._archive.free()
