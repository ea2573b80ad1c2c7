"""A site to test against: recordings in memory with real record files, credentials and a clock of the test's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from phone_recorder.errors import DriveError, UsageError
from phone_recorder.server.entry import Entry, Live
from phone_recorder.server.figures import Figures
from phone_recorder.server.query import Page, Query, Totals
from phone_recorder.web.server.app import make_server_app
from phone_recorder.web.server.look import LOOK
from phone_recorder.web.server.parts import ServerParts
from phone_recorder.web.site import Site
from tests.record_bytes import record, speech

LOCAL = "http://127.0.0.1:8088"
FIRST = "Record_20260314150926"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}${7*7}",
    "</td></tr></table><svg onload=alert(1)>",
    "javascript:alert(1)",
    "a\r\nSet-Cookie: x=1",
    "\u202egnp.exe\u0000\x1b[31m",
    "&lt;b&gt;",
    "--><script>alert(1)</script>",
    "名" * 300,
]
"""What callers may call themselves."""


def an_entry(name: str = FIRST, **changed: Any) -> Entry:
    """A recording of one second."""
    usual: dict[str, Any] = {
        "id": "0f" * 16,
        "device": "001fc1203040",
        "local_number": "1001",
        "local_name": "Anna",
        "remote_number": "2002",
        "remote_name": "Bob",
        "codec": "PCMU",
        "started_at": 1773500966.0,
        "duration_s": 1.0,
        "size": 8076,
        "state": "recorded",
        "received": 50,
    }
    return Entry(name=name, **{**usual, **changed})


def a_live(**changed: Any) -> Live:
    """A recording that runs."""
    usual: dict[str, Any] = {
        "id": "aa" * 16,
        "name": "Record_20260314151000",
        "device": "001fc1203040",
        "direction": "in",
        "local_number": "1001",
        "local_name": "Anna",
        "remote_number": "2002",
        "remote_name": "Bob",
        "codec": "PCMU",
        "started_at": 1773501000.0,
        "duration_s": 3.0,
        "received": 150,
        "lost": 1,
        "foreign": 0,
        "level_db": -20.0,
    }
    return Live(**{**usual, **changed})


class FakeRecordings:
    """Recordings in a dictionary, oldest first, with files in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.entries: dict[str, Entry] = {}
        self.asked: list[Query] = []
        self.broken = ""
        self.gone = ""

    def add(self, entry: Entry, data: bytes | None = None) -> Entry:
        """Keep a recording; its file holds one second of PCMU unless it is given."""
        content = record(speech(8000), rtp_len=160, increment=160) if data is None else data
        (self.directory / f"{entry.name}.wav").write_bytes(content)
        self.entries[entry.name] = entry
        return entry

    def search(self, query: Query) -> Page:
        if self.broken:
            raise DriveError(self.broken)
        self.asked.append(query)
        entries = [entry for entry in self.entries.values() if query.text in entry.remote_name]
        first = (query.page - 1) * query.per_page
        pages = max(-(-len(entries) // query.per_page), 1)
        return Page(entries=entries[first:][: query.per_page], total=len(entries), page=query.page, pages=pages)

    def get(self, name: str) -> Entry | None:
        return self.entries.get(name)

    def wav_path(self, name: str) -> Path:
        return self.directory / f"{name}.wav"

    def delete(self, name: str) -> None:
        if name not in self.entries:
            raise UsageError("there is no such recording")
        del self.entries[name]
        self.wav_path(name).unlink()

    def totals(self) -> Mapping[str, Totals]:
        kept = [entry for entry in self.entries.values() if entry.state == "recorded"]
        size, seconds = sum(entry.size for entry in kept), sum(entry.duration_s for entry in kept)
        return {"recorded": Totals(count=len(kept), bytes=size, seconds=seconds)}

    def free(self) -> int:
        if self.gone:
            raise DriveError(self.gone)
        return 80_000_000


class FakeCredentials:
    """One user and one token."""

    def __init__(self) -> None:
        self._users = ["anna"]
        self.password = "correct horse"
        self.tokens = {"script": 0.0}
        self.checked: list[str] = []
        self.broken = ""

    @property
    def users(self) -> list[str]:
        if self.broken:
            raise UsageError(self.broken)
        return self._users

    def check_password(self, user: str, password: str) -> bool:
        self.checked.append(user)
        return user in self.users and password == self.password

    def stamp(self, user: str) -> str:
        return self.password if user in self.users else ""

    def check_token(self, token: str) -> str | None:
        if self.broken:
            raise UsageError(self.broken)
        return "script" if token == "the-token" and "script" in self.tokens else None


class Rig:
    """`client` reaches the site from this machine; `now` is its clock, to be set."""

    def __init__(self, directory: Path, login: bool = False, base_url: str = LOCAL) -> None:
        self.recordings = FakeRecordings(directory)
        self.credentials = FakeCredentials()
        self.live: list[Live] = []
        self.now = 1000.0
        self.figures = Figures()
        self.site = Site(self.credentials if login else None, LOOK, now=lambda: self.now, zone=UTC)
        parts = ServerParts(self.site, self.recordings, lambda: self.live, lambda: self.figures)
        self.app = make_server_app(parts)
        self.client = TestClient(self.app, base_url=base_url, follow_redirects=False)

    def log_in(self) -> str:
        """Log in as the user; returns the session's CSRF token."""
        answer = self.client.post("/login", data={"user": "anna", "password": "correct horse"})
        assert answer.status_code == 303
        page: str = self.client.get("/").text
        return page.partition('name="csrf" value="')[2].partition('"')[0]
