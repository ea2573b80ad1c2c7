"""What the archive's tests share: a call, and its recording made as the server makes it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.recording.drive_destination import PartFile
from phone_recorder.recording.drive_names import part_names
from phone_recorder.server.archive import Archive
from phone_recorder.server.entry import Entry
from phone_recorder.server.retention import KEEP_ALL, Retention
from tests.record_bytes import record, speech

NOON = datetime(2024, 1, 31, 12, 0, 0)
NAME = "Record_20240131120000"
CALL = Entry(
    name="",
    id="0123456789abcdef0123456789abcdef",
    device="0c1105aabbcc",
    direction="in",
    local_number="1001",
    local_name="Bob",
    remote_number="1002",
    remote_name="Anna",
    codec="PCMU",
    started_at=1706698800.5,
)
ENDED = msgspec.structs.replace(CALL, state="recorded", reason="key", received=20, lost=1, gaps_s=0.02)
HOSTILE = [
    "",
    "a\0b",
    "a&b=c\r\ncmd=RecordStopRequest",
    "../../etc/passwd",
    "'; DROP TABLE recordings; --",
    'say "\\n" %_*?[x]',
    300 * "\u957f",
    "\U0001f4de \u5f55\u97f3 Stra\u00dfe \uffff",
    "<script>alert(1)</script>",
]


def call(number: int) -> Entry:
    """One call of many, whose fields tell which."""
    return msgspec.structs.replace(CALL, id=f"{number:032x}", remote_number=str(number), remote_name=f"caller {number}")


def ended(entry: Entry) -> Entry:
    """A call whose recording has ended well."""
    return msgspec.structs.replace(entry, state="recorded", reason="key", received=20, lost=1, gaps_s=0.02)


def opened(storage: Path, retention: Retention = KEEP_ALL) -> Archive:
    return Archive(MountedDrive(storage, syncs=Syncs.BY_OTHERS), retention)


def begin(archive: Archive, entry: Entry = CALL, when: datetime = NOON) -> PartFile:
    """A recording's file, as its first packet makes it."""
    return archive.storage(entry).create(part_names(when), record(b"", data_size=0))


def finish(archive: Archive, part: PartFile, entry: Entry = ENDED, audio: bytes = speech(800)) -> str:
    """The recording's end; its name."""
    part.append(audio)
    part.seal(record(audio)[:76], 76 + len(audio))
    part.close()
    name = Path(part.path).stem
    archive.ended(entry, [name])
    return name


def keep(archive: Archive, entry: Entry = CALL, when: datetime = NOON, audio: bytes = speech(800)) -> str:
    """A recording from its begin to its end; its name."""
    return finish(archive, begin(archive, entry, when), ended(entry), audio)


def files(storage: Path) -> list[str]:
    """What is in the storage, the server's own directory aside."""
    return sorted(path.name for path in storage.iterdir() if path.name != ".phone-recorder")
