"""Files that the user names: opened with errors that say what to do."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

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

    UsageError if it cannot be written, or if the name is taken and `force` is not set.
    """
    _may_take(path, force)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with _made(partial) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {reason(error)}") from error
    finally:
        # Gone already if all went well; and where it could not be made, it cannot be removed either.
        with suppress(OSError):
            partial.unlink()


def _made(path: Path) -> BinaryIO:
    """A new file, in place of what was left there before: a link that is there is removed, and not followed."""
    with suppress(FileNotFoundError):
        path.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o666), "wb")


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
