"""One open record file on a real file system: audio first, then the header that vouches for it."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from itertools import islice
from pathlib import Path

from phone_recorder.adapters.drive_errors import REMOVED, always, limit_reached
from phone_recorder.adapters.medium import REAL, Access, Medium, MediumErrors, Refused
from phone_recorder.adapters.room import Room
from phone_recorder.errors import DriveError, DriveFull, DriveGone, FileLost, FolderFull, SyncFailed
from phone_recorder.wire.printable import printable

MAX_NAMES = 10_000
"""Names that are tried for a new file: a file system may say of each that it is taken."""


SOME_ROOM = 64 << 10
"""Bytes: what no file can be made in for want of room has less than the largest cluster of FAT32."""
NO_MORE_FILES = "the drive is full: no more files fit into this folder"
"""As the root directory of FAT16, which has so many entries and never more."""


class Syncs(Enum):
    """When what is written is forced to the medium."""

    ALWAYS = "at every checkpoint"
    AT_END = "when the file is whole: for a call under the virtual clock"
    BY_OTHERS = "never here: somebody syncs the whole file system"


class RecordFileWriter:
    """A new record file in `directory`, under the first of `names` that is free.

    `folder` is the directory's open descriptor, for this call only: the directory that was looked at is the one that is
    written to. `room` bounds it; None leaves that to the file system. `present` tells whether the stick is plugged in;
    `medium` is asked before each write and each sync, and may take its time or refuse.
    The file is locked while it is open, so that `repair` leaves it alone.
    """

    def __init__(
        self,
        directory: Path,
        folder: int,
        names: Iterator[str],
        header: bytes,
        room: Room | None = None,
        syncs: Syncs = Syncs.ALWAYS,
        present: Callable[[], bool] = always,
        medium: Medium = REAL,
    ) -> None:
        self.size = 0
        self._room = room or Room(sys.maxsize)
        self._syncs = syncs
        self._present = present
        self._medium = medium
        self._errors = MediumErrors(medium, directory, present)
        self._syncing = MediumErrors(medium, directory, present, syncing=True)
        self._unsafe = bytearray()  # what no sync has vouched for
        self._suspect = False  # a sync has failed: the kernel has forgotten what it could not write
        with self._making(folder):
            self._medium.make(folder)
            name, self._fd = _claim(folder, names)
        self.path = str(directory / name)
        self._room.come()
        try:
            with self._errors:
                self._status = os.fstat(self._fd)
            self.append(header)
            self._show(folder, name)
        except DriveError:
            self._drop(folder, name)
            raise

    @contextmanager
    def _making(self, folder: int) -> Iterator[None]:
        """What makes an entry in the folder: where there is room all the same, it is the folder that is full."""
        try:
            with self._errors:
                yield
        except DriveFull as error:
            if min(self._room.left, _free(folder)) > SOME_ROOM:
                raise FolderFull(NO_MORE_FILES) from error
            raise

    def append(self, data: bytes) -> None:
        """Write at the end; DriveFull or FileTooLarge after as many bytes as there was room for."""
        with self._errors:
            self._medium.ask(Access.WRITE)
            # After the asking, which may take its time.
            may_grow = self._medium.largest_file - self.size
            fits = data[: max(min(self._room.left, may_grow), 0)]
            if os.fstat(self._fd).st_size < self.size:
                raise self._lost("cut")
            for written in _writes(self._fd, fits, self.size):
                self.size += len(written)
                if self._syncs is not Syncs.BY_OTHERS:
                    # Else no sync of ours fails, after which it would be written again.
                    self._unsafe += written
                self._room.take(len(written))
        if len(fits) < len(data):
            with self._errors:
                raise Refused(errno.EFBIG if len(fits) == max(may_grow, 0) else errno.ENOSPC)

    def checkpoint(self, header: bytes) -> None:
        """Sync the audio, then write this header over the old one and sync it too; FileLost if it is not there now."""
        if self._syncs is Syncs.ALWAYS:
            self._save_audio()
        self._write_header(header)
        if self._syncs is Syncs.ALWAYS:
            self._force(os.fdatasync, self._fd)
        self._saved()
        if not self._is_in_place():
            raise self._lost("deleted or renamed")

    def seal(self, header: bytes, size: int) -> None:
        """Cut the file to `size` bytes, and make it true."""
        if self._syncs is Syncs.AT_END:
            self._syncs = Syncs.ALWAYS
        if self.size != size:
            with self._errors:
                self._medium.ask(Access.CHANGE)
                os.ftruncate(self._fd, size)
            del self._unsafe[max(len(self._unsafe) - (self.size - size), 0) :]
            self.size = size
        self.checkpoint(header)

    def close(self) -> None:
        """Let go of the file."""
        self._room.go()
        with suppress(OSError):
            # What could fail here has been synced, or has been told.
            os.close(self._fd)
        self._medium.closed()

    def _save_audio(self) -> None:
        """Sync it. After a failure it is written once more before; after two it is given up."""
        if self._suspect:
            with self._errors:
                self._medium.ask(Access.WRITE)
                for _ in _writes(self._fd, bytes(self._unsafe), self.size - len(self._unsafe)):
                    continue
        try:
            self._force(os.fdatasync, self._fd)
        except SyncFailed:
            if self._suspect:
                self._saved()
            else:
                self._suspect = True
            raise

    def _write_header(self, header: bytes) -> None:
        with self._errors:
            self._medium.ask(Access.WRITE)
            os.pwrite(self._fd, header, 0)

    def _is_in_place(self) -> bool:
        """Whether what has the file's name is the file."""
        with self._errors:
            try:
                # Many recordings ask this each second, and a Path takes longer to make than the question.
                named = os.lstat(self.path)
            except FileNotFoundError:
                return False
            return os.path.samestat(named, self._status)

    def _lost(self, what: str) -> DriveError:
        if not self._present():
            return DriveGone(REMOVED)
        return FileLost(f"{printable(self.path)} was {what} by another program while it was recorded")

    def _saved(self) -> None:
        """Nothing is to be written again: it is safe, or given up."""
        self._unsafe.clear()
        self._suspect = False

    def _show(self, folder: int, name: str) -> None:
        """Give the file its name, now that it has a header; the name is on the drive only when its directory is."""
        if self._syncs is Syncs.ALWAYS:
            self._force(os.fsync, self._fd)
        # FAT makes the new entry before it drops the old one.
        with self._making(folder):
            os.rename(_hidden(name), name, src_dir_fd=folder, dst_dir_fd=folder)
        if self._syncs is Syncs.ALWAYS:
            self._force(os.fsync, folder)

    def _force(self, sync: Callable[[int], None], fd: int) -> None:
        """Put what was written there safely on the medium."""
        with self._syncing:
            self._medium.ask(Access.SYNC)
            sync(fd)

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
    for name in islice(names, MAX_NAMES):
        if exists(folder, name):
            # Asked for each name of a second that is full of them: what was made for it would be written, and deleted.
            continue
        with suppress(FileExistsError):
            fd = os.open(_hidden(name), flags, 0o644, dir_fd=folder)
            if _may_have(folder, name, fd):
                return name, fd
    raise DriveError("no name for a new recording is free on the drive")


