"""The recordings on a drive, as a phone lists, deletes and exports them: record files by name, and nothing else."""

from __future__ import annotations

import fcntl
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from phone_recorder.adapters.drive_errors import drive_errors
from phone_recorder.adapters.drive_export import write_beside
from phone_recorder.adapters.files import open_for_reading
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_reader import RecordReader
from phone_recorder.errors import UsageError
from phone_recorder.recording.drive_names import record_order
from phone_recorder.wire.printable import printable

MOST_LISTED = 1000
"""A stick holds tens of thousands of short recordings: each that is listed is opened, and told to whoever asks."""


@dataclass(frozen=True, slots=True)
class DriveRecording:
    """A record file; `size` in bytes. `problem` says what is wrong with it; `running`: it is being recorded."""

    name: str
    size: int
    duration_s: float
    codec: str
    problem: str = ""
    running: bool = False


@dataclass(frozen=True, slots=True)
class ListedRecordings:
    """Recordings, newest first. There are so many `older` ones on the drive, which nobody has looked at."""

    recordings: tuple[DriveRecording, ...]
    older: int = 0


def list_recordings(drive: MountedDrive) -> ListedRecordings:
    """The newest MOST_LISTED; DriveError if the drive cannot be looked at. What vanishes meanwhile is left out."""
    names = drive.names()
    paths = [drive.directory / name for name in reversed(names[-MOST_LISTED:])]
    with drive.opened_folder() as folder:
        found = tuple(one for path in paths if (one := _look(folder, path)))
    return ListedRecordings(found, len(names) - len(paths))


def path_of(drive: MountedDrive, name: str) -> Path:
    """Where the recording of that name is; UsageError if no record file is called so, or none is there.

    A stick of a stranger's may have links that lead to files elsewhere, and pipes: they are no recordings.
    """
    mode = _mode(drive, name) if record_order(name) else 0
    if stat.S_ISLNK(mode):
        raise UsageError(f"{name} is a link, and no recording")
    if not stat.S_ISREG(mode):
        raise UsageError(f"there is no recording {printable(name)} on the drive: it was deleted, or never was")
    return drive.directory / name


def delete_recording(drive: MountedDrive, name: str) -> None:
    """Delete it; UsageError if it is being recorded, or is none, DriveError if the drive does not let it go."""
    path = str(path_of(drive, name))
    if path not in drive.recordings():
        raise UsageError(f"{name} is being recorded, or is no record file: it was not deleted")
    drive.delete(path)
    drive.free()


def export_recording(drive: MountedDrive, name: str) -> Path:
    """Write it as a WAV file beside it, over one that was exported before.

    UsageError or RecordFileError if it cannot be read, AudioFileError if a WAV file cannot be so long, DriveError if
    the drive does not take it.
    """
    return write_beside(drive, path_of(drive, name))


def _mode(drive: MountedDrive, name: str) -> int:
    """What is called so in the drive's folder, as st_mode says it; 0 for nothing."""
    with drive.opened_folder() as folder, drive_errors(drive.path, drive.present):
        try:
            return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return 0


def _look(folder: int, path: Path) -> DriveRecording | None:
    try:
        with open_for_reading(path, follow=False, folder=folder) as file:
            running = is_locked(file.fileno())
            examined, size = RecordReader(file, path).examination, os.fstat(file.fileno()).st_size
    except UsageError:
        return None
    wrong = "; ".join(examined.problems)
    header = examined.header
    if header is None:
        return DriveRecording(path.name, size, 0.0, "", wrong)
    # While it is being written, its header is behind, which is nothing wrong.
    return DriveRecording(path.name, size, header.duration_s, header.codec.name, "" if running else wrong, running)


def is_locked(fd: int) -> bool:
    """Whether its recorder has it locked, or that cannot be told. Others that want to lock it are not kept from it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(fd, fcntl.LOCK_UN)
    except OSError:
        return True
    return False
