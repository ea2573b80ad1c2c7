"""Damaged record files on a disk, mended in place: audio first, header after it, each forced to the medium."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from phone_recorder.adapters.files import reason
from phone_recorder.adapters.record_reader import RecordReader, open_record
from phone_recorder.errors import RecordFileError, UsageError
from phone_recorder.wire.record_mend import NUMBERS_OFFSET, Mending, mend


class Result(StrEnum):
    """What became of a file."""

    GOOD = "good"
    MENDED = "mended"
    MENDABLE = "can be mended"
    RECORDING = "is being recorded"
    FAILED = "cannot be mended"


@dataclass(frozen=True, slots=True)
class Repair:
    """`problems` are those the file had; `padding` counts the bytes of silence added; `why` is of a failure."""

    path: Path
    result: Result
    problems: tuple[str, ...] = ()
    padding: int = 0
    why: str = ""

    @property
    def failed(self) -> bool:
        """The file is no better than it was, although it should be."""
        return self.result in (Result.RECORDING, Result.FAILED)


def record_files(path: Path) -> list[Path]:
    """The file itself, or the record files of a directory (not of those below it), oldest name first."""
    try:
        if not path.is_dir():
            return [path]
        names = sorted(entry.name for entry in os.scandir(path) if entry.is_file())
    except OSError as error:
        raise UsageError(f"cannot read {path}: {reason(error)}") from error
    return [path / name for name in names if name.startswith("Record_") and name.endswith(".wav")]


def repair(path: Path, dry_run: bool = False) -> Repair:
    """Mend the file; UsageError if it cannot be read at all. A good file is not opened for writing."""
    with open_record(path) as record:
        problems = record.examination.problems
        if not problems:
            return Repair(path, Result.GOOD)
        try:
            _plan(record)
        except RecordFileError as error:
            return Repair(path, Result.FAILED, problems, why=str(error))
    try:
        with _open_alone(path, "rb" if dry_run else "r+b") as file:
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
    if not dry_run:
        _write(file, mending)
    return Repair(record.path, Result.MENDABLE if dry_run else Result.MENDED, problems, len(mending.padding))


def _write(file: BinaryIO, mending: Mending) -> None:
    # In this order a header never promises what is not there, wherever this is cut short.
    if mending.padding:
        _write_synced(file, file.seek(0, os.SEEK_END), mending.padding)
    _write_synced(file, NUMBERS_OFFSET, mending.numbers)


def _write_synced(file: BinaryIO, offset: int, data: bytes) -> None:
    file.seek(offset)
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _open_alone(path: Path, mode: str) -> Iterator[BinaryIO]:
    """The file, locked as its recorder locks it while it writes; BlockingIOError if it does just now."""
    with path.open(mode) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield file  # type: ignore[misc]
