"""`test`: which cases are meant, what is told of them, and the real engine playing them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from tests.cli.foreground import hears_ctrl_c

DRIVE = """\
scenario: A call is recorded
tags: [drive, S2]
matrix: {codec: [PCMU, PCMA]}
phone: {settings: {record.codec: "${codec}"}}
call: {length: 2 s}
steps:
  - {at: 0 s, press: record}
expect:
  - {files: {count: 1, codec: "${codec}", duration: 2 s}}
"""
SERVER = """\
scenario: A server that is busy records nothing
tags: [server]
phone: {settings: {record.mode: server}}
server: refuse busy
call: {length: 2 s}
steps:
  - {at: 0 s, press: record}
expect:
  - {at: 1 s, screen: {prompt: busy}}
"""
PATIENCE_S = 30


@pytest.fixture
def scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files, three cases, in the working directory."""
    (tmp_path / "drive.scenario.yaml").write_text(DRIVE)
    (tmp_path / "server.scenario.yaml").write_text(SERVER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_test(*words: str) -> Result:
    return CliRunner().invoke(cli, ["test", *words])


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ([], ["drive[PCMU]", "drive[PCMA]", "server"]),
        (["server.scenario.yaml"], ["server"]),
        (["-k", "not PCMU"], ["drive[PCMA]", "server"]),
        (["--tag", "S2", "--tag", "server", "-k", "PCMU or server"], ["drive[PCMU]", "server"]),
        (["--repeat", "2", "-k", "server"], ["server", "server #2"]),
    ],
)
def test_a_list_is_names_and_titles_of_the_cases(scenarios: Path, words: list[str], names: list[str]) -> None:
    result = run_test("--list", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split("  ")[0] for line in result.stdout.splitlines()] == names
    if words == []:
        assert result.stdout.splitlines()[0] == "drive[PCMU]  A call is recorded  (drive, S2)"


