"""How a new record file gets its name, while others claim names, or sweep up what was left behind."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from phone_recorder.adapters.record_repair import sweep
from phone_recorder.adapters.record_writer import RecordFileWriter, Syncs
from phone_recorder.errors import DriveError
from phone_recorder.recording.drive_names import part_names
from tests.adapters.record_parts import end, header, open_files


def writer(directory: Path) -> RecordFileWriter:
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return RecordFileWriter(directory, folder, part_names(datetime(2024, 1, 31, 12)), header(0), None, Syncs.AT_END)
    finally:
        os.close(folder)


def before_the_lock(monkeypatch: pytest.MonkeyPatch, do: Callable[[int, int], None]) -> None:
    """When a file is to be locked for the first time, this is done instead."""

    def instead(fd: int, operation: int) -> None:
        monkeypatch.undo()
        do(fd, operation)

    monkeypatch.setattr(fcntl, "flock", instead)


SECOND_NAME = "Record_20240131120000-2.wav"


def test_what_is_swept_up_before_it_is_locked_is_begun_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drive that has just come is being repaired while a recording begins."""

    def swept(fd: int, operation: int) -> None:
        sweep(tmp_path)
        fcntl.flock(fd, operation)

    before_the_lock(monkeypatch, swept)
    part = writer(tmp_path)
    assert part.path == str(tmp_path / SECOND_NAME)
    end(part, header(0), 76)
    assert [path.name for path in tmp_path.iterdir()] == [SECOND_NAME]


def test_what_somebody_who_sweeps_has_locked_is_left_to_him(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:

        def locked(fd: int, operation: int) -> None:
            [hidden] = tmp_path.iterdir()
            fcntl.flock(stack.enter_context(hidden.open("rb")), fcntl.LOCK_EX)
            fcntl.flock(fd, operation)

        before_the_lock(monkeypatch, locked)
        part = writer(tmp_path)
        end(part, header(0), 76)
        assert {path.name for path in tmp_path.iterdir()} == {SECOND_NAME, ".Record_20240131120000.wav"}


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL])
def test_a_file_system_without_locks_takes_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(fd: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    before_the_lock(monkeypatch, refuse)
    part = writer(tmp_path)
    assert part.path == str(tmp_path / "Record_20240131120000.wav")
    end(part, header(0), 76)


def test_a_lock_that_fails_is_an_error_of_the_drive_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(fd: int, operation: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    before_the_lock(monkeypatch, fail)
    with pytest.raises(DriveError, match="I/O error"):
        writer(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) not in open_files()


def test_for_a_name_that_is_taken_nothing_is_written_to_the_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Record_20240131120000.wav", SECOND_NAME):
        (tmp_path / name).touch()
    opened: list[str | Path] = []
    really = os.open

    def watched(path: str | Path, *args: int, **more: int) -> int:
        opened.append(path)
        return really(path, *args, **more)

    monkeypatch.setattr(os, "open", watched)
    writer(tmp_path).close()
    assert [path for path in opened if path != tmp_path] == [".Record_20240131120000-3.wav"]


def test_a_name_that_somebody_takes_meanwhile_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / "Record_20240131120000.wav"
    really = os.open

    def raced(path: str | Path, *args: int, **more: int) -> int:
        if path == f".{taken.name}":
            taken.touch()
        return really(path, *args, **more)

    monkeypatch.setattr(os, "open", raced)
    writer(tmp_path).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [SECOND_NAME, taken.name]
