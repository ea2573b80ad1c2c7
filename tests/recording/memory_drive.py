"""A drive in memory, which fails when it is told to, and what is recorded there."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from phone_recorder.errors import DriveError, DriveFull, FileTooLarge
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.drive_names import record_order
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader

NAME = "Record_20240131120000.wav"
BEGINS_AT = datetime(2024, 1, 31, 12, 0, 0)


def frame(number: int) -> bytes:
    return number.to_bytes(4, "big") * 40


def header(data_size: int) -> bytes:
    return struct.pack("<64siiI", b"PCMU", 160, 160, data_size)


def system_time(instant: int) -> datetime:
    return BEGINS_AT + timedelta(seconds=instant / 8000)


class Memory:
    """A drive in memory. `fails` is raised by what it names: check, free, create, append, checkpoint, seal ...

    `fails_once` is raised by the next call alone. `busy` are paths that a recorder has open; `linked` those whose bytes
    have other names too.
    """

    def __init__(self, capacity: int = 1 << 40) -> None:
        self.capacity = capacity
        self.largest = 1 << 40  # bytes that a file may have
        self.files: dict[str, bytearray] = {}
        self.safe: dict[str, bytes] = {}
        self.fails: dict[str, DriveError] = {}
        self.fails_once: dict[str, list[DriveError]] = {}
        self.busy: set[str] = set()
        self.linked: set[str] = set()
        self.checks = 0

    def fail(self, call: str) -> None:
        if self.fails_once.get(call):
            raise self.fails_once[call].pop(0)
        if call in self.fails:
            raise self.fails[call]

    def check(self) -> None:
        self.checks += 1
        self.fail("check")

    def free(self) -> int:
        self.fail("free")
        return self.capacity - sum(map(len, self.files.values()))

    def create(self, names: Iterator[str], header: bytes) -> MemoryPart:
        self.fail("create")
        path = next(name for name in names if name not in self.files)
        self.files[path] = bytearray(header)
        self.busy.add(path)
        return MemoryPart(self, path)

    def recordings(self) -> list[str]:
        self.fail("recordings")
        orders = {path: record_order(path) for path in self.files.keys() - self.busy}
        return [path for _, path in sorted((order, path) for path, order in orders.items() if order)]

    def room_in(self, paths: Iterable[str]) -> list[int]:
        return [0 if path in self.linked else len(self.files[path]) for path in paths]

    def delete(self, path: str) -> None:
        self.fail("delete")
        del self.files[path]


class MemoryPart:
    def __init__(self, drive: Memory, path: str) -> None:
        self.path = path
        self._drive = drive
        self._data = drive.files[path]

    @property
    def size(self) -> int:
        return len(self._data)

    def append(self, data: bytes) -> None:
        self._drive.fail("append")
        room, allowed = self._drive.free(), self._drive.largest - len(self._data)
        self._data += data[: min(room, allowed)]
        if len(data) > allowed:
            raise FileTooLarge("the file is too large")
        if len(data) > room:
            raise DriveFull("there is no space left")

    def checkpoint(self, header: bytes) -> None:
        self._drive.fail("checkpoint")
        self._data[:76] = header
        self._drive.safe[self.path] = bytes(self._data)

    def seal(self, header: bytes, size: int) -> None:
        self._drive.fail("seal")
        del self._data[size:]
        self.checkpoint(header)

    def close(self) -> None:
        self._drive.busy.discard(self.path)


def destination(drive: Memory, size_limit: int = 0, reserve: int = 0) -> DriveDestination:
    """A recording that begins at the instant 0."""
    made = DriveDestination(drive, RecordHeader(PCMU, 160, 160), SpacePolicy(size_limit, reserve), system_time)
    made.open(0)
    return made
