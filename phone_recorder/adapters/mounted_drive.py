"""A drive to record to: a mounted USB file system, or a directory that stands for one."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

from phone_recorder.adapters.drive_errors import REMOVED, always
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.medium import REAL, Access, Medium, MediumErrors
from phone_recorder.adapters.record_repair import Repair, Result, repair, sweep
from phone_recorder.adapters.record_writer import RecordFileWriter, Syncs, exists, let_go
from phone_recorder.adapters.room import Room
from phone_recorder.errors import DriveError, DriveGone, DriveReadOnly, UsageError
from phone_recorder.recording.drive_names import parse_folder, record_order
from phone_recorder.wire.payload import BYTES_PER_MS, PTIMES_MS
from phone_recorder.wire.printable import printable
from phone_recorder.wire.record_file import HEAD_SIZE, Examination, examine

_BLOCK = 512
"""Bytes of a block in stat(2), whatever the file system's own are."""
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class MountedDrive:
    """The drive mounted at `path`; recordings go to its `folder`, which is made when it is needed.

    The directory that is there at the beginning is the drive: another one in its place, such as the bare mount
    directory after the stick was pulled out, is not, and nothing is written to it (EDGE-CASES S4). `present` tells
    whether the stick is plugged in, and must never wait for it. The stick may have been unmounted just now: `device` is
    the st_dev that must be there, if it is known; `mounted` demands that a file system of its own is there. `capacity`
    in bytes states a size; None takes what the file system has free. `medium` is asked before each access.
    """

    def __init__(
        self,
        path: Path,
        capacity: int | None = None,
        syncs: Syncs = Syncs.ALWAYS,
        folder: str = "",
        present: Callable[[], bool] = always,
        device: int | None = None,
        mounted: bool = False,
        medium: Medium = REAL,
    ) -> None:
        self.path = path
        self.present = present
        self.last_free: int | None = None
        """Bytes left when that was last looked at; told without asking the drive."""
        self._folder = parse_folder(folder)
        self._syncs = syncs
        self._room: Room | None = None if capacity is None else Room(capacity)
        self._device = device
        self._mounted = mounted
        self.medium = medium
        self._identity: tuple[int, int] | None = None
        self._errors = MediumErrors(medium, path, present)
        self._syncing = MediumErrors(medium, path, present, syncing=True)
        self.check()
        # Only asked once: it tells every error as a no.
        with self.opened_folder("stop") as last:
            if not os.access(".", os.W_OK | os.X_OK, dir_fd=last):
                place = printable(str(self.directory))
                raise DriveReadOnly(f"this user may not write to {place}: name another folder, or run as root")

    @property
    def directory(self) -> Path:
        """Where the record files are."""
        return self.path.joinpath(*self._folder)

    def check(self) -> None:
        """DriveGone or DriveReadOnly if nothing can be written now."""
        if not self.present():
            raise DriveGone(REMOVED)
        with self._root() as root, self._errors:
            self.medium.ask(Access.CHANGE)
            if os.fstatvfs(root).f_flag & os.ST_RDONLY:
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def free(self) -> int:
        """Bytes left: of the stated capacity less all files on it, or of the file system."""
        self.last_free = self._of_file_system() if self._room is None else self._of_capacity(self._room)
        return self.last_free

    def _of_file_system(self) -> int:
        with self._root() as root, self._errors:
            status = os.fstatvfs(root)
            return status.f_bavail * status.f_frsize

    def _of_capacity(self, room: Room) -> int:
        with self._errors:
            self.medium.ask(Access.LOOK)
            return room.look(self.path)

    @property
    def capacity(self) -> int | None:
        """The size that was stated, in bytes."""
        return self._room.capacity if self._room else None

    def leave(self, left: int) -> None:
        """State another capacity, so that so many bytes are left now; files that are open are bound by it too."""
        if self._room is None:
            raise UsageError("only a drive of a stated capacity can be filled: state one")
        self.free()
        self._room.leave(left)
        self.last_free = left

    def create(self, names: Iterator[str], header: bytes) -> RecordFileWriter:
        """A new record file; DriveError if it cannot be made."""
        with self.opened_folder() as folder:
            return RecordFileWriter(
                self.directory, folder, names, header, self._room, self._syncs, self.present, self.medium
            )

    def names(self) -> list[str]:
        """What is called as record files are, in the folder; oldest first."""
        with self.opened_folder() as folder:
            return self._names(folder)

    def recordings(self) -> list[str]:
        """Paths of the record files in the folder that nobody writes just now, oldest first; never other files."""
        with self.opened_folder() as folder:
            return [str(self.directory / name) for name in self._names(folder) if _may_be_covered(folder, name)]

    def room_in(self, paths: Iterable[str]) -> list[int]:
        """Bytes that deleting each of these would free; none where a file has other names, or is gone."""
        with self.opened_folder() as folder, self._errors:
            return [self._frees(folder, Path(path).name) for path in paths]

    def _frees(self, folder: int, name: str) -> int:
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return 0
        if self._room is not None:
            return status.st_size
        return status.st_blocks * _BLOCK if status.st_nlink == 1 else 0

    def repair(self, go_on: Callable[[], bool] = always) -> Iterator[Repair]:
        """Mend the record files that were cut short, while `go_on`; what became of each that was not good.

        Links are not followed, other files are left alone, and a folder that is not there is not made. An error of the
        drive is told as a failed repair, of a file or of the folder, unless the stick was pulled out.
        """
        try:
            with self.opened_folder("fail") as folder:
                yield from self._repairs(folder, go_on)
        except DriveError as error:
            # A folder that is not there needs no repair.
            if self.present() and not isinstance(error.__cause__, FileNotFoundError):
                yield Repair(self.directory, Result.FAILED, why=str(error))

    def _repairs(self, folder: int, go_on: Callable[[], bool]) -> Iterator[Repair]:
        with self._errors:
            sweep(_by_number(folder))
        for name in self._names(folder):
            if not go_on():
                return
            done = _repaired(folder, name)
            if done.failed and not self.present():
                return
            if done.result not in (Result.GOOD, Result.RECORDING):
                yield replace(done, path=self.directory / name)

    def _names(self, folder: int) -> list[str]:
        with self._errors, os.scandir(folder) as entries:
            orders = {entry.name: record_order(entry.name) for entry in entries}
        return [name for _, name in sorted((order, name) for name, order in orders.items() if order)]

    def delete(self, path: str) -> None:
        """Delete one of `recordings`, unless another recorder has done so meanwhile."""
        with self.opened_folder("fail") as folder, self._errors, suppress(FileNotFoundError):
            self.medium.ask(Access.CHANGE)
            os.unlink(Path(path).name, dir_fd=folder)

    @contextmanager
    def _root(self) -> Iterator[int]:
        """The drive's root directory, opened; DriveGone if another one is in its place."""
        with ExitStack() as opened:
            with self._errors:
                self.medium.ask(Access.LOOK)
                root = _held(opened, os.open(self.path, _DIRECTORY))
                found = os.fstat(root)
                bare = self._mounted and not _is_mounted(root)
            identity = (found.st_dev, found.st_ino)
            if bare or self._identity not in (None, identity) or self._device not in (None, found.st_dev):
                raise DriveGone(f"the drive at {printable(str(self.path))} is not the one that was there before")
            self._identity = identity
            yield root

    @contextmanager
    def opened_folder(self, if_missing: Literal["make", "fail", "stop"] = "make") -> Iterator[int]:
        """The folder, opened step by step from the root, so that nothing leads elsewhere.

        Where it is not there it is made, or that is an error, or it is the last folder on the way that is.
        """
        with self._root() as folder, ExitStack() as opened:
            for name in self._folder:
                # Syncing: a folder that could not be made safe is asked for again.
                with self._syncing, _named(name):
                    if if_missing == "make":
                        _make(folder, name, self._syncs)
                    elif if_missing == "stop" and not exists(folder, name):
                        break
                    folder = _held(opened, os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=folder))
                    if _is_mounted(folder):
                        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            yield folder


