"""A drive in memory, which fails when it is told to."""

from __future__ import annotations

from collections.abc import Iterator

from phone_recorder.errors import DriveError, DriveFull


class Memory:
    """A drive in memory. `fails` is raised by what it names: check, free, create, append, checkpoint or close."""

    def __init__(self, capacity: int = 1 << 40) -> None:
        self.capacity = capacity
        self.files: dict[str, bytearray] = {}
        self.safe: dict[str, bytes] = {}
        self.fails: dict[str, DriveError] = {}
        self.checks = 0

    def fail(self, call: str) -> None:
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
        return MemoryPart(self, path)


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
        room = self._drive.free()
        self._data += data[:room]
        if len(data) > room:
            raise DriveFull("there is no space left")

    def checkpoint(self, header: bytes) -> None:
        self._drive.fail("checkpoint")
        self._data[:76] = header
        self._drive.safe[self.path] = bytes(self._data)

    def close(self, header: bytes, size: int) -> None:
        self._drive.fail("close")
        del self._data[size:]
        self.checkpoint(header)
