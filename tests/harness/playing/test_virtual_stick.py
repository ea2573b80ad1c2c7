"""What becomes of recordings onto a stick that a scenario plays tricks with."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from phone_recorder.harness.scenario.actions import Press, Stick
from phone_recorder.harness.scenario.case import StickPlan
from tests.harness.playing.cases import RECORD, audio, case, played, states

SECOND = 8000
PRESSES = ((0.5, Press("record")), (1.011, Press("pause")), (2.017, Press("resume")), (4, Press("stop")))


def test_a_stick_that_is_pulled_ends_the_recording_and_what_was_safe_is_claimed(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, (3, Stick("pull")), looks=(2.999, 3)))
    before, after = evidence.moments.values()
    assert (before.key, after.key) == ("recording", "idle")
    assert after.screen.prompt == "Recording failed: the drive was removed, what came before is kept"
    [recorded] = evidence.recordings
    assert (recorded.account["state"], recorded.account["duration_s"]) == ("cut short", 2.4)
    assert [file.name for file in evidence.end.files] == ["Record_20260302100000.wav"]


def test_a_stick_that_is_swapped_has_none_of_the_files_of_the_one_before(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, (2, Stick("swap")), (3, Press("record"))))
    assert states(evidence) == ["cut short", "recorded"]
    assert [file.name for file in evidence.end.files] == ["Record_20260302100003.wav"]
    assert [len(path.read_bytes()) > 76 for recorded in evidence.recordings for path in recorded.files] == [True, True]


def test_a_drive_that_fills_keeps_its_reserve_and_a_whole_file(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, (1, Stick("fill", 1 << 20))))
    [file] = evidence.end.files
    assert (states(evidence), file.problem) == (["cut short"], "")
    assert "the drive is full" in evidence.recordings[0].account["reason"]


def test_a_stick_that_is_touched_is_written_to_in_the_background_with_the_same_bytes(tmp_path: Path) -> None:
    touched = case(*PRESSES, (5, Stick("pull")), looks=(2,))
    plain = case(*PRESSES, looks=(2,))
    one, other = played(tmp_path / "touched", touched), played(tmp_path / "plain", plain)
    assert audio(one) == audio(other)
    assert one.screens == other.screens
    assert replace(one.moments[2 * SECOND], accounts=()) == replace(other.moments[2 * SECOND], accounts=())


def test_a_bad_sector_once_is_survived_and_told(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, (1, Stick("bad once")), looks=(3,)))
    assert states(evidence) == ["recorded"]
    [fault] = evidence.recordings[0].account["faults"]
    assert "it was written again" in fault["error"]
    assert len(audio(evidence)) == 5 * SECOND


def test_a_stick_that_is_always_bad_ends_the_recording(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, (1, Stick("bad"))))
    assert states(evidence) == ["cut short"]


def test_a_stick_that_stalls_for_2_s_is_behind_and_loses_nothing(tmp_path: Path) -> None:
    slow = case(RECORD, (1, Stick("slow", 2000)), (2.5, Stick("slow", 0)), looks=(2.4,))
    evidence = played(tmp_path, slow)
    assert "the drive is slow" in evidence.moments[19200].screen.prompt
    assert len(audio(evidence)) == 5 * SECOND
    assert audio(evidence) == audio(played(tmp_path / "fast", case(RECORD)))


def test_files_that_are_on_the_stick_are_there_and_those_before_that(tmp_path: Path) -> None:
    stick = StickPlan(size=16 << 20, left=2 << 20, files=(("Record_20260101000000.wav", 30.0),))
    evidence = played(tmp_path, case(RECORD, stick=stick))
    old, new = evidence.end.files
    assert (old.size, old.problem) == (76 + 30 * SECOND, "")
    assert new.size == 76 + 5 * SECOND


def test_nothing_is_left_open(tmp_path: Path) -> None:
    before = threading.active_count()
    played(tmp_path, case(RECORD, (1, Stick("slow", 60_000)), length=2))
    assert threading.active_count() == before