def _held(opened: ExitStack, fd: int) -> int:
    """A directory that is closed with the others."""
    opened.callback(let_go, fd)
    return fd


@contextmanager
def _named(folder: str) -> Iterator[None]:
    """What is no directory of the drive's own is not the drive's fault."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP):
            raise DriveError(f"the folder {folder} of the drive is not a directory there: name another") from error
        raise


def _make(parent: int, name: str, syncs: Syncs) -> None:
    """A directory in another one, unless it is there."""
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=parent)
    if syncs is Syncs.ALWAYS:
        # That it is there does not say that it is safe: the sync after its making may have failed.
        os.fsync(parent)


def _is_mounted(directory: int) -> bool:
    """Whether another file system than that of the directory above it begins there."""
    return os.fstat(directory).st_dev != os.stat("..", dir_fd=directory).st_dev


def _by_number(fd: int) -> Path:
    """The path of what is open, whatever has become of its own path."""
    return Path(f"/proc/self/fd/{fd}")


def _repaired(folder: int, name: str) -> Repair:
    """What became of a file, by its name alone; what is none of ours is good."""
    path = Path(name)
    try:
        with _opened_if_ours(folder, name) as fd:
            return Repair(path, Result.GOOD) if fd is None else repair(_by_number(fd))
    except OSError as error:
        why = reason(error)
    except UsageError as error:
        why = reason(error.__cause__) if isinstance(error.__cause__, OSError) else str(error)
    return Repair(path, Result.FAILED, why=why)


def _may_be_covered(folder: int, name: str) -> bool:
    """A file of ours that no recorder has locked; what cannot be looked at is not ours to delete."""
    try:
        with _opened_if_ours(folder, name) as fd:
            if fd is not None:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd is not None
    except OSError:
        return False


@contextmanager
def _opened_if_ours(folder: int, name: str) -> Iterator[int | None]:
    """A regular file with a record header, opened, or None; OSError if it cannot be looked at."""
    if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        yield None
        return
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        status = os.fstat(fd)
        ours = stat.S_ISREG(status.st_mode) and _is_ours(examine(os.read(fd, HEAD_SIZE), status.st_size))
        yield fd if ours else None
    finally:
        let_go(fd)


def _is_ours(found: Examination) -> bool:
    """Whether its header is one that a recorder writes, whatever follows."""
    a_packet = found.increment in [ptime * BYTES_PER_MS for ptime in PTIMES_MS]
    return found.header is not None and a_packet and (found.rtp_len == found.increment or found.rtp_blocks)
