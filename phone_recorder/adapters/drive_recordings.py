"""The recordings on a drive, as a phone lists, deletes and exports them: record files by name, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_convert import export_record
from phone_recorder.adapters.record_reader import open_record
from phone_recorder.errors import UsageError
from phone_recorder.recording.drive_names import record_order
from phone_recorder.wire.printable import printable


@dataclass(frozen=True, slots=True)
class DriveRecording:
    """A record file; `size` in bytes. `problem` says what is wrong with it; `running`: it is being recorded."""

    name: str
    size: int
    duration_s: float
    codec: str
    problem: str = ""
    running: bool = False


def list_recordings(drive: MountedDrive) -> list[DriveRecording]:
    """Newest first; DriveError if the drive cannot be looked at. What vanishes meanwhile is left out."""
    free = set(drive.recordings())
    paths = [drive.directory / name for name in reversed(drive.names())]
    return [found for path in paths if not path.is_symlink() and (found := _look(path, str(path) in free))]


def path_of(drive: MountedDrive, name: str) -> Path:
    """Where the recording of that name is; UsageError if no record file is called so, or none is there.

    A stick of a stranger's may have links that lead to files elsewhere: they are no recordings.
    """
    if record_order(name) is None or name not in drive.names():
        raise UsageError(f"there is no recording {printable(name)} on the drive: it was deleted, or never was")
    path = drive.directory / name
    if path.is_symlink():
        raise UsageError(f"{name} is a link, and no recording")
    return path


def delete_recording(drive: MountedDrive, name: str) -> None:
    """Delete it; UsageError if it is being recorded, or is none, DriveError if the drive does not let it go."""
    path = str(path_of(drive, name))
    if path not in drive.recordings():
        raise UsageError(f"{name} is being recorded, or is no record file: it was not deleted")
    drive.delete(path)
    drive.free()


def export_recording(drive: MountedDrive, name: str) -> Path:
    """Write it as a WAV file beside it, over one that was exported before."""
    source = path_of(drive, name)
    target = source.with_name(f"{source.stem}-audio.wav")
    export_record(source, target, force=True)
    drive.free()
    return target


def _look(path: Path, free: bool) -> DriveRecording | None:
    try:
        with open_record(path) as record:
            examined, size = record.examination, path.stat().st_size
    except (UsageError, OSError):
        return None
    wrong = "; ".join(examined.problems)
    header = examined.header
    if header is None:
        return DriveRecording(path.name, size, 0.0, "", wrong)
    # While it is being written, its header is behind, which is nothing wrong.
    return DriveRecording(path.name, size, header.duration_s, header.codec.name, wrong if free else "", not free)
