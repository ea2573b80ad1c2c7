"""A web page with recordings as an office has them, on the real archive, and calls that are being recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from itertools import cycle
from pathlib import Path

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_convert import import_audio
from phone_recorder.server.archive import Archive
from phone_recorder.server.credentials import Credentials
from phone_recorder.server.entry import Entry, Live
from phone_recorder.server.folder import OWN
from phone_recorder.server.password_hash import Cost
from phone_recorder.server.sidecar import encode
from phone_recorder.web.serve import WebServer
from phone_recorder.web.server.app import make_server_app
from phone_recorder.web.server.kept import KeptRecordings
from phone_recorder.web.server.look import LOOK
from phone_recorder.web.server.parts import ServerParts
from phone_recorder.web.site import Site
from phone_recorder.wire.payload import BY_NAME

SPEECH = Path(__file__).parents[2] / "fixtures" / "speech"
PASSWORD = "correct horse"
BEGAN = 1773500966.0
"""2026-03-14 15:09:26 UTC."""

PEOPLE = (
    ("1001", "Anna Weber", "+49 30 5550199", "Müller & Söhne GmbH"),
    ("1002", "李雷", "010-5550142", "张伟"),
    ("1003", "Front desk", "1014", "<b>Bobby</b> Tables"),
    ("1001", "Anna Weber", "+1 202 555 0171", ""),
    ("1007", "Support", "+44 20 7946 0018", "Zoë O'Hara"),
    ("1002", "李雷", "021-5550107", "韩梅梅"),
    ("1005", "Warehouse", "1001", "Anna Weber"),
)
VOICES = (("far_en", "PCMU"), ("near_zh", "G722"), ("near_en", "PCMA"), ("far_zh", "PCMU"))


def entries(count: int) -> list[tuple[Entry, str]]:
    """So many recordings, newest first, each with the voice that its file has."""
    made = []
    for number, (local, name, remote, remote_name), (voice, codec) in zip(
        range(count), cycle(PEOPLE), cycle(VOICES), strict=False
    ):
        began = BEGAN - 937 * number
        cut = number % 9 == 4
        entry = Entry(
            name=f"Record_{_stamp(began)}",
            id=f"{number:032x}",
            device=f"001fc12030{0x40 + number % 5:02x}",
            direction="in" if number % 3 else "out",
            local_number=local,
            local_name=name,
            remote_number=remote,
            remote_name=remote_name,
            codec=codec,
            started_at=began,
            state="cut short" if cut else "recorded",
            reason="the control connection was closed" if cut else "",
            received=1000,
            lost=12 if number % 5 == 2 else 0,
            gaps_s=0.24 if number % 5 == 2 else 0.0,
        )
        made.append((entry, voice))
    return made


def _stamp(began: float) -> str:
    from datetime import datetime

    return datetime.fromtimestamp(began, UTC).strftime("%Y%m%d%H%M%S")


def fill(storage: Path, count: int) -> None:
    """Put so many recordings into a directory, as a server leaves them."""
    storage.mkdir()
    for entry, voice in entries(count):
        import_audio(SPEECH / f"{voice}.wav", storage / f"{entry.name}.wav", BY_NAME[entry.codec])
        (storage / f"{entry.name}.json").write_bytes(encode(entry))


@dataclass
class Calls:
    """Recordings that run: each as long as it has been going on."""

    began: dict[str, tuple[float, tuple[str, str, str, str]]] = field(default_factory=dict)

    def begin(self, recording_id: str, who: tuple[str, str, str, str], since_s: float = 0.0) -> None:
        self.began[recording_id] = (asyncio.get_running_loop().time() - since_s, who)

    def __call__(self) -> list[Live]:
        now = asyncio.get_running_loop().time()
        return [
            Live(
                id=recording_id,
                name="",
                device=f"001fc12030{0x40 + number:02x}",
                direction="out" if number % 2 else "in",
                local_number=who[0],
                local_name=who[1],
                remote_number=who[2],
                remote_name=who[3],
                codec="PCMU",
                started_at=BEGAN,
                duration_s=now - began,
                received=int((now - began) * 50),
                lost=3 * number,
                foreign=0,
                level_db=-18.0 - 9 * number,
            )
            for number, (recording_id, (began, who)) in enumerate(self.began.items())
        ]


@dataclass
class WebSite:
    """A site that is being served."""

    url: str
    calls: Calls
    parts: ServerParts
    storage: Path


@asynccontextmanager
async def served(storage: Path, count: int = 6, login: bool = True) -> AsyncIterator[WebSite]:
    """A site on loopback with so many recordings; whoever logs in is `anna`."""
    fill(storage, count)
    with Archive(MountedDrive(storage)) as archive:
        archive.recover()
        archive.flush()
        credentials = Credentials.load(storage / OWN / "credentials.json", cost=Cost(n=16, r=8, p=1))
        credentials.set_password("anna", PASSWORD)
        calls = Calls()
        site = Site(credentials if login else None, LOOK, zone=UTC)
        parts = ServerParts(site, KeptRecordings(archive), calls)
        async with WebServer(make_server_app(parts), "127.0.0.1", 0) as server:
            yield WebSite(server.url, calls, parts, storage)
