"""One open record file on a real file system: audio first, then the header that vouches for it."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from phone_recorder.adapters.files import reason
from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly

_KINDS: dict[int, type[DriveError]] = {
    errno.ENOSPC: DriveFull,
    errno.EDQUOT: DriveFull,
    errno.EFBIG: DriveFull,
    errno.EROFS: DriveReadOnly,
    errno.EACCES: DriveReadOnly,
    errno.EPERM: DriveReadOnly,
    errno.ENOENT: DriveGone,
    errno.ENODEV: DriveGone,
    errno.ENXIO: DriveGone,
    errno.EIO: DriveGone,
    errno.ESTALE: DriveGone,
    errno.ENOTDIR: DriveGone,
}


@contextmanager
def drive_errors(path: Path) -> Iterator[None]:
    """Every OSError inside becomes the DriveError that it means."""
    try:
        yield
    except OSError as error:
        kind = _KINDS.get(error.errno or 0, DriveError)
        raise kind(f"cannot write to {path}: {reason(error)}") from error


class RecordFileWriter:
    """A new record file in `directory`, under the first of `names` that is free; never more than `room` bytes.

    `durable` syncs at every checkpoint; without it only the end is synced, for a call under the virtual clock. The file
    is locked while it is open, so that `repair` leaves it alone.
    """

    def __init__(self, directory: Path, names: Iterator[str], header: bytes, room: int, durable: bool) -> None:
        self._directory = directory
        self._room = room
        self._durable = durable
        self.size = 0
        with drive_errors(directory):
            self.path, self._fd = _create(directory, names)
        with suppress(OSError):
            # Not every file system has locks; a recording does without.
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            self.append(header)
            self._sync_all()
        except DriveError:
            self._drop()
            raise

    def append(self, data: bytes) -> None:
        """Write at the end; DriveFull after as many bytes as there was room for."""
        fits = data[: max(self._room - self.size, 0)]
        with drive_errors(self._directory):
            for written in _writes(self._fd, fits):
                self.size += written
        if len(fits) < len(data):
            raise DriveFull(f"cannot write to {self._directory}: there is no space left")

    def checkpoint(self, header: bytes) -> None:
        """Sync the audio, then write this header over the old one and sync it too."""
        with drive_errors(self._directory):
            self._sync()
            os.pwrite(self._fd, header, 0)
            self._sync()
            if not os.fstat(self._fd).st_nlink:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    def close(self, header: bytes, size: int) -> None:
        """Cut the file to `size` bytes, make it true and safe, and let go of it."""
        self._durable = True
        try:
            with drive_errors(self._directory):
                os.ftruncate(self._fd, size)
            self.checkpoint(header)
        finally:
            os.close(self._fd)

    def _sync(self) -> None:
        if self._durable:
            os.fdatasync(self._fd)

    def _sync_all(self) -> None:
        """The file's name is on the drive only when its directory is."""
        with drive_errors(self._directory):
            if self._durable:
                os.fsync(self._fd)
                _sync_directory(self._directory)

    def _drop(self) -> None:
        """A file without a whole header is none."""
        os.close(self._fd)
        with suppress(OSError):
            Path(self.path).unlink()


def _create(directory: Path, names: Iterator[str]) -> tuple[str, int]:
    for name in names:
        path = str(directory / name)
        with suppress(FileExistsError):
            return path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _writes(fd: int, data: bytes) -> Iterator[int]:
    """Write all of it, giving the size of each piece that the system took."""
    view = memoryview(data)
    while view:
        size = os.write(fd, view)
        yield size
        view = view[size:]


def _sync_directory(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
