"""A run of `test`, told and reported; what comes of its cases is made up."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from weakref import ref
from xml.etree.ElementTree import parse

import pytest

from phone_recorder.cli.test_run import run_cases
from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.report.tally import MOST_DETAILED
from phone_recorder.harness.scenario.case import Case
from tests.harness.fake_engine import ENGINE, case

PASSES, FAILS = case("a"), case("b", "fails")
BAD, BREAKS, SKIPPED = case("c", "asks for nonsense"), case("d", "breaks"), case("e", live=True)
FAILED_LINE = "b.scenario.yaml:7: at 2 s, state recording: it is idle"


class Seen(Evidence):
    """Evidence of which one can ask whether somebody still has it."""


def options(**given: Any) -> dict[str, Any]:
    missing = dict.fromkeys(("junit", "html", "keep", "record"))
    flags = dict.fromkeys(("stop", "live", "quiet", "as_json", "debug"), False)
    return {"jobs": 1, "seed": 7, "repeat": 1, "expression": "", "tags": (), **missing, **flags, **given}


@pytest.mark.parametrize(
    ("cases", "code"),
    [
        ([PASSES], 0),
        ([PASSES, SKIPPED], 0),
        ([SKIPPED], 2),
        ([PASSES, FAILS], 1),
        ([BAD, FAILS], 2),
        ([BREAKS, BAD, FAILS, PASSES], 3),
    ],
)
def test_the_worst_outcome_is_the_exit_code(cases: list[Any], code: int) -> None:
    assert run_cases(cases, options(), ENGINE) == code


def test_each_case_has_a_line_a_failure_its_reasons_and_the_end_the_seed(capsys: pytest.CaptureFixture[str]) -> None:
    run_cases([PASSES, FAILS], options(), ENGINE)
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert [line.split("  ")[0].strip() for line in lines[:2]] == ["passed", "failed"]
    assert lines[2].strip() == FAILED_LINE
    assert "1 failed, 1 passed" in lines[3] and "seed 7" in lines[3]
    assert "phone-recorder test --seed 7 -k '=b' b.scenario.yaml" in lines[4]
    assert (len(lines), err) == (5, "")


def test_quiet_tells_only_what_has_not_passed(capsys: pytest.CaptureFixture[str]) -> None:
    run_cases([PASSES, FAILS], options(quiet=True), ENGINE)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("failed") and len(lines) == 4


def test_what_was_repeated_is_played_again_by_a_command_that_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    run_cases([case("b #2", "fails")], options(repeat=3), ENGINE)
    assert " --repeat 3 -k '=\"b #2\"' " in capsys.readouterr().out.splitlines()[-1]


def test_what_was_played_in_real_time_is_played_again_so(capsys: pytest.CaptureFixture[str]) -> None:
    run_cases([FAILS], options(live=True, repeat=3), ENGINE)
    assert " --seed 7 --live --repeat 3 -k " in capsys.readouterr().out.splitlines()[-1]


def test_a_seed_is_drawn_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    seeds = set()
    for _ in range(2):
        run_cases([PASSES], options(seed=None), ENGINE)
        seeds.add(capsys.readouterr().out.split()[-1])
    assert len(seeds) == 2


def test_json_is_one_object_a_line_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    run_cases([PASSES, FAILS], options(as_json=True), ENGINE)
    out, err = capsys.readouterr()
    documents = [json.loads(line) for line in out.splitlines()]
    assert [document["type"] for document in documents] == ["result", "result", "summary"]
    assert [document.get("outcome") for document in documents] == ["passed", "failed", None]
    assert documents[2]["seed"] == 7 and err == ""


def test_reports_are_written(tmp_path: Path) -> None:
    junit, html = tmp_path / "junit.xml", tmp_path / "report.html"
    run_cases([PASSES, FAILS], options(junit=junit, html=html), ENGINE)
    assert parse(junit).getroot().get("failures") == "1"
    assert "it is idle" in html.read_text()


def test_of_very_many_failures_only_the_first_have_all_there_is(tmp_path: Path) -> None:
    """And the evidence of others is not kept in memory."""
    html, made = tmp_path / "report.html", list[ref[Seen]]()
    alive = []

    def play(case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
        played = ENGINE.play(case, seed, place, keep)
        seen = Seen(**{field.name: getattr(played, field.name) for field in fields(played)})
        made.append(ref(seen))
        alive.append(sum(one() is not None for one in made))
        return seen

    many = [case(f"b{number}", "fails") for number in range(MOST_DETAILED + 10)]
    run_cases(many, options(html=html), replace(ENGINE, play=play))
    assert html.read_text().count("Too many cases failed to show more") == 10
    assert max(alive) <= MOST_DETAILED + 3


def test_nothing_is_left_but_what_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    run_cases([PASSES, FAILS], options(html=tmp_path / "report.html"), ENGINE)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_all_is_kept_in_a_directory_that_is_made(tmp_path: Path) -> None:
    run_cases([PASSES, FAILS], options(keep=tmp_path / "x" / "kept"), ENGINE)
    kept = {str(path.relative_to(tmp_path / "x" / "kept")) for path in tmp_path.rglob("*.*")}
    one = {"001-a/result.json", "001-a/evidence.json"}
    assert kept >= one | {"002-b/result.json", "002-b/evidence.json", "002-b/capture.pcap"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"junit": Path("none/report.xml")}, "--junit none/report.xml: there is no directory none"),
        ({"html": Path("none/report.html")}, "--html none/report.html: there is no directory none"),
        ({"keep": Path("full")}, "--keep full is not empty: name another directory, or empty it"),
        ({"keep": Path("full/file")}, "--keep full/file: it is no directory: name another directory"),
        (
            {"keep": Path("full/file/x")},
            "--keep full/file/x: a part of its path is no directory: name another directory",
        ),
        ({"keep": Path("/proc/x")}, "--keep /proc/x: no directory can be made there: name another directory"),
        ({"keep": Path("x" * 300)}, f"--keep {'x' * 300}: its name is too long: name another directory"),
    ],
)
def test_where_nothing_can_be_written_nothing_is_played(
    given: dict[str, Path], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(UsageError) as caught:
        run_cases([case("a", "is interrupted")], options(**given), ENGINE)
    assert str(caught.value) == sentence


def test_without_jinja_there_is_no_page(tmp_path: Path) -> None:
    """In a process of its own, in which there is none."""
    program = (
        "import sys; sys.modules['jinja2'] = None\n"
        "from phone_recorder.cli.main import main\n"
        f"sys.argv = ['phone-recorder', 'test', '--html', '{tmp_path}/report.html', '{tmp_path}']\n"
        "main()"
    )
    (tmp_path / "a.scenario.yaml").write_text("scenario: Nothing happens\n")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "phone-recorder: scenarios need jinja2: install phone-recorder[test]\n"


def test_a_run_in_which_all_is_skipped_has_tested_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cases([SKIPPED, SKIPPED], options(), ENGINE) == 2
    err = capsys.readouterr().err
    why = "it is for real time: add --live"
    assert err == f"phone-recorder: nothing was played: 2 cases were skipped, the first because {why}\n"
    assert run_cases([SKIPPED], options(quiet=True), ENGINE) == 2
    assert capsys.readouterr().err == f"phone-recorder: nothing was played: the case was skipped: {why}\n"


def test_a_report_that_is_lost_costs_no_other_and_is_trouble(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first report's directory goes away while the cases are played."""
    gone, html = tmp_path / "gone", tmp_path / "report.html"
    gone.mkdir()

    def remove(case: Any) -> str:
        gone.rmdir()
        return ""

    engine = replace(ENGINE, why_not=remove)
    assert run_cases([FAILS], options(junit=gone / "x.xml", html=html), engine) == 3
    assert "cannot write " in capsys.readouterr().err
    assert "it is idle" in html.read_text()


