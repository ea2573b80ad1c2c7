"""Repair mends the file that it has looked at: no link leads it elsewhere, and nothing is put in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.adapters import record_repair
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_repair import Result, record_files, repair, sweep
from phone_recorder.errors import UsageError
from phone_recorder.wire import record_mend
from tests.record_bytes import record, speech

NAME = "Record_20240131120000.wav"
CUT = record(speech(1600), b"PCMU", 160, 160)[:-100]
WHOLE = record(speech(1600), b"PCMU", 160, 160)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A file that was cut short, outside of the stick."""
    path = tmp_path / "elsewhere.wav"
    path.write_bytes(CUT)
    return path


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    path = tmp_path / "stick"
    path.mkdir()
    return path


def test_a_link_in_a_directory_is_no_record_file(stick: Path, elsewhere: Path) -> None:
    (stick / NAME).symlink_to(elsewhere)
    assert record_files(stick) == []


def test_a_link_is_followed_only_for_who_asks_for_it(stick: Path, elsewhere: Path) -> None:
    (stick / NAME).symlink_to(elsewhere)
    with pytest.raises(UsageError, match="it is a symbolic link"):
        repair(stick / NAME, follow=False)
    assert elsewhere.read_bytes() == CUT
    assert repair(stick / NAME).result is Result.MENDED


def swap_before_mending(monkeypatch: pytest.MonkeyPatch, path: Path, other: Path) -> None:
    """When it is known what is to be done, another file has its name."""

    def mend(head: bytes, file_size: int, last_rtp_block: bytes) -> record_mend.Mending | None:
        monkeypatch.undo()
        path.unlink()
        path.hardlink_to(other)
        return record_mend.mend(head, file_size, last_rtp_block)

    monkeypatch.setattr(record_repair, "mend", mend)


def test_what_takes_the_file_s_place_is_not_mended_for_it(
    stick: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / NAME).write_bytes(CUT)
    swap_before_mending(monkeypatch, stick / NAME, elsewhere)
    done = repair(stick / NAME)
    assert (done.result, done.why) == (Result.FAILED, "another file has taken its place")
    assert elsewhere.read_bytes() == CUT


def test_a_drive_s_repair_mends_what_it_has_opened(
    stick: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / NAME).write_bytes(CUT)
    (stick / "kept.wav").hardlink_to(stick / NAME)
    swap_before_mending(monkeypatch, stick / NAME, elsewhere)
    [done] = MountedDrive(stick).repair()
    assert (done.path, done.result) == (stick / NAME, Result.MENDED)
    assert (elsewhere.read_bytes(), (stick / "kept.wav").read_bytes()[:70]) == (CUT, WHOLE[:70])


def test_a_sweep_follows_no_link(stick: Path, elsewhere: Path) -> None:
    elsewhere.write_bytes(b"")
    (stick / f".{NAME}").symlink_to(elsewhere)
    sweep(stick)
    assert elsewhere.exists()
    assert (stick / f".{NAME}").is_symlink()
