"""Where the cases of a run of `phone-recorder test` are played: a directory that is gone afterwards, or is kept."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from phone_recorder.adapters.files import reason
from phone_recorder.errors import UsageError
from phone_recorder.harness.runner.worker import held

_REASONS = {
    errno.ENOENT: "no directory can be made there",
    errno.EEXIST: "it is no directory",
    errno.ENOTDIR: "a part of its path is no directory",
}
"""Why there is no directory, where it is not what one says of a file."""


@contextmanager
def place_of(keep: Path | None) -> Iterator[Path]:
    """A directory that is empty, and this run's alone. UsageError if `keep` is not."""
    if keep is None:
        with fleeting_place() as place:
            yield place
        return
    with _taken(keep):
        yield keep


@contextmanager
def fleeting_place() -> Iterator[Path]:
    """A directory that is gone afterwards, whichever signal comes while it is made or deleted."""
    with held():
        place = TemporaryDirectory(prefix="phone-recorder-")
    try:
        yield Path(place.name)
    finally:
        with held():
            place.cleanup()


@contextmanager
def _taken(keep: Path) -> Iterator[None]:
    """Make the directory, and lock it: the system gives it free again, however a run ends."""
    try:
        directory = _made(keep)
    except OSError as error:
        why = _REASONS.get(error.errno or 0) or reason(error)
        raise UsageError(f"--keep {keep}: {why}: name another directory") from error
    try:
        _demand_all_of_it(keep, directory)
        yield
    finally:
        os.close(directory)


def _made(keep: Path) -> int:
    """It, open; files can be made in it."""
    keep.mkdir(parents=True, exist_ok=True)
    TemporaryFile(dir=keep).close()
    return os.open(keep, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _demand_all_of_it(keep: Path, directory: int) -> None:
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(f"--keep {keep} is another run's: name another directory, or let that end") from error
    except OSError:
        # A file system of a network may have no locks of directories: then it has to be enough that it is empty.
        pass
    if os.listdir(directory):
        raise UsageError(f"--keep {keep} is not empty: name another directory, or empty it")