def test_a_directory_that_is_kept_is_one_run_s_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another run begins while the first has left nothing there yet."""
    keep, other = tmp_path / "kept", tmp_path / "other"

    def begin_another(case: Any) -> str:
        with pytest.raises(UsageError, match=f"--keep {keep} is another run's"):
            run_cases([PASSES], options(keep=keep), ENGINE)
        return ""

    assert run_cases([PASSES], options(keep=keep), replace(ENGINE, why_not=begin_another)) == 0
    assert [path.name for path in keep.iterdir()] == ["001-a"]
    assert run_cases([PASSES], options(keep=other), ENGINE) == 0


def test_a_directory_that_was_empty_may_be_kept_and_one_that_was_not_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run_cases([PASSES], options(keep=tmp_path / "empty"), ENGINE) == 0
    with pytest.raises(UsageError, match="is not empty"):
        run_cases([PASSES], options(keep=tmp_path / "empty"), ENGINE)
    assert [path.name for path in (tmp_path / "empty").iterdir()] == ["001-a"]


def test_after_ctrl_c_the_results_so_far_are_told_and_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    junit = tmp_path / "junit.xml"
    cases = [PASSES, case("i", "is interrupted"), FAILS]
    assert run_cases(cases, options(junit=junit), ENGINE) == 130
    out, err = capsys.readouterr()
    assert "1 passed" in out and err == "phone-recorder: interrupted: not all cases have been played\n"
    assert parse(junit).getroot().get("tests") == "1"


def test_it_stops_at_the_first_that_has_not_passed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cases([PASSES, FAILS, BREAKS], options(stop=True, as_json=True), ENGINE) == 1
    assert len(capsys.readouterr().out.splitlines()) == 3
