from __future__ import annotations

import os
from pathlib import Path

import pytest

from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.runner.machine import NO_ROOM
from phone_recorder.harness.runner.one_case import Engine, Trial, real_engine, try_case
from phone_recorder.harness.runner.result import Outcome
from phone_recorder.harness.scenario.case import Case
from tests.harness.fake_engine import ENGINE, FAILURE, PACKET, case, judge, play


def trial(place: Path, title: str = "passes", **more: bool) -> Trial:
    return Trial(case("a", title), 7, place / "a", **more)


def test_a_case_that_is_as_expected_passes_and_leaves_nothing(tmp_path: Path) -> None:
    result = try_case(trial(tmp_path), ENGINE)
    assert (result.outcome, result.seed, result.failures, result.why, result.evidence) == ("passed", 7, (), "", None)
    assert result.took_s > 0
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_is_not_fails_with_its_failures(tmp_path: Path) -> None:
    result = try_case(trial(tmp_path, "fails"), ENGINE)
    assert (result.outcome, result.failures, result.evidence) == ("failed", (FAILURE,), None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("title", "outcome", "why"),
    [
        ("asks for nonsense", "bad", "there is no such voice"),
        ("breaks", "trouble", "ZeroDivisionError: by zero"),
        ("breaks as we know it", "trouble", "the drive is gone"),
        ("lacks a package", "bad", "scenarios need numpy: install phone-recorder[test]"),
    ],
)
def test_an_error_is_the_results(
    tmp_path: Path, title: str, outcome: Outcome, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    result = try_case(trial(tmp_path, title), ENGINE)
    assert (result.outcome, result.why) == (outcome, why)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_full_disk_is_the_machines(tmp_path: Path) -> None:
    result = try_case(trial(tmp_path, "finds the disk full"), ENGINE)
    assert (result.outcome, result.why, result.ours) == ("trouble", NO_ROOM, False)
    assert try_case(trial(tmp_path, "breaks"), ENGINE).ours


@pytest.mark.parametrize(("title", "outcome"), [("fails", "trouble"), ("breaks", "trouble"), ("passes", "passed")])
def test_on_a_full_disk_no_failure_is_believed(
    tmp_path: Path, title: str, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = os.statvfs_result([4096, 4096, 100, 0, 0, 100, 100, 100, 0, 255])
    monkeypatch.setattr(os, "statvfs", lambda _: full)
    result = try_case(trial(tmp_path, title), ENGINE)
    assert (result.outcome, result.why) == (outcome, NO_ROOM if outcome == "trouble" else "")
    assert not result.ours and list(tmp_path.iterdir()) == []


def test_an_error_of_ours_is_traced_where_that_is_wanted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    try_case(trial(tmp_path, "breaks", debug=True), ENGINE)
    assert "Traceback" in capfd.readouterr().err


def test_a_failure_that_is_wanted_is_played_again_with_all_its_packets(tmp_path: Path) -> None:
    played = []

    def told(case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
        assert list(place.iterdir()) == []
        played.append((seed, keep))
        return play(case, seed, place, keep)

    result = try_case(trial(tmp_path, "fails", wanted=True), Engine(told, judge))
    assert played == [(7, False), (7, True)]
    assert result.evidence and result.evidence.carried == (PACKET,)
    assert (tmp_path / "a" / "seed").read_text() == "7"


def test_in_real_time_nothing_is_played_twice_and_packets_are_kept_at_once(tmp_path: Path) -> None:
    played = []

    def told(case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
        played.append(keep)
        return play(case, seed, place, keep)

    result = try_case(trial(tmp_path, "fails", wanted=True), Engine(told, judge, live=True))
    assert played == [True]
    assert result.evidence and result.evidence.carried == (PACKET,)


def test_of_a_case_that_passed_no_evidence_is_wanted(tmp_path: Path) -> None:
    assert try_case(trial(tmp_path, wanted=True), ENGINE).evidence is None
    assert list(tmp_path.iterdir()) == []


def test_everything_is_kept_where_that_is_wanted(tmp_path: Path) -> None:
    result = try_case(trial(tmp_path, wanted=True, everything=True), ENGINE)
    assert result.evidence is None
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"seed", "result.json", "evidence.json"}


@pytest.mark.parametrize(
    ("case_live", "live", "why"),
    [
        (True, False, "it is for real time: add --live"),
        (False, True, "it is for the virtual clock: leave out --live"),
    ],
)
def test_a_case_for_the_other_clock_is_skipped(tmp_path: Path, case_live: bool, live: bool, why: str) -> None:
    result = try_case(Trial(case("a", "breaks", live=case_live), 7, tmp_path), Engine(play, judge, live))
    assert (result.outcome, result.why) == ("skipped", why)


@pytest.mark.parametrize(("case_live", "live"), [(True, True), (False, False), (None, True), (None, False)])
def test_a_case_for_this_clock_is_played(tmp_path: Path, case_live: bool | None, live: bool) -> None:
    result = try_case(Trial(case("a", live=case_live), 7, tmp_path / "a"), Engine(play, judge, live))
    assert result.outcome == "passed"


def test_ctrl_c_is_no_result_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        try_case(trial(tmp_path, "is interrupted"), ENGINE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("live", "name"), [(False, "play"), (True, "play_live")])
def test_there_is_an_engine_for_either_clock(live: bool, name: str) -> None:
    engine = real_engine(live)
    assert (engine.play.__name__, engine.live) == (name, live)  # type: ignore[attr-defined]
    assert callable(engine.judge)
