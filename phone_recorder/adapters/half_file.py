"""The hidden file in which another grows until it is whole: one program's at a time, nobody's once that has died."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC


class HalfFile:
    """At `path`. Whoever has called `begin`, whatever came of it, makes it whole or calls `drop`, and then `close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None

    def begin(self) -> BinaryIO:
        """Make it anew: ours while it is open. BlockingIOError while it is another program's, or another user's.

        What was left there before gives way: a link that is there is removed, and not followed.
        """
        while True:
            try:
                self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o666), "wb")
            except FileExistsError:
                _clear(self.path)
                continue
            with suppress(BlockingIOError):
                # Else it was taken for something left behind, before it was locked, and is being removed.
                _lock(self._file.fileno())
                if self.is_ours:
                    return self._file
            self.close()

    @property
    def is_ours(self) -> bool:
        """Whether it is still there: where there are no locks another program may have taken it away."""
        return self._file is not None and _is_at(self.path, self._file.fileno())

    def drop(self) -> None:
        """It does not become whole."""
        with suppress(OSError):
            if self._file is None:
                # A signal may have come between the making and the knowing.
                _clear(self.path)
            elif self.is_ours:
                self.path.unlink()

    def close(self) -> None:
        """Let others have the name."""
        file, self._file = self._file, None
        with suppress(OSError):
            # What is not written by now is not wanted.
            if file:
                file.close()


def _clear(path: Path) -> None:
    """Remove what nobody holds."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            path.unlink()
            return
        try:
            # For writing: on NFS nothing else can be locked (flock(2)).
            held = os.open(path, os.O_RDWR | os.O_NONBLOCK | _FLAGS)
        except PermissionError as error:
            raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK)) from error
        try:
            _lock(held)
            if _is_at(path, held):
                path.unlink()
        finally:
            os.close(held)


def _is_at(path: Path, file: int) -> bool:
    """Whether that name is the open file's."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _lock(file: int) -> None:
    """BlockingIOError if another program has locked it. Some file systems have no locks: there it has to do without."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        pass
