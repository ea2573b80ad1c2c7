from __future__ import annotations

import errno
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from phone_recorder.adapters.medium import Refused
from phone_recorder.errors import AudioFileError
from phone_recorder.harness.playing.disk import DiskFailed
from phone_recorder.harness.runner.machine import NO_MEMORY, NO_ROOM, lack, lack_at_end, lack_of_room
from phone_recorder.harness.runner.worker import Ending


def caused_by(error: Exception) -> Exception:
    """Ours, as adapters raise it."""
    try:
        raise AudioFileError("it cannot be read") from error
    except AudioFileError as ours:
        return ours


def of_database(name: str) -> sqlite3.Error:
    """What sqlite says of a file that is not there."""
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(name, uri=True)
    return caught.value


def told_by_sqlite(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("it fails")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, ""), NO_ROOM),
        (OSError(errno.ENOMEM, ""), NO_MEMORY),
        (MemoryError(), NO_MEMORY),
        (DiskFailed("the disk of x has failed"), "the disk of x has failed"),
        (OSError(errno.EMFILE, ""), "a process may not have more files open: raise `ulimit -n`"),
        (caused_by(OSError(errno.ENOSPC, "")), NO_ROOM),
        (
            caused_by(of_database("file:none?mode=ro")),
            "a database on the disk cannot be opened: raise `ulimit -n`, make",
        ),
        (
            caused_by(told_by_sqlite(sqlite3.SQLITE_IOERR_WRITE)),
            "the disk fails below a database: look after it, or let",
        ),
        (caused_by(told_by_sqlite(sqlite3.SQLITE_FULL)), NO_ROOM),
        (caused_by(told_by_sqlite(sqlite3.SQLITE_CORRUPT)), ""),
        (sqlite3.ProgrammingError("it is closed"), ""),
        (caused_by(OSError(errno.ENOENT, "")), ""),
        (OSError(errno.EIO, ""), ""),
        (OSError("of nothing"), ""),
        (ZeroDivisionError(), ""),
        (None, ""),
    ],
)
def test_what_the_machine_lacks_is_told_with_what_to_do(error: Exception | None, told: str) -> None:
    assert lack(error).startswith(told) and bool(told) == bool(lack(error))


def test_an_emulated_stick_that_is_full_is_no_full_machine() -> None:
    assert lack(Refused(errno.ENOSPC)) == lack(caused_by(Refused(errno.ENOSPC))) == ""


@pytest.mark.parametrize(
    ("figures", "full"),
    [
        ({"f_bavail": 1000, "f_files": 10, "f_favail": 10}, False),
        ({"f_bavail": 15, "f_files": 10, "f_favail": 10}, True),
        ({"f_bavail": 1000, "f_files": 10, "f_favail": 0}, True),
        ({"f_bavail": 1000, "f_files": 0, "f_favail": 0}, False),
    ],
)
def test_a_disk_is_full_without_bytes_or_without_files(
    figures: dict[str, int], full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("bsize", "frsize", "blocks", "bfree", "bavail", "files", "ffree", "favail", "flag", "namemax")
    disk = os.statvfs_result([{"f_bsize": 4096, "f_frsize": 4096, **figures}.get(f"f_{name}", 0) for name in names])
    monkeypatch.setattr(os, "statvfs", lambda _: disk)
    assert lack_of_room(Path()) == (NO_ROOM if full else "")


def test_of_a_disk_that_is_not_there_nothing_is_told(tmp_path: Path) -> None:
    assert lack_of_room(tmp_path / "none") == ""


@pytest.mark.parametrize(
    ("ending", "says"),
    [
        (Ending(signal=signal.SIGKILL), lambda told: told.startswith("signal 9 has ended its process, as the system")),
        (Ending(signal=signal.SIGTERM), lambda told: told.endswith(", which somebody has sent to it")),
        (Ending(signal=signal.SIGSEGV), lambda told: told == ""),
        (Ending(exit_code=9), lambda told: told == ""),
        (Ending(overdue=True), lambda told: told == ""),
    ],
)
def test_a_process_that_others_end_is_not_to_blame(ending: Ending, says: Callable[[str], bool]) -> None:
    assert says(lack_at_end(ending))