def _may_have(folder: int, name: str, fd: int) -> bool:
    """Whether the new hidden file may be given the name; if not, it is let go of."""
    try:
        ours = _lock(fd)
        free = ours and not exists(folder, name)
    except OSError:
        _give_back(folder, name, fd)
        raise
    if not ours:
        # Taken for something left behind, and swept up: whoever did that frees the hidden name.
        let_go(fd)
    elif not free:
        _give_back(folder, name, fd)
    return free


_WITHOUT_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK, errno.EINVAL)
"""What a file system says that has no locks; a recording does without."""


def _lock(fd: int) -> bool:
    """At once, so that whoever sweeps up what was left behind sees that this is not; False if that came first."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _WITHOUT_LOCKS:
            raise
    return os.fstat(fd).st_nlink > 0


def _free(folder: int) -> int:
    """Bytes that the file system has left; 0 where it does not say."""
    with suppress(OSError):
        status = os.fstatvfs(folder)
        return status.f_bavail * status.f_frsize
    return 0


def let_go(fd: int) -> None:
    """Close what nothing that matters was written to."""
    with suppress(OSError):
        os.close(fd)


def _give_back(folder: int, name: str, fd: int) -> None:
    let_go(fd)
    with suppress(OSError):
        os.unlink(_hidden(name), dir_fd=folder)


def exists(folder: int, name: str) -> bool:
    """Whether anything has that name, a dangling link too."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _writes(fd: int, data: bytes, offset: int) -> Iterator[memoryview]:
    """Write all of it from an offset on, giving each piece that the system took; LimitReached names its own limit."""
    view = memoryview(data)
    while view:
        try:
            size = os.pwrite(fd, view, offset)
        except OSError as error:
            if met := limit_reached(error, offset):
                raise met from error
            raise
        if not size:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        yield view[:size]
        view, offset = view[size:], offset + size
