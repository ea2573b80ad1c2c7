"""A recording on a drive as a WAV file beside it: written as recordings are, so that the drive is asked each time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from phone_recorder.adapters.audio_files import RecordAudio
from phone_recorder.adapters.drive_errors import REMOVED, drive_errors
from phone_recorder.adapters.files import open_for_reading
from phone_recorder.adapters.medium import Access
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_convert import Wav, as_wav
from phone_recorder.adapters.record_reader import RecordReader
from phone_recorder.adapters.record_writer import RecordFileWriter, let_go
from phone_recorder.errors import DriveError, DriveFull, DriveGone, UsageError
from phone_recorder.wire import riff
from phone_recorder.wire.printable import printable
from phone_recorder.wire.record_file import HEADER_SIZE, payloads

_READ_SIZE = 65_536
_PIECE_SIZE = 262_144
"""Bytes that are written at a time; whether the drive is still there is asked as often."""
_SYNCED = 16
"""After so many pieces they are forced to the drive: a writer holds in memory what is not."""


def write_beside(drive: MountedDrive, source: Path) -> Path:
    """The audio of this record file in the drive's folder, as PCM of 16 bits; what had the WAV file's name is replaced.

    The file has its name only when it is whole, and safe on the drive; before, it is a hidden one, which an error
    removes. DriveFull, before anything is written, if it does not fit. UsageError if it is being exported already.
    """
    target = source.with_name(f"{source.stem}-audio.wav")
    drive.check()
    try:
        with drive.opened_folder("fail") as folder, open_for_reading(source, follow=False, folder=folder) as file:
            wav = as_wav(_audio_in(file, source))
            _demand_room(drive, wav)
            _write(drive, folder, target.name, wav)
    except UsageError as error:
        # A stick that is pulled out fails in what is read, too.
        _demand_the_drive(drive, error)
        raise
    finally:
        with suppress(DriveError):  # it is only looked at, so that what is left is told
            drive.free()
    return target


def _audio_in(file: BinaryIO, path: Path) -> RecordAudio:
    """Pieces of bounded size: plain payloads are read as they lie, whatever length of a packet the header states."""
    reader = RecordReader(file, path)
    header, rtp_blocks = reader.header, reader.examination.rtp_blocks
    size = header.rtp_len if rtp_blocks else _READ_SIZE
    file.seek(HEADER_SIZE)
    return RecordAudio(header, reader.examination, payloads(iter(lambda: file.read(size), b""), rtp_blocks))


def _demand_room(drive: MountedDrive, wav: Wav) -> None:
    if len(riff.build_head(wav.format, wav.size)) + wav.size > drive.free():
        raise DriveFull("the drive is full: there is no space left")


def _demand_the_drive(drive: MountedDrive, cause: Exception | None = None) -> None:
    if not drive.present():
        raise DriveGone(REMOVED) from cause


def _write(drive: MountedDrive, folder: int, name: str, wav: Wav) -> None:
    hidden = f".{name}.partial"
    for left in (hidden, f".{hidden}"):  # the second is a writer's that had not written its head yet
        _sweep(folder, left, name)
    with _created(drive, folder, hidden, wav) as part:
        head = riff.build_head(wav.format, 0)
        for count, piece in enumerate(_gathered(wav.pieces), 1):
            _demand_the_drive(drive)
            part.append(piece)
            if count % _SYNCED == 0:
                part.checkpoint(head)
        part.seal(riff.build_head(wav.format, part.size - len(head)), part.size)
        _put_in_place(drive, folder, hidden, name)


@contextmanager
def _created(drive: MountedDrive, folder: int, name: str, wav: Wav) -> Iterator[RecordFileWriter]:
    """A new file, open and locked; an error removes it, before another may take its name."""
    part = drive.create(iter([name]), riff.build_head(wav.format, 0))
    try:
        yield part
    except BaseException:
        with suppress(OSError):
            os.unlink(name, dir_fd=folder)
        raise
    finally:
        part.close()


def _put_in_place(drive: MountedDrive, folder: int, hidden: str, name: str) -> None:
    with drive_errors(drive.path, drive.present):
        drive.medium.ask(Access.CHANGE)
        _demand_the_drive(drive)
        os.replace(hidden, name, src_dir_fd=folder, dst_dir_fd=folder)
    with drive_errors(drive.path, drive.present, syncing=True):
        drive.medium.ask(Access.SYNC)
        os.fsync(folder)


def _sweep(folder: int, left: str, name: str) -> None:
    """Remove what an export that was killed has left, or a stranger has put there; a link is not followed."""
    with suppress(OSError):
        _demand_unlocked(folder, left, name)
    with suppress(OSError):  # what cannot be removed is told by the making of the new one
        os.unlink(left, dir_fd=folder)


def _demand_unlocked(folder: int, left: str, name: str) -> None:
    fd = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(f"cannot write {printable(name)}: it is being exported already") from error
    finally:
        let_go(fd)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger pieces: a packet each would be a write each."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= _PIECE_SIZE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
