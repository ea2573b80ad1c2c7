"""The storage directory, held open and locked: small files in it, each whole or not there, whenever we are killed."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path

from phone_recorder.adapters.drive_errors import drive_errors
from phone_recorder.errors import UsageError

OWN = ".phone-recorder"
"""Directory in it for the server's own files."""

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


class Folder:
    """The directory at `path`, which must be there; UsageError if another server has it.

    Files are named by their names in it, and no link is followed. Every method raises the DriveError that an OSError
    means.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._errors = partial(drive_errors, path)
        with self._errors():
            self._fd = os.open(path, _DIRECTORY)
            try:
                self._lock = _lock(self._fd, path)
            except BaseException:
                os.close(self._fd)
                raise

    def close(self) -> None:
        """Let another server have it."""
        os.close(self._lock)
        os.close(self._fd)
        # Whoever still works here must not meet the file that gets this number next.
        self._fd = -1

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def own(self) -> Path:
        """The directory of the server's own files."""
        return self.path / OWN

    def status(self, file: str) -> os.stat_result | None:
        """What has that name, a link itself; None if nothing has."""
        with self._errors():
            try:
                return os.stat(file, dir_fd=self._fd, follow_symlinks=False)
            except FileNotFoundError:
                return None

    def claim(self, file: str, data: bytes) -> bool:
        """A new file with this content; False if the name is taken, or just being taken."""
        with self._errors():
            try:
                fd = os.open(hidden(file), _NEW, 0o644, dir_fd=self._fd)
            except FileExistsError:
                return False
            # While we hold the hidden name, none of us can give the other one.
            with self._dropping(hidden(file)):
                taken = self.status(file) is not None
                _write(fd, b"" if taken else data)
                if taken:
                    os.unlink(hidden(file), dir_fd=self._fd)
                else:
                    os.rename(hidden(file), file, src_dir_fd=self._fd, dst_dir_fd=self._fd)
            return not taken

    def replace(self, file: str, data: bytes) -> None:
        """Write a file anew, or leave it as it was."""
        with self._errors():
            with suppress(FileNotFoundError):
                os.unlink(hidden(file), dir_fd=self._fd)
            fd = os.open(hidden(file), _NEW, 0o644, dir_fd=self._fd)
            with self._dropping(hidden(file)):
                _write(fd, data)
                os.rename(hidden(file), file, src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def read(self, file: str, limit: int) -> bytes:
        """The first `limit` bytes of a regular file."""
        with self._errors():
            fd = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self._fd)
            try:
                return os.read(fd, limit)
            finally:
                os.close(fd)

    def remove(self, file: str) -> bool:
        """Whether it was there to be removed."""
        with self._errors():
            try:
                os.unlink(file, dir_fd=self._fd)
            except FileNotFoundError:
                return False
            return True

    def set_aside(self, file: str) -> str:
        """Give a file, or whatever has that name, another name, so that nothing of it is lost; the new name."""
        names = (f"{file}.unreadable{number or ''}" for number in count())
        name = next(name for name in names if self.status(name) is None)
        with self._errors():
            os.rename(file, name, src_dir_fd=self._fd, dst_dir_fd=self._fd)
        return name

    def files(self) -> dict[str, os.stat_result]:
        """Everything in it, by name; links themselves."""
        found = {}
        with self._errors(), os.scandir(self._fd) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    found[entry.name] = entry.stat(follow_symlinks=False)
        return found

    @contextmanager
    def _dropping(self, file: str) -> Iterator[None]:
        """A file that could not be made whole is none."""
        try:
            yield
        except OSError:
            with suppress(OSError):
                os.unlink(file, dir_fd=self._fd)
            raise


def hidden(file: str) -> str:
    """What a file is called until it is whole."""
    return f".{file}"


def regular(status: os.stat_result | None) -> bool:
    """Whether it is there and a file, no link, pipe or directory."""
    return status is not None and stat.S_ISREG(status.st_mode)


def _write(fd: int, data: bytes) -> None:
    """Write all of it, and close."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
    finally:
        os.close(fd)


def _lock(folder: int, path: Path) -> int:
    """The open lock file of the server's own directory, which is made if need be."""
    with suppress(FileExistsError):
        os.mkdir(OWN, 0o700, dir_fd=folder)
    own = os.open(OWN, _DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
    try:
        lock = os.open("lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600, dir_fd=own)
    finally:
        os.close(own)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        if error.errno != errno.EWOULDBLOCK:
            raise
        raise UsageError(f"a record server has {path} already: stop it, or choose another directory") from error
    return lock
