"""All that the web pages want from the record server, on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from phone_recorder.server.entry import Entry, Live
from phone_recorder.server.query import Page, Query, Totals


class Recordings(Protocol):
    """The recordings that are kept, and the disk they are on. All of it is called from a thread pool.

    DriveError where the storage fails.
    """

    def search(self, query: Query) -> Page: ...

    def get(self, name: str) -> Entry | None: ...

    def wav_path(self, name: str) -> Path:
        """The record file; UsageError if there is none."""

    def delete(self, name: str) -> None:
        """The record file and all that is known of it; UsageError if that cannot be, as while it is being recorded."""

    def totals(self) -> Mapping[str, Totals]:
        """By state."""

    def free(self) -> int:
        """Bytes that recordings may still take."""


ListLive = Callable[[], list[Live]]
"""What is being recorded now, oldest first."""
