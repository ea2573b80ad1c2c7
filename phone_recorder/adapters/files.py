"""Files that the user names: opened with errors that say what to do."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from phone_recorder.adapters.half_file import HalfFile
from phone_recorder.errors import UsageError

_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.EISDIR: "it is a directory, not a file",
    errno.ENOTDIR: "a part of its path is not a directory",
    errno.EACCES: "you have no permission",
    errno.EPERM: "it is not permitted",
    errno.ENOSPC: "there is no space left",
    errno.EROFS: "the file system is read-only",
    errno.EEXIST: "it exists already",
    errno.EIO: "the device reports an I/O error",
    errno.ENAMETOOLONG: "its name is too long",
}


def reason(error: OSError) -> str:
    """Why the operating system refused, in words."""
    return _REASONS.get(error.errno or 0, (error.strerror or str(error)).lower())


@contextmanager
def open_for_reading(path: Path, follow: bool = True, folder: int | None = None) -> Iterator[BinaryIO]:
    """The file, opened binary; UsageError in place of any OSError while it is open, and for pipes and devices.

    Without `follow`, for a symbolic link too. `folder` is the descriptor of the directory that it is in, if that is
    open: it is found there by its name, wherever its path leads by now.
    """
    place = path if folder is None else path.name
    try:
        _demand_a_file(path, os.stat(place, dir_fd=folder, follow_symlinks=follow).st_mode)
        # Another may stand there now: that it is no pipe must not be waited for.
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
        with os.fdopen(os.open(place, flags, dir_fd=folder), "rb") as file:
            _demand_a_file(path, os.fstat(file.fileno()).st_mode)
            yield file
    except OSError as error:
        raise UsageError(f"cannot read {path}: {reason(error)}") from error


def _demand_a_file(path: Path, mode: int) -> None:
    """A directory is refused by opening it."""
    if stat.S_ISLNK(mode):
        raise UsageError(f"cannot read {path}: it is a symbolic link")
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        # Opening a pipe may wait for ever, and a device has no size.
        raise UsageError(f"cannot read {path}: it is not a regular file")


@contextmanager
def replace_when_done(path: Path, force: bool = False) -> Iterator[BinaryIO]:
    """A new file that takes its name only when it is whole, so that a failure leaves what was there before.

    UsageError if it cannot be written, if the name is taken and `force` is not set, or while another program does this.
    """
    _may_take(path, force)
    half = HalfFile(path.with_name(f".{path.name}.partial"))
    busy = f"cannot write {path}: another program is writing it: wait until that is done, or remove {half.path}"
    try:
        with _written(path):
            file = _begun(half, busy)
            # Whoever held it until now may have made the file.
            _may_take(path, force)
            yield file
            file.flush()
            os.fsync(file.fileno())
            if not half.is_ours:
                raise UsageError(busy)
            half.path.replace(path)
    except BaseException:
        half.drop()
        raise
    finally:
        half.close()


def _begun(half: HalfFile, busy: str) -> BinaryIO:
    try:
        return half.begin()
    except BlockingIOError as error:
        raise UsageError(busy) from error


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """UsageError in place of any OSError while it is."""
    try:
        yield
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
            raise UsageError(f"cannot write {path}: there is no directory {path.parent}: make it first") from error
        raise UsageError(f"cannot write {path}: {reason(error)}") from error


def _may_take(path: Path, force: bool) -> None:
    try:
        taken, directory, regular = path.exists(), path.is_dir(), path.is_file()
    except OSError as error:
        raise UsageError(f"cannot write {path}: {reason(error)}") from error
    if directory:
        raise UsageError(f"cannot write {path}: {_REASONS[errno.EISDIR]}")
    if taken and not regular:
        raise UsageError(f"cannot write {path}: it is a device or a pipe, which a file must not replace")
    if taken and not force:
        raise UsageError(f"{path} exists already: choose another name, or add --force to replace it")
