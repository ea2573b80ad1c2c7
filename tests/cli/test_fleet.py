"""`phone-recorder fleet`: what is refused before anything is sent, against nobody, and without its packages."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli

SERVER = "127.0.0.1:10000"
LONG = "9" * 5000


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["fleet", *words])


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with something in it that is no place for a report."""
    monkeypatch.chdir(tmp_path)
    Path("directory").mkdir()
    os.mkfifo("fifo")
    return tmp_path


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nobody listens: its port is taken, so that nobody else does meanwhile."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--phones 0", "Invalid value for '--phones': 0 is not in the range x>=1"),
        (f"--phones {LONG}", f"{LONG[:40]}... is too long for a whole number"),
        ("--phones 1000001", "a fleet has 1 to 1000000 phones"),
        ("--phones 1000000", "1000000 phones need more"),
        ("--ramp fast", "'fast' is not a rate up to 100000/s: write one such as 100/s"),
        ("--ramp 0/s", "'0/s' is not a rate"),
        ("--talk 90s-30s", "'90s-30s' is not a range of times: write the shorter first, such as 30s-90s"),
        ("--talk=", "'' is not a time up to 7 days"),
        ("--rest soon", "'soon' is not a time"),
        ("--for 0s", "--for 0s leaves no time for a call"),
        ("--for 8000h", "'8000h' is not a time up to 7 days"),
        ("--calls 0", "0 is not in the range x>=1"),
        ("--loss 2", "'2' is not a share from 0% to 100%: write one such as 2%"),
        ("--duplicate 101%", "'101%' is not a share"),
        ("--reorder nan%", "'nan%' is not a share"),
        ("--jitter 1h", "--jitter is at most 10s"),
        ("--bad 5% --bad-ways nicely", "'nicely' is no way to stop badly: known are hang-up"),
        ("--bad-ways mute", "--bad-ways goes with --bad"),
        ("--voice=", "it is empty: write pattern, tone:440 or a file"),
        ("--voice tone:abc", "a tone of 'abc' Hz cannot be said"),
        ("--voice none.wav", "cannot read none.wav: there is no such file"),
        ("--codec OPUS", "'OPUS' is not one of"),
        ("--ptime 25", "'25' is not one of"),
        ("--seed -1", "-1 is not in the range x>=0"),
        ("--source 192.0.2.1", "no phone can call from 192.0.2.1"),
        ("--source here", "'here' is not an IP address"),
        ("--source ::1", "no phone can call from ::1, which is IPv6, to the server at 127.0.0.1, which is IPv4"),
        ("--source 127.0.0.2 --server 192.0.2.9", "no phone can call from 127.0.0.2: 192.0.2.9 cannot be reached from"),
        ("--source 224.0.0.1", "no phone can call from 224.0.0.1: it is not the address of one machine"),
        ("--server-timeout nan", "is no time from 0.5 to 60 seconds"),
        ("--terminator CR", "'CR' is not one of"),
        ("--fail-if speed>1", "Invalid value for '--fail-if': 'speed' is no figure: known are"),
        ("--stop-if start_p99>5", "start_p99 is a time, so write it as one, such as 500ms"),
        ("--json none/x", "--json none/x: there is no directory none"),
        ("--csv directory", "--csv directory: it is no regular file"),
        ("--html fifo", "--html fifo: it is no regular file"),
        ("--html=", "it is empty"),
        ("--json same --csv same", "--csv and another report are both same: name two files"),
        ("--json - --html -", "--html and another report are both -: name two files"),
        ("--mode both", "'both' is not one of"),
        ("--mode local", "--server goes with --mode server"),
        ("--storage .", "--storage goes with --mode local"),
        ("--shared-port", "--shared-port goes with --mode local"),
        ("--receive recvmmsg", "--receive goes with --mode local"),
        ("--check-files", "--check-files goes with --mode local"),
        ("--fail-if frames_lost>0", "frames_lost>0 is of files that a fleet writes by itself"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_2(words: str, sentence: str) -> None:
    result = run("--server", SERVER, *words.split())
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert sentence in line
    assert len(line) < 600


@pytest.mark.parametrize("server", ["", "x:y:z", "127.0.0.1:0", "no.such.host.invalid:1", "\x1b[2J:1"])
def test_a_server_that_cannot_be_is_one_sentence_and_2(server: str) -> None:
    result = run("--server", server)
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert "\x1b" not in line


def test_a_voice_is_not_replaced_by_a_report() -> None:
    subprocess.run(["cp", Path(__file__).parents[2] / "fixtures" / "speech" / "near_en.wav", "voice.wav"], check=True)
    result = run("--server", SERVER, "--voice", "voice.wav", "--csv", "voice.wav")
    assert result.exit_code == 2
    assert "it is the voice, which a report would replace" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "end"),
    [
        ("", 1, ""),
        ("--fail-if failed>3", 0, "threshold     failed>3 is not met: 3"),
        ("--fail-if failed>=3", 1, "threshold     failed>=3 is met: 3"),
        ("--fail-if failed>3 --fail-if failed_share>1%", 1, "threshold     failed_share>1% is met: 100 %"),
        ("--fail-if start_p99>1s", 1, "threshold     start_p99>1s cannot be told: nothing was measured"),
    ],
)
def test_where_nobody_listens_every_call_fails_and_thresholds_decide(
    nobody: str, words: str, code: int, end: str
) -> None:
    result = run("--server", nobody, "--phones", "3", *words.split())
    assert result.exit_code == code
    lines = result.stdout.splitlines()
    assert lines[1].endswith("3 attempted, 0 started, 0 ended in order, 3 failed")
    assert lines[2] == "failed        3  cannot connect: connection refused"
    assert lines[3].strip().startswith(f"is a record server running at {nobody}? `phone-recorder server --port ")
    assert lines[-1].startswith(end)


