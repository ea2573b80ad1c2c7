"""The record files in a directory, as they are at a moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from phone_recorder.adapters.drive_recordings import is_locked
from phone_recorder.adapters.files import open_for_reading
from phone_recorder.adapters.record_reader import RecordReader
from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import FileSeen
from phone_recorder.recording.drive_names import record_order


def record_files(directory: Path) -> list[Path]:
    """What is called as record files are, oldest first; none where there is no such directory."""
    if not directory.is_dir():
        return []
    orders = ((record_order(path.name), path) for path in directory.iterdir())
    return [path for _, path in sorted((order, path) for order, path in orders if order)]


def files_in(directory: Path) -> tuple[FileSeen, ...]:
    """All of them."""
    return tuple(map(_look, record_files(directory)))


def _look(path: Path) -> FileSeen:
    try:
        with open_for_reading(path, follow=False) as file:
            examined, running = RecordReader(file, path).examination, is_locked(file.fileno())
    except UsageError as error:
        return FileSeen(path.name, 0, None, str(error))
    header = replace(examined.header, data_size=examined.data_size or 0) if examined.header else None
    # While it is being written its header is behind, which is nothing wrong.
    problem = "" if header and running else "; ".join(examined.problems)
    return FileSeen(path.name, examined.file_size, header, problem, running)
