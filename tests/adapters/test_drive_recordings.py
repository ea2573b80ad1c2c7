"""The recordings on a drive: listed, found, deleted and exported, and nothing else touched."""

from __future__ import annotations

import os
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_recordings import (
    MOST_LISTED,
    DriveRecording,
    delete_recording,
    export_recording,
    list_recordings,
    path_of,
)
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveError, UsageError
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.record_bytes import record, speech

OLD, NEW = "Record_20260101120000.wav", "Record_20260102120000.wav"


@pytest.fixture
def drive(tmp_path: Path) -> MountedDrive:
    for name, size in ((OLD, 8000), (NEW, 16000)):
        (tmp_path / name).write_bytes(record(speech(size), rtp_len=160, increment=160))
    (tmp_path / "holiday.wav").write_bytes(b"RIFF")
    return MountedDrive(tmp_path)


def listed(drive: MountedDrive) -> tuple[DriveRecording, ...]:
    return list_recordings(drive).recordings


def test_they_are_listed_newest_first(drive: MountedDrive) -> None:
    found = [(one.name, one.size, one.duration_s, one.codec, one.problem) for one in listed(drive)]
    assert found == [(NEW, 16076, 2.0, "PCMU", ""), (OLD, 8076, 1.0, "PCMU", "")]


def test_what_is_wrong_with_one_is_said(drive: MountedDrive) -> None:
    with (drive.path / NEW).open("r+b") as file:
        file.truncate(8000)
    (drive.path / OLD).write_bytes(b"no header at all")
    new, old = listed(drive)
    assert new.problem and new.duration_s < 1.0
    assert old.problem and old.codec == ""


@pytest.mark.parametrize(("more", "older"), [(-2, 0), (-1, 1), (3, 5)])
def test_of_very_many_the_newest_are_listed_and_the_older_ones_counted(
    drive: MountedDrive, more: int, older: int
) -> None:
    numbers = range(2, 2 + MOST_LISTED + more)
    for number in numbers:
        (drive.path / f"Record_20260103120000-{number}.wav").write_bytes(record(speech(160)))
    found = list_recordings(drive)
    newest = [f"Record_20260103120000-{number}.wav" for number in reversed(numbers)]
    assert [one.name for one in found.recordings] == [*newest, NEW, OLD][:MOST_LISTED]
    assert found.older == older


def test_one_of_packets_that_no_recorder_here_writes_is_not_said_to_be_running(drive: MountedDrive) -> None:
    (drive.path / NEW).write_bytes(record(speech(7000), rtp_len=70, increment=70))
    assert [(one.name, one.running) for one in listed(drive)] == [(NEW, False), (OLD, False)]


def test_one_that_is_being_recorded_says_so_and_stays(drive: MountedDrive) -> None:
    names = iter(["Record_20260103120000.wav"])
    writer = drive.create(names, bytes(RecordHeader(PCMU, 160, 160)))
    found = listed(drive)[0]
    assert (found.running, found.problem) == (True, "")
    with pytest.raises(UsageError, match="is being recorded"):
        delete_recording(drive, "Record_20260103120000.wav")
    writer.close()
    delete_recording(drive, "Record_20260103120000.wav")
    assert [one.name for one in listed(drive)] == [NEW, OLD]


HOSTILE = ("../secret.wav", "/etc/passwd", "holiday.wav", f"{OLD}/..", "", "a\0b", "Record_.wav")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_other_file_can_be_named(drive: MountedDrive, name: str) -> None:
    (drive.path.parent / "secret.wav").write_bytes(b"secret")
    for use in (path_of, delete_recording, export_recording):
        with pytest.raises(UsageError, match="there is no recording"):
            use(drive, name)
    assert (drive.path / "holiday.wav").exists()


def test_an_export_is_a_wav_file_beside_it_and_no_recording(drive: MountedDrive) -> None:
    target = export_recording(drive, OLD)
    assert export_recording(drive, OLD) == target == drive.path / "Record_20260101120000-audio.wav"
    with wave.open(str(target)) as wav:
        assert (wav.getnframes(), wav.getframerate(), wav.getsampwidth()) == (8000, 8000, 2)
    assert [one.name for one in listed(drive)] == [NEW, OLD]


def test_a_link_is_no_recording(drive: MountedDrive) -> None:
    (drive.path / "Record_20260104120000.wav").symlink_to(drive.path / OLD)
    assert [one.name for one in listed(drive)] == [NEW, OLD]
    for use in (path_of, delete_recording, export_recording):
        with pytest.raises(UsageError, match="is a link"):
            use(drive, "Record_20260104120000.wav")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_pipe_and_a_directory_are_no_recordings(drive: MountedDrive, make: Callable[[Path], None]) -> None:
    make(drive.path / "Record_20260104120000.wav")
    for use in (path_of, delete_recording, export_recording):
        with pytest.raises(UsageError, match="there is no recording"):
            use(drive, "Record_20260104120000.wav")


def test_a_folder_of_the_stick_that_is_a_link_leads_nowhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / OLD).write_bytes(record(speech(8000), rtp_len=160, increment=160))
    (tmp_path / "stick").mkdir()
    drive = MountedDrive(tmp_path / "stick", folder="calls")
    (tmp_path / "stick" / "calls").symlink_to(elsewhere)
    for use in (list_recordings, lambda drive: path_of(drive, OLD), lambda drive: export_recording(drive, OLD)):
        with pytest.raises(DriveError, match="the folder calls of the drive is not a directory there"):
            use(drive)
    assert list(elsewhere.iterdir()) == [elsewhere / OLD]
