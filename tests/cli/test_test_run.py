"""A run of `test`, told and reported; what comes of its cases is made up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest

from phone_recorder.cli.test_run import run_cases
from phone_recorder.errors import UsageError
from tests.harness.fake_engine import ENGINE, case

PASSES, FAILS = case("a"), case("b", "fails")
BAD, BREAKS, SKIPPED = case("c", "asks for nonsense"), case("d", "breaks"), case("e", live=True)
FAILED_LINE = "b.scenario.yaml:7: at 2 s, state recording: it is idle"


def options(**given: Any) -> dict[str, Any]:
    missing = dict.fromkeys(("junit", "html", "keep"))
    flags = dict.fromkeys(("stop", "live", "quiet", "as_json", "debug"), False)
    return {"jobs": 1, "seed": 7, "repeat": 1, **missing, **flags, **given}


@pytest.mark.parametrize(
    ("cases", "code"),
    [
        ([PASSES], 0),
        ([PASSES, SKIPPED], 0),
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
    assert "phone-recorder test --seed 7 -k b b.scenario.yaml" in lines[4]
    assert (len(lines), err) == (5, "")


def test_quiet_tells_only_what_has_not_passed(capsys: pytest.CaptureFixture[str]) -> None:
    run_cases([PASSES, FAILS], options(quiet=True), ENGINE)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("failed") and len(lines) == 4


def test_what_was_repeated_is_played_again_by_a_command_that_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    run_cases([case("b #2", "fails")], options(repeat=3), ENGINE)
    assert capsys.readouterr().out.splitlines()[-1].endswith(" --repeat 3")


def test_what_was_played_in_real_time_is_played_again_so(capsys: pytest.CaptureFixture[str]) -> None:
    run_cases([FAILS], options(live=True, repeat=3), ENGINE)
    assert capsys.readouterr().out.splitlines()[-1].endswith(" --live --repeat 3")


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
        ({"keep": Path("full/file")}, "--keep full/file: it exists already"),
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


def test_a_report_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"^{tmp_path} cannot be written: it is a directory, not a file$"):
        run_cases([PASSES], options(junit=tmp_path), ENGINE)


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
