from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from tests.record_bytes import record, speech

GOOD = record(speech(160))
CUT = record(speech(100), data_size=0)
MENDED = record(speech(100) + b"\xff" * 60)
UNKNOWN = record(speech(80), b"OPUS")


def repair(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, ["repair", *map(str, args)])


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A stick with a good file, one that was cut short, and things that are none of ours."""
    (tmp_path / "Record_1.wav").write_bytes(GOOD)
    (tmp_path / "Record_2.wav").write_bytes(CUT)
    (tmp_path / "holiday.wav").write_bytes(CUT)
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "Record_3.wav").write_bytes(CUT)
    return tmp_path


def test_a_directory_is_mended(stick: Path) -> None:
    result = repair(stick)
    assert result.exit_code == 0
    assert result.stdout == (
        f"{stick}/Record_1.wav: good\n"
        f"{stick}/Record_2.wav: mended: dataSize is 0, but 100 bytes follow the header; "
        "the last block has 20 of 80 bytes; 60 bytes of silence fill its last packet\n"
    )
    assert (stick / "Record_2.wav").read_bytes() == MENDED
    assert (stick / "holiday.wav").read_bytes() == (stick / "older" / "Record_3.wav").read_bytes() == CUT


def test_a_file_is_mended_whatever_its_name(stick: Path) -> None:
    assert repair(stick / "holiday.wav").exit_code == 0
    assert (stick / "holiday.wav").read_bytes() == MENDED


def test_twice_is_once(stick: Path) -> None:
    repair(stick)
    result = repair(stick)
    assert result.stdout == f"{stick}/Record_1.wav: good\n{stick}/Record_2.wav: good\n"
    assert (stick / "Record_2.wav").read_bytes() == MENDED


def test_a_dry_run_writes_nothing(stick: Path) -> None:
    result = repair("--dry-run", stick)
    assert result.exit_code == 0
    assert "Record_2.wav: can be mended: dataSize is 0" in result.stdout
    assert (stick / "Record_2.wav").read_bytes() == CUT


def test_json(stick: Path) -> None:
    (stick / "Record_3.wav").write_bytes(UNKNOWN)
    result = repair("--json", stick)
    assert result.exit_code == 1
    cut = ["dataSize is 0, but 100 bytes follow the header", "the last block has 20 of 80 bytes"]
    codec = "the codec 'OPUS' is none of PCMU, PCMA, G722"
    keys = ("path", "result", "problems", "padding", "why")
    assert json.loads(result.stdout) == [
        dict(zip(keys, (f"{stick}/Record_{row[0]}.wav", *row[1:]), strict=True), blank=0)
        for row in (
            (1, "good", [], 0, ""),
            (2, "mended", cut, 60, ""),
            (3, "cannot be mended", [codec], 0, codec),
        )
    ]


def test_one_that_cannot_be_mended_is_1_and_the_others_are_mended(stick: Path) -> None:
    (stick / "Record_0.wav").write_bytes(UNKNOWN)
    result = repair(stick)
    assert result.exit_code == 1
    assert "Record_0.wav: cannot be mended: the codec 'OPUS' is none of" in result.stdout
    assert (stick / "Record_0.wav").read_bytes() == UNKNOWN
    assert (stick / "Record_2.wav").read_bytes() == MENDED


def test_one_that_is_being_recorded_is_left_alone(stick: Path) -> None:
    with (stick / "Record_2.wav").open("r+b") as recorder:
        fcntl.flock(recorder, fcntl.LOCK_EX)
        result = repair(stick)
    assert result.exit_code == 1
    assert "Record_2.wav: is being recorded" in result.stdout
    assert (stick / "Record_2.wav").read_bytes() == CUT


def test_a_missing_file_is_2_and_the_others_are_mended(stick: Path) -> None:
    result = repair(stick / "none.wav", stick)
    assert result.exit_code == 2
    assert result.stderr == f"phone-recorder: cannot read {stick}/none.wav: there is no such file\n"
    assert (stick / "Record_2.wav").read_bytes() == MENDED


def test_a_stick_without_record_files_is_no_fault(tmp_path: Path) -> None:
    result = repair("--json", tmp_path)
    assert (result.exit_code, result.stdout) == (0, "[]\n")
    assert result.stderr == f"there is no Record_*.wav in {tmp_path}\n"


def test_links_in_a_directory_are_left_alone_and_one_that_is_named_is_followed(stick: Path) -> None:
    elsewhere = stick.parent / "elsewhere.wav"
    elsewhere.write_bytes(CUT)
    (stick / "Record_3.wav").symlink_to(elsewhere)
    result = repair(stick)
    assert (result.exit_code, "Record_3" in result.stdout) == (0, False)
    assert elsewhere.read_bytes() == CUT
    assert repair(stick / "Record_3.wav").exit_code == 0
    assert elsewhere.read_bytes() == MENDED
    elsewhere.unlink()


def test_an_empty_path_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Record_1.wav").write_bytes(CUT)
    result = repair("")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("phone-recorder: an empty path names no file")
    assert (tmp_path / "Record_1.wav").read_bytes() == CUT
