"""Reports of a run: what is refused before it, and what becomes of them at its end."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.cli.test import OURS
from phone_recorder.cli.test_reports import Run, wanted_reports, write_reports
from phone_recorder.errors import UsageError
from phone_recorder.harness.report.replay import Command
from phone_recorder.harness.scenario.case import PartyPlan
from phone_recorder.harness.scenario.expected import AudioIs, Expectation
from tests.harness.fake_engine import case

SPEAKS = replace(
    case("a"),
    near=PartyPlan("near.wav"),
    far=PartyPlan("directory/../far.wav"),
    expected=(Expectation(AudioIs("equals", file=Path("all.wav"))),),
)
RUN = Run((), Command(7), datetime(2026, 3, 2), 1.0)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with something of each kind in it."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo")
    Path("directory").mkdir()
    Path("there.xml").write_text("before")
    Path("loop").symlink_to("loop")
    Path("a.scenario.yaml").write_text("scenario: A\n")
    Path("link").symlink_to("a.scenario.yaml")
    Path("out").symlink_to("there.xml")
    Path("to-near").symlink_to("near.wav")
    return tmp_path


def wanted(**paths: str) -> dict[Path, Any]:
    options = {"junit": None, "html": None} | {name: Path(path) for name, path in paths.items()}
    return wanted_reports(options, [case("a"), replace(case("other"), path=Path("other.yaml")), SPEAKS])


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        ({"junit": "none/x.xml"}, "--junit none/x.xml: there is no directory none"),
        ({"html": "there.xml/x"}, "--html there.xml/x: there is no directory there.xml"),
        ({"junit": "fifo"}, "--junit fifo: it is no regular file, and cannot be replaced: name another file"),
        (
            {"html": "/dev/null"},
            "--html /dev/null: it is no regular file, and cannot be replaced: name another",
        ),
        ({"junit": "directory"}, "--junit directory: it is no regular file, and cannot be replaced: name another"),
        ({"junit": "a.scenario.yaml"}, "--junit a.scenario.yaml: it is a scenario, which a report would replace"),
        ({"junit": "link"}, "--junit link: it is a scenario, which a report would replace: name another file"),
        ({"html": "directory/../a.scenario.yaml"}, "--html directory/../a.scenario.yaml: it is a scenario"),
        ({"html": "other.yaml"}, "--html other.yaml: it is a scenario, which a report would replace"),
        ({"junit": "new.scenario.yaml"}, "--junit new.scenario.yaml: it is a scenario"),
        (
            {"junit": "base.yml"},
            "--junit base.yml: a file of such a name may be a part of scenarios: name one that does",
        ),
        (
            {"html": "near.wav"},
            "--html near.wav: it is audio of a scenario, which a report would replace: name another",
        ),
        ({"html": "to-near"}, "--html to-near: it is audio of a scenario, which a report would replace: name another"),
        (
            {"junit": "far.wav"},
            "--junit far.wav: it is audio of a scenario, which a report would replace: name another",
        ),
        (
            {"junit": "all.wav"},
            "--junit all.wav: it is audio of a scenario, which a report would replace: name another",
        ),
        ({"junit": "x", "html": "./x"}, "--junit and --html are both x: name two files"),
        ({"junit": "there.xml", "html": "out"}, "--junit and --html are both out: name two files"),
        ({"junit": "x" * 300}, f"--junit {'x' * 300}: its name is too long"),
    ],
)
def test_what_cannot_be_a_report_is_refused(paths: dict[str, str], sentence: str) -> None:
    before = {path.name for path in Path().iterdir()}
    with pytest.raises(UsageError) as caught:
        wanted(**paths)
    assert str(caught.value).startswith(sentence)
    assert {path.name for path in Path().iterdir()} == before


def test_a_link_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^--junit loop: "):
        wanted(junit="loop")


def test_the_file_of_standard_output_is_not_replaced(capfd: pytest.CaptureFixture[str]) -> None:
    """With capfd, both are files."""
    with pytest.raises(UsageError, match=r"what is told of the run goes there: name another file$"):
        wanted(junit=f"/proc/{os.getpid()}/fd/1")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_where_no_file_may_be_made_it_says_so(place: Path) -> None:
    Path("directory").chmod(0o555)
    with pytest.raises(UsageError, match=r"^--junit directory/x: you have no permission: name another file$"):
        wanted(junit="directory/x")


def test_looking_leaves_nothing_and_what_was_there_stays() -> None:
    before = {path.name for path in Path().iterdir()}
    assert list(wanted(junit="there.xml", html="new.html")) == [Path("there.xml").resolve(), Path("new.html").resolve()]
    assert {path.name for path in Path().iterdir()} == before
    assert Path("there.xml").read_text() == "before"


@pytest.mark.parametrize("voice", ["none", "silence", "tone:440"])
def test_a_voice_that_is_made_is_no_file(voice: str) -> None:
    options = {"junit": Path(voice), "html": None}
    assert list(wanted_reports(options, [replace(case("a"), near=PartyPlan(voice))])) == [Path(voice).resolve()]


def test_a_link_leads_to_the_file_that_is_written() -> None:
    assert write_reports(wanted(junit="out"), RUN)
    assert Path("out").is_symlink() and "testsuites" in Path("there.xml").read_text()


def fails(run: Run) -> bytes:
    raise ZeroDivisionError("by zero")


def test_of_two_reports_the_second_is_written_though_the_first_fails(capsys: pytest.CaptureFixture[str]) -> None:
    reports = {Path("there.xml"): fails, Path("none/x"): lambda run: b"x", Path("last"): lambda run: b"whole"}
    assert not write_reports(reports, RUN)
    assert capsys.readouterr().err.splitlines() == [
        f"phone-recorder: there.xml cannot be made: ZeroDivisionError: by zero: {OURS}",
        "phone-recorder: cannot write none/x: there is no directory none: make it first",
    ]
    assert (Path("last").read_bytes(), Path("there.xml").read_text()) == (b"whole", "before")
