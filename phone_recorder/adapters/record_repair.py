"""Damaged record files on a disk, mended in place: audio first, header after it, each forced to the medium."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from phone_recorder.adapters.files import open_for_reading, reason
from phone_recorder.adapters.record_reader import RecordReader
from phone_recorder.errors import RecordFileError, UsageError
from phone_recorder.recording.drive_names import record_order
from phone_recorder.wire.payload import CODECS
from phone_recorder.wire.record_file import HEADER_SIZE
from phone_recorder.wire.record_mend import NUMBERS_OFFSET, Mending, mend, never_written

_UNSTORED = 1 << 16
"""Bytes behind the last true header that a drive may not have stored: a second or two, more of one that stalled."""


class Result(StrEnum):
    """What became of a file."""

    GOOD = "good"
    MENDED = "mended"
    MENDABLE = "can be mended"
    RECORDING = "is being recorded"
    FAILED = "cannot be mended"


@dataclass(frozen=True, slots=True)
class Repair:
    """`problems` are those the file had; `padding` counts the bytes of silence added; `why` is of a failure.

    `blank` counts bytes that the drive had never stored, and that are silence now.
    """

    path: Path
    result: Result
    problems: tuple[str, ...] = ()
    padding: int = 0
    why: str = ""
    blank: int = 0

    @property
    def failed(self) -> bool:
        """The file is no better than it was, although it should be."""
        return self.result in (Result.RECORDING, Result.FAILED)


def record_files(path: Path) -> list[Path]:
    """The file itself, or the record files of a directory (not of those below it), oldest name first.

    A link in a directory may lead anywhere: it is none of them.
    """
    try:
        names = [entry.name for entry in os.scandir(path) if entry.is_file(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return [path]
    except OSError as error:
        raise UsageError(f"cannot read {path}: {reason(error)}") from error
    found = [name for name in names if name.startswith("Record_") and name.endswith(".wav")]
    # Names that are none of ours, such as Record_speech.wav, have their places among the others.
    return [path / name for name in sorted(found, key=lambda name: record_order(name) or (name[len("Record_") :], 0))]


def repair(path: Path, dry_run: bool = False, follow: bool = True) -> Repair:
    """Mend the file; UsageError if it cannot be read at all. A good file is not opened for writing.

    Without `follow` a symbolic link is not.
    """
    with open_for_reading(path, follow) as file:
        record = RecordReader(file, path)
        problems = record.examination.problems
        if not problems:
            return Repair(path, Result.GOOD)
        try:
            _plan(record)
        except RecordFileError as error:
            return Repair(path, Result.FAILED, problems, why=str(error))
        return _repair_damaged(record, os.fstat(file.fileno()), dry_run, follow)


def _repair_damaged(record: RecordReader, known: os.stat_result, dry_run: bool, follow: bool) -> Repair:
    """Mend what has been looked at, and nothing that stands in its place now."""
    path, problems = record.path, record.examination.problems
    try:
        with _open_alone(path, os.O_RDONLY if dry_run else os.O_RDWR, follow) as file:
            if not os.path.samestat(os.fstat(file.fileno()), known):
                return Repair(path, Result.FAILED, problems, why="another file has taken its place")
            return _repair_open(RecordReader(file, path), file, dry_run)
    except BlockingIOError:
        return Repair(path, Result.RECORDING, problems, why="its recorder has it locked")
    except (OSError, RecordFileError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        return Repair(path, Result.FAILED, problems, why=why)


def _plan(record: RecordReader) -> Mending | None:
    return mend(record.head, record.examination.file_size, record.last_rtp_block())


def _repair_open(record: RecordReader, file: BinaryIO, dry_run: bool) -> Repair:
    # Looked at again: until it was locked, its recorder may have gone on with it.
    problems = record.examination.problems
    mending = _plan(record)
    if mending is None:
        return Repair(record.path, Result.GOOD)
    blanks = list(_blanks(record, file))
    if not dry_run:
        _write(file, mending, blanks)
    result = Result.MENDABLE if dry_run else Result.MENDED
    return Repair(record.path, result, problems, len(mending.padding), blank=sum(size for _, size in blanks))


def _blanks(record: RecordReader, file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where behind the audio that the header vouches for nothing was ever stored: offset in the file, and size."""
    if record.examination.rtp_blocks:
        return
    offset = file.seek(HEADER_SIZE + record.examination.data_size)
    yield from ((offset + start, size) for start, size in never_written(file.read(_UNSTORED)))


def _write(file: BinaryIO, mending: Mending, blanks: list[tuple[int, int]]) -> None:
    # In this order a header never promises what is not there, wherever this is cut short.
    for offset, size in blanks:
        file.seek(offset)
        file.write(mending.header.codec.silence(size))
    file.flush()
    os.fsync(file.fileno())
    if mending.padding:
        _write_synced(file, file.seek(0, os.SEEK_END), mending.padding)
    _write_synced(file, NUMBERS_OFFSET, mending.numbers)


def _write_synced(file: BinaryIO, offset: int, data: bytes) -> None:
    file.seek(offset)
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def sweep(directory: Path) -> None:
    """Remove what a recorder that was killed has left before its file had a header: hidden files without audio."""
    for entry in os.scandir(directory):
        if record_order(entry.name.removeprefix(".")) and entry.name.startswith("."):
            with suppress(OSError):
                _remove_beginning(Path(entry))


def _remove_beginning(path: Path) -> None:
    """Remove a file that has not even got a whole header of ours, and that nobody writes."""
    if not stat.S_ISREG(path.lstat().st_mode) or path.stat().st_size > HEADER_SIZE:
        return
    with _open_alone(path, os.O_RDONLY, follow=False) as file:
        name = file.read(HEADER_SIZE)[:4].strip(b"\0")
        # Until it was locked, its recorder may have given it its name, and another one have made the next.
        still = os.path.samestat(os.fstat(file.fileno()), path.lstat())
        if still and any(codec.name.encode().startswith(name) for codec in CODECS):
            path.unlink()


@contextmanager
def _open_alone(path: Path, flags: int, follow: bool) -> Iterator[BinaryIO]:
    """The file, locked as its recorder locks it while it writes; BlockingIOError if it does just now."""
    flags |= os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    with os.fdopen(os.open(path, flags), "r+b" if flags & os.O_RDWR else "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield file
