from __future__ import annotations

from pathlib import Path

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.harness.evidence import FileSeen
from phone_recorder.harness.playing.seen import files_in
from phone_recorder.harness.scenario.case import BEGINS_AT
from phone_recorder.recording.drive_names import part_names
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.record_bytes import record, speech
from tests.signals import write

NAME = "Record_20260302100000.wav"


def test_where_there_is_no_directory_there_are_no_files(tmp_path: Path) -> None:
    assert files_in(tmp_path / "none") == ()


def test_a_whole_file_has_a_true_header(tmp_path: Path) -> None:
    write(tmp_path / NAME, record(speech(320), b"PCMU", 160, 160))
    assert files_in(tmp_path) == (FileSeen(NAME, 76 + 320, RecordHeader(PCMU, 160, 160, 320)),)


def test_files_are_in_the_order_in_which_they_were_made_and_others_are_none(tmp_path: Path) -> None:
    names = ["Record_20260302100000.wav", "Record_20260302100000-2.wav", "Record_20260302100000-10.wav"]
    for name in (*reversed(names), "notes.txt", ".Record_20260302100000.wav"):
        write(tmp_path / name, record(speech(320), b"PCMU", 160, 160))
    assert [file.name for file in files_in(tmp_path)] == names


def test_what_is_wrong_with_a_file_is_told(tmp_path: Path) -> None:
    write(tmp_path / NAME, record(speech(320), b"PCMU", 160, 160)[:-80])
    write(tmp_path / "Record_20260302100001.wav", b"short")
    (tmp_path / "Record_20260302100002.wav").symlink_to(tmp_path / NAME)
    cut, short, link = files_in(tmp_path)
    assert (cut.size, "dataSize is 320" in cut.problem) == (76 + 240, True)
    assert (short.header, "5 bytes" in short.problem) == (None, True)
    assert link.header is None
    assert link.problem != ""


def test_nothing_is_wrong_with_a_file_that_is_being_written_and_it_is_told_so(tmp_path: Path) -> None:
    writer = MountedDrive(tmp_path).create(part_names(BEGINS_AT), bytes(RecordHeader(PCMU, 160, 160)))
    writer.append(speech(320))
    [running] = files_in(tmp_path)
    writer.close()
    [left] = files_in(tmp_path)
    assert (running.running, running.problem, running.size) == (True, "", 76 + 320)
    assert (left.running, left.problem) == (False, "dataSize is 0, but 320 bytes follow the header")
