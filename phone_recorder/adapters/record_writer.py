"""One open record file on a real file system: audio first, then the header that vouches for it."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from phone_recorder.adapters.drive_errors import always, drive_errors
from phone_recorder.errors import DriveError, SyncFailed


@dataclass(slots=True)
class Room:
    """Bytes that are left of a stated capacity, for all files that are written there; `writers` counts these."""

    left: int
    writers: int = 0


class RecordFileWriter:
    """A new record file in `directory`, under the first of `names` that is free.

    `folder` is the directory's open descriptor, for this call only: the directory that was looked at is the one that is
    written to. `room` bounds it; None leaves that to the file system. `present` tells whether the stick is plugged in.
    `durable` syncs at every checkpoint; without it only the end is synced, for a call under the virtual clock. The file
    is locked while it is open, so that `repair` leaves it alone.
    """

    def __init__(
        self,
        directory: Path,
        folder: int,
        names: Iterator[str],
        header: bytes,
        room: Room | None = None,
        durable: bool = True,
        present: Callable[[], bool] = always,
    ) -> None:
        self.size = 0
        self._room = room or Room(sys.maxsize)
        self._durable = durable
        self._errors = partial(drive_errors, directory, present)
        self._unsafe = bytearray()  # what no sync has vouched for
        self._suspect = False  # a sync has failed: the kernel has forgotten what it could not write
        with self._errors():
            name, self._fd = _claim(folder, names)
        self.path = str(directory / name)
        self._room.writers += 1
        try:
            self.append(header)
            self._show(folder, name)
        except DriveError:
            self._drop(folder, name)
            raise

    def append(self, data: bytes) -> None:
        """Write at the end; DriveFull after as many bytes as there was room for."""
        fits = data[: max(self._room.left, 0)]
        with self._errors():
            for written in _writes(self._fd, fits, self.size):
                self.size += len(written)
                self._unsafe += written
                self._room.left -= len(written)
        if len(fits) < len(data):
            with self._errors():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def checkpoint(self, header: bytes) -> None:
        """Sync the audio, then write this header over the old one and sync it too."""
        if self._durable:
            self._save_audio()
        self._write_header(header)
        if self._durable:
            with self._syncing():
                os.fdatasync(self._fd)
        self._saved()

    def seal(self, header: bytes, size: int) -> None:
        """Cut the file to `size` bytes, make it true, and sync it, durable or not."""
        self._durable = True
        if self.size != size:
            with self._errors():
                os.ftruncate(self._fd, size)
            del self._unsafe[len(self._unsafe) - (self.size - size) :]
            self.size = size
        self.checkpoint(header)

    def close(self) -> None:
        """Let go of the file."""
        self._room.writers -= 1
        with suppress(OSError):
            # What could fail here has been synced, or has been told.
            os.close(self._fd)

    def _save_audio(self) -> None:
        """Sync it. After a failure it is written once more before; after two it is given up."""
        if self._suspect:
            with self._errors():
                for _ in _writes(self._fd, bytes(self._unsafe), self.size - len(self._unsafe)):
                    continue
        try:
            with self._syncing():
                os.fdatasync(self._fd)
        except SyncFailed:
            if self._suspect:
                self._saved()
            else:
                self._suspect = True
            raise

    def _write_header(self, header: bytes) -> None:
        with self._errors():
            os.pwrite(self._fd, header, 0)
            if not os.fstat(self._fd).st_nlink:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    def _saved(self) -> None:
        """Nothing is to be written again: it is safe, or given up."""
        self._unsafe.clear()
        self._suspect = False

    def _show(self, folder: int, name: str) -> None:
        """Give the file its name, now that it has a header; the name is on the drive only when its directory is."""
        if self._durable:
            with self._syncing():
                os.fsync(self._fd)
        with self._errors():
            os.rename(_hidden(name), name, src_dir_fd=folder, dst_dir_fd=folder)
        if self._durable:
            with self._syncing():
                os.fsync(folder)

    def _syncing(self) -> AbstractContextManager[None]:
        return self._errors(syncing=True)

    def _drop(self, folder: int, name: str) -> None:
        """A file without a whole header is none."""
        self.close()
        for left in (_hidden(name), name):
            with suppress(OSError):
                os.unlink(left, dir_fd=folder)


def _hidden(name: str) -> str:
    """What the file is called until it has a header: whoever is killed before that leaves no record file."""
    return f".{name}"


def _claim(folder: int, names: Iterator[str]) -> tuple[str, int]:
    """A new hidden file, and the name that whoever holds it may give it: no other recorder can take that meanwhile."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    for name in names:
        with suppress(FileExistsError):
            fd = os.open(_hidden(name), flags, 0o644, dir_fd=folder)
            try:
                # At once: whoever sweeps up what was left behind must see that this is not.
                _lock(fd)
                if not _exists(folder, name):
                    return name, fd
            except OSError:
                _give_back(folder, name, fd)
                raise
            _give_back(folder, name, fd)
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _lock(fd: int) -> None:
    """Not every file system has locks; a recording does without."""
    with suppress(OSError):
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _give_back(folder: int, name: str, fd: int) -> None:
    os.close(fd)
    with suppress(OSError):
        os.unlink(_hidden(name), dir_fd=folder)


def _exists(folder: int, name: str) -> bool:
    """Whether anything has that name, a dangling link too."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _writes(fd: int, data: bytes, offset: int) -> Iterator[memoryview]:
    """Write all of it from an offset on, giving each piece that the system took."""
    view = memoryview(data)
    while view:
        size = os.pwrite(fd, view, offset)
        if not size:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        yield view[:size]
        view, offset = view[size:], offset + size