def test_quiet_tells_only_what_is_not_well(nobody: str) -> None:
    result = run("--server", nobody, "-q", "--fail-if", "failed>5", "--fail-if", "failed>0")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["recordings", "failed", "is", "threshold"]


def test_what_is_printed_is_one_document_alone(nobody: str) -> None:
    result = run("--server", nobody, "--json", "-", "--csv", "rows.csv")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["totals"]["failed"] == 1
    assert Path("rows.csv").read_bytes().startswith(b"at_s,phones,")


def test_a_report_that_cannot_be_written_in_the_end_is_3_and_costs_no_other(
    nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from phone_recorder.cli import fleet_reports

    def broken(_: object) -> bytes:
        raise RuntimeError("broken")

    monkeypatch.setattr(fleet_reports, "MAKERS", {**fleet_reports.MAKERS, "json": broken})
    result = run("--server", nobody, "--json", "a.json", "--csv", "a.csv", "--fail-if", "failed>5")
    assert result.exit_code == 3
    assert "a.json cannot be made: RuntimeError: broken: this is an error of this program" in result.stderr
    assert not Path("a.json").exists()
    assert Path("a.csv").exists()


def test_an_error_of_ours_is_3_and_where_it_came_from_is_shown_if_asked(
    nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from phone_recorder.cli import fleet_run

    def broken(_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(fleet_run, "summary", broken)
    assert run("--server", nobody).stderr.splitlines() == [
        "phone-recorder: RuntimeError: broken: this is an error of this program:"
        " please report it, with what --debug shows"
    ]
    result = run("--server", nobody, "--debug")
    assert result.exit_code == 3
    assert "Traceback" in result.stderr


def without(package: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A process for which this package is not installed: what is in its directory comes first."""
    Path(f"{package}.py").write_text(f"raise ModuleNotFoundError('no {package}', name='{package}')\n")
    command = [sys.executable, "-m", "phone_recorder", "fleet", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_without_numpy_it_says_what_to_install() -> None:
    done = without("numpy", "--server", SERVER)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "phone-recorder: fleet needs numpy: install phone-recorder[bulk]\n"


def test_without_numpy_there_is_help() -> None:
    done = without("numpy", "--help")
    assert (done.returncode, done.stderr) == (0, "")


def test_without_rich_there_are_no_complaints(nobody: str) -> None:
    done = without("rich", "--server", nobody)
    assert (done.returncode, done.stderr) == (1, "")