def test_explain_says_what_each_case_is(scenarios: Path) -> None:
    result = run_test("--explain", "drive.scenario.yaml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "drive[PCMU]" in result.stdout and "drive[PCMA]" in result.stdout
    assert "\n\n" in result.stdout


@pytest.mark.parametrize("word", ["--list", "--explain"])
@pytest.mark.parametrize(
    ("output", "code", "told"),
    [
        ("> /dev/full", 2, "phone-recorder: the output cannot be written: no space left on device\n"),
        (">&-", 0, ""),
    ],
)
def test_what_cannot_be_printed_is_told(scenarios: Path, word: str, output: str, code: int, told: str) -> None:
    command = f"exec {sys.executable} -m phone_recorder test {word} {output}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (code, told)


@pytest.mark.parametrize("word", ["--list", "--explain"])
def test_whoever_has_read_enough_ends_a_list(scenarios: Path, word: str) -> None:
    """As `| head` does, which is gone before all is said."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer) as nobody:
        command = [sys.executable, "-m", "phone_recorder", "test", word]
        done = subprocess.run(command, stdout=nobody, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-k", "nothing"], "none of 3 cases is selected: see their names and tags with --list"),
        (["--tag", "drives"], "none of 3 cases is selected: see their names and tags with --list"),
        (["-k", "and", "none"], "-k 'and' cannot be read at 'and': write words with"),
        (["none"], "there is no none: name a scenario's file, or a directory with some"),
        (["--list", "--json"], "--json goes with a run, not with --list or --explain"),
        (["--explain", "--seed", "0"], "--seed goes with a run, not with --list or --explain"),
        (["--explain", "--timeout", "300"], "--timeout goes with a run, not with --list or --explain"),
        (["--server", "127.0.0.1", "--timeout", "9"], "--timeout goes with scenarios: the cases of a server have"),
        (["-k", "nothing", "server.scenario.yaml"], "the only case is not selected: see their names and tags with"),
        (["--tag", ""], "it is empty: write a tag, or leave the option out"),
        (["-j", "0"], "0 is not in the range 1<=x<=256"),
        (["-j", "100000"], "100000 is not in the range 1<=x<=256"),
        (["--repeat", "-1"], "-1 is not in the range 1<=x<=10000"),
        (["--repeat", "1e9"], "'1e9' is not a valid whole number"),
        (["--seed", "x"], "'x' is not a valid whole number"),
        (["--seed", "-1"], "-1 is not in the range x>=0"),
        (["--seed", "9" * 5000], f"{'9' * 40}... is too long for a whole number"),
        (["--timeout", "nan"], "'nan' is no time from 0.1 to 100000 seconds, or 0 for any"),
        (["--timeout", "inf"], "'inf' is no time from 0.1 to 100000 seconds, or 0 for any"),
        (["--timeout", "1e-9"], "'1e-9' is no time from 0.1 to 100000 seconds, or 0 for any"),
        (["--timeout", "-1"], "'-1' is no time from 0.1 to 100000 seconds, or 0 for any"),
        (["--timeout", "soon"], "'soon' is no time from 0.1 to 100000 seconds, or 0 for any"),
        (["x" * 300], f"cannot read '{'x' * 59}...: its name is too long: name a scenario's file, or a directory"),
        (["--record", f"{'x' * 300}.scenario.yaml"], ".scenario.yaml: its name is too long: name another file"),
        (["--keep", ""], "it is empty: name a file or directory"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_2(scenarios: Path, words: list[str], sentence: str) -> None:
    result = run_test(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert sentence in line


def test_a_bad_scenario_is_2_and_nothing_is_played(scenarios: Path) -> None:
    (scenarios / "worse.scenario.yaml").write_text(SERVER.replace("refuse", "rfuse"))
    result = run_test()
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert line.startswith("phone-recorder: worse.scenario.yaml:4: server: ")


@pytest.mark.parametrize("debug", [False, True])
def test_an_error_of_this_program_is_3_and_asks_to_be_reported(
    scenarios: Path, debug: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def collect(paths: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("phone_recorder.harness.runner.collecting.collect", collect)
    result = run_test(*["--debug"] * debug)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.endswith(
        "phone-recorder: ZeroDivisionError: by zero: this is an error of this program: please report it,"
        " with the scenario and what --debug shows\n"
    )
    assert ("Traceback" in result.stderr) == debug


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_pattern_that_tries_without_end_fails_when_its_time_is_over(scenarios: Path, jobs: str) -> None:
    (scenarios / "drive.scenario.yaml").write_text(f"{DRIVE}  - {{account: {{reason: '/((.|(.)|((.)))*)*#/'}}}}\n")
    result = run_test("-j", jobs, "-k", "PCMU or server", "--timeout", "2", "--junit", "report.xml", "--keep", "kept")
    assert (result.exit_code, result.stderr) == (1, "")
    told = [" ".join(line.split()[:2]) for line in result.stdout.splitlines()]
    assert [told[0], told[2]] == ["failed drive[PCMU]", "passed server"]
    assert "over within 2 s of real time: it was ended" in result.stdout.splitlines()[1]
    assert "longer --timeout" in (scenarios / "report.xml").read_text()
    assert list((scenarios / "kept" / "001-drive_PCMU_").iterdir())


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_scenarios_that_are_as_expected_are_0(scenarios: Path, jobs: str) -> None:
    result = run_test("-j", jobs, "--seed", "7")
    assert (result.exit_code, result.stderr) == (0, "")
    told = [" ".join(line.split()[:2]) for line in result.stdout.splitlines()]
    assert told[:3] == ["passed drive[PCMU]", "passed drive[PCMA]", "passed server"]
    assert "3 passed" in result.stdout and "seed 7" in result.stdout


def test_a_scenario_that_is_not_is_1_and_its_command_fails_again(scenarios: Path) -> None:
    (scenarios / "drive.scenario.yaml").write_text(DRIVE.replace("duration: 2 s", "duration: 3 s"))
    result = run_test("--seed", "7", "-j", "1", "--json")
    assert result.exit_code == 1
    documents = [json.loads(line) for line in result.stdout.splitlines()]
    assert [document.get("outcome") for document in documents] == ["failed", "failed", "passed", None]
    assert documents[0]["failures"][0]["line"] == 9
    told = run_test("--seed", "7").stdout.splitlines()[-1]
    command = told.partition("phone-recorder test ")[2]
    again = subprocess.run(
        f"{sys.executable} -m phone_recorder test {command} --json", shell=True, capture_output=True, text=True
    )
    replayed = [json.loads(line) for line in again.stdout.splitlines()]
    assert again.returncode == 1
    assert [(one["name"], one["seed"]) for one in replayed[:-1]] == [
        (one["name"], one["seed"]) for one in documents[:2]
    ]


def test_the_same_seed_leaves_the_same_bytes_in_any_number_of_processes(scenarios: Path) -> None:
    for jobs in ("1", "2"):
        result = run_test("--seed", "7", "-j", jobs, "--keep", f"kept{jobs}")
        assert (result.exit_code, result.stderr) == (0, "")
    kept = [
        {path.relative_to(top): path.read_bytes() for path in sorted(top.rglob("*.wav"))}
        for top in (scenarios / "kept1", scenarios / "kept2")
    ]
    assert kept[0] == kept[1] and len(kept[0]) >= 2


@pytest.mark.live
def test_in_real_time_what_is_for_the_virtual_clock_alone_is_skipped(scenarios: Path) -> None:
    (scenarios / "long.scenario.yaml").write_text("scenario: A long call\nlive: false\ncall: {length: 24 h}\n")
    result = run_test("--live", "-j", "4")
    assert (result.exit_code, result.stderr) == (0, "")
    told = [" ".join(line.split()[:2]) for line in result.stdout.splitlines()]
    assert told[:3] == ["passed drive[PCMU]", "passed drive[PCMA]", "skipped long"]
    assert "it is for the virtual clock: leave out --live" in result.stdout and "3 passed" in result.stdout


@pytest.mark.live
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_what_is_played_in_real_time(scenarios: Path, jobs: str) -> None:
    interrupt_a_long_case(scenarios, "-j", jobs, "--live")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_it_with_what_there_is_and_130(scenarios: Path, jobs: str) -> None:
    interrupt_a_long_case(scenarios, "-j", jobs)


def interrupt_a_long_case(scenarios: Path, *options: str) -> None:
    """The second case is so long that it is interrupted, in this process or in others."""
    (scenarios / "long.scenario.yaml").write_text("scenario: A long call\ncall: {length: 24 h}\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "phone_recorder", "test", *options, "server.scenario.yaml", "long.scenario.yaml"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hears_ctrl_c,
        env={**os.environ, "TMPDIR": str(scenarios), "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout
    assert process.stdout.readline().startswith("passed   server")
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    # asyncio has words of its own for whoever interrupts it while it makes a loop.
    assert "1 passed" in out and err.endswith("phone-recorder: interrupted: not all cases have been played\n")
    assert err.startswith("phone-recorder: ") or "--live" in options
    assert sorted(path.name for path in scenarios.iterdir() if path.is_dir()) == []


def test_a_failed_case_has_its_reports_with_what_was_recorded(scenarios: Path) -> None:
    (scenarios / "drive.scenario.yaml").write_text(DRIVE.replace("duration: 2 s", "duration: 3 s"))
    result = run_test("--junit", "report.xml", "--html", "report.html", "-j", "2", "-k", "PCMU or server")
    assert (result.exit_code, result.stderr) == (1, "")
    assert "drive.scenario.yaml:9: " in (scenarios / "report.xml").read_text()
    page = (scenarios / "report.html").read_text()
    assert "Record_20260302100000.wav" in page and "data:audio/wav" in page
