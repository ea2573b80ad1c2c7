"""What a machine may lack: neither a scenario nor this program is at fault, and nobody has to be told but its owner."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
from pathlib import Path

from phone_recorder.adapters.medium import Refused
from phone_recorder.harness.playing.disk import DiskFailed
from phone_recorder.harness.runner.worker import Ending

ANOTHER_DISK = "or let TMPDIR, or --keep, name a directory on another one"
NO_ROOM = f"no space is left on the disk: free some, {ANOTHER_DISK}"
NO_MEMORY = "there is not memory enough: end other programs, or use a smaller -j"
KILLED = "as the system does when memory runs out: end other programs, or use a smaller -j"
_REASONS = {
    errno.ENOSPC: NO_ROOM,
    errno.EDQUOT: "this user may have no more on the disk: free some, or let TMPDIR, or --keep, name another directory",
    errno.EFBIG: "a file may not be so large on this machine: raise `ulimit -f`",
    errno.EMFILE: "a process may not have more files open: raise `ulimit -n`",
    errno.ENFILE: "the machine has too many files open: end other programs",
    errno.ENOMEM: NO_MEMORY,
}
_DATABASE = {
    sqlite3.SQLITE_CANTOPEN: f"a database on the disk cannot be opened: raise `ulimit -n`, make room, {ANOTHER_DISK}",
    sqlite3.SQLITE_IOERR: f"the disk fails below a database: look after it, {ANOTHER_DISK}",
    sqlite3.SQLITE_FULL: NO_ROOM,
    sqlite3.SQLITE_NOMEM: NO_MEMORY,
}
"""By sqlite's primary result code."""
_ENDINGS = {
    signal.SIGKILL: KILLED,
    signal.SIGTERM: "which somebody has sent to it",
    signal.SIGXCPU: "for it may not use more CPU time: raise `ulimit -t`",
}
LEAST_ROOM = 64 << 10
"""Bytes. Of a disk with less than these it is not known what would not have gone on it."""


def lack(error: BaseException | None) -> str:
    """What the machine lacks, and what to do, if that is what an error came of; else "".

    What an emulated medium says has nothing to do with it.
    """
    while error is not None:
        if isinstance(error, MemoryError):
            return NO_MEMORY
        if isinstance(error, DiskFailed):
            return str(error)
        if isinstance(error, OSError) and not isinstance(error, Refused) and error.errno in _REASONS:
            return _REASONS[error.errno]
        if isinstance(error, sqlite3.Error) and (why := _DATABASE.get(_code(error))):
            return why
        error = error.__cause__
    return ""


def _code(error: sqlite3.Error) -> int:
    """Of the few that sqlite has; what it says beyond that is in higher bits. 0 where the module itself complains."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def lack_of_room(place: Path) -> str:
    """The same, of the disk with this directory: a recorder takes a full disk for a full stick, and goes on."""
    try:
        disk = os.statvfs(place)
    except OSError:
        return ""
    full = disk.f_bavail * disk.f_frsize < LEAST_ROOM or (disk.f_files and not disk.f_favail)
    return NO_ROOM if full else ""


def lack_at_end(ending: Ending) -> str:
    """The same, of a process that was ended; "" if it has nobody but itself to blame."""
    return f"{ending}, {_ENDINGS[signal.Signals(ending.signal)]}" if ending.signal in _ENDINGS else ""
