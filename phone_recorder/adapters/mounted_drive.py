"""A drive to record to: a mounted USB file system, or a directory that stands for one."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from phone_recorder.adapters.drive_errors import REMOVED, always, drive_errors
from phone_recorder.adapters.record_repair import Repair, Result, repair, sweep
from phone_recorder.adapters.record_writer import RecordFileWriter, Room
from phone_recorder.errors import DriveError, DriveGone, DriveReadOnly
from phone_recorder.recording.drive_names import parse_folder, record_order
from phone_recorder.wire.payload import BYTES_PER_MS, PTIMES_MS
from phone_recorder.wire.record_file import HEAD_SIZE, Examination, examine

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class MountedDrive:
    """The drive mounted at `path`; recordings go to its `folder`, which is made when it is needed.

    The directory that is there at the beginning is the drive: another one in its place, such as the bare mount
    directory after the stick was pulled out, is not, and nothing is written to it (EDGE-CASES S4). `present` tells
    whether the stick is plugged in, and must never wait for it. `device` is the st_dev that must be there, if it is
    known: the stick may have been unmounted just now. `capacity` in bytes states a size; None takes what the file
    system has free.
    """

    def __init__(
        self,
        path: Path,
        capacity: int | None = None,
        durable: bool = True,
        folder: str = "",
        present: Callable[[], bool] = always,
        device: int | None = None,
    ) -> None:
        self.path = path
        self.present = present
        self._folder = parse_folder(folder)
        self._capacity = capacity
        self._durable = durable
        self._room: Room | None = None if capacity is None else Room(capacity)
        self._device = device
        self._identity: tuple[int, int] | None = None
        self._errors = partial(drive_errors, path, present)
        self.check()
        # Only asked once: it tells every error as a no.
        if not os.access(path, os.W_OK):
            raise DriveReadOnly(f"the drive at {path} is write-protected")

    @property
    def directory(self) -> Path:
        """Where the record files are."""
        return self.path.joinpath(*self._folder)

    def check(self) -> None:
        """DriveGone or DriveReadOnly if nothing can be written now."""
        if not self.present():
            raise DriveGone(REMOVED)
        with self._root() as root, self._errors():
            if os.fstatvfs(root).f_flag & os.ST_RDONLY:
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def free(self) -> int:
        """Bytes left: of the stated capacity less all files on it, or of the file system."""
        if self._capacity is None or self._room is None:
            with self._root() as root, self._errors():
                status = os.fstatvfs(root)
                return status.f_bavail * status.f_frsize
        if not self._room.writers:
            # While we write, what we write is counted as it is written; a tree is not walked each second.
            with self._errors():
                self._room.left = self._capacity - sum(map(_size, self.path.rglob("*")))
        return self._room.left

    def create(self, names: Iterator[str], header: bytes) -> RecordFileWriter:
        """A new record file; DriveError if it cannot be made."""
        with self._opened_folder() as folder:
            return RecordFileWriter(self.directory, folder, names, header, self._room, self._durable, self.present)

    def recordings(self) -> list[str]:
        """Paths of the record files in the folder that nobody writes just now, oldest first; never other files."""
        with self._opened_folder() as folder:
            return [str(self.directory / name) for name in self._names(folder) if _is_at_rest(folder, name)]

    def repair(self, go_on: Callable[[], bool] = always) -> Iterator[Repair]:
        """Mend the record files that were cut short, while `go_on`; what became of each that was not good.

        Links are not followed, other files are left alone, and a folder that is not there is not made.
        """
        with suppress(DriveError), self._opened_folder(make=False) as folder:
            sweep(Path(f"/proc/self/fd/{folder}"))
            for name in self._names(folder):
                if not go_on():
                    return
                if _is_at_rest(folder, name):
                    done = repair(Path(f"/proc/self/fd/{folder}", name))
                    if done.result is not Result.GOOD:
                        yield replace(done, path=self.directory / name)

    def _names(self, folder: int) -> list[str]:
        """What is called as record files are, oldest first."""
        with self._errors():
            orders = {entry.name: record_order(entry.name) for entry in os.scandir(folder)}
        return [name for _, name in sorted((order, name) for name, order in orders.items() if order)]

    def delete(self, path: str) -> None:
        """Delete one of `recordings`."""
        with self._opened_folder() as folder, self._errors():
            os.unlink(Path(path).name, dir_fd=folder)

    @contextmanager
    def _root(self) -> Iterator[int]:
        """The drive's root directory, opened; DriveGone if another one is in its place."""
        with self._errors():
            root = os.open(self.path, _DIRECTORY)
        try:
            found = os.fstat(root)
            identity = (found.st_dev, found.st_ino)
            if self._identity not in (None, identity) or self._device not in (None, found.st_dev):
                raise DriveGone(f"the drive at {self.path} is not the one that was there before")
            self._identity = identity
            yield root
        finally:
            os.close(root)

    @contextmanager
    def _opened_folder(self, make: bool = True) -> Iterator[int]:
        """The folder, opened step by step from the root, so that nothing leads elsewhere; made if it is not there."""
        with self._root() as root:
            opened = [os.dup(root)]
            try:
                for name in self._folder:
                    # Syncing: a folder that could not be made safe is asked for again.
                    with self._errors(syncing=True), _named(name):
                        opened.append(_enter(opened[-1], name, make, self._durable))
                yield opened[-1]
            finally:
                for fd in opened:
                    os.close(fd)


@contextmanager
def _named(folder: str) -> Iterator[None]:
    """What is no directory of the drive's own is not the drive's fault."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP):
            raise DriveError(f"the folder {folder} of the drive is not a directory there: name another") from error
        raise


def _enter(parent: int, name: str, make: bool, durable: bool) -> int:
    """A directory in another one, opened; no symbolic link, and on the same file system."""
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=parent)
            if durable:
                os.fsync(parent)
    fd = os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    if os.fstat(fd).st_dev != os.fstat(parent).st_dev:
        os.close(fd)
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    return fd


def _is_at_rest(folder: int, name: str) -> bool:
    """A regular file with a record header, which no recorder has locked."""
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return False
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or not _is_ours(examine(os.read(fd, HEAD_SIZE), status.st_size)):
            return False
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(fd)
    return True


def _is_ours(found: Examination) -> bool:
    """Whether its header is one that a recorder writes, whatever follows."""
    a_packet = found.increment in [ptime * BYTES_PER_MS for ptime in PTIMES_MS]
    return found.header is not None and a_packet and (found.rtp_len == found.increment or found.rtp_blocks)


def _size(path: Path) -> int:
    """Bytes of a file; 0 for what is none, or none any more: it may be deleted while the others are counted."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0
