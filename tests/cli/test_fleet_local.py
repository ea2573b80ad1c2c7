"""`phone-recorder fleet --mode local`: what is refused, what is told, and what signals do to its processes."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from tests.bulk.fleet.test_local_live import all_true
from tests.cli.foreground import hears_ctrl_c

PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a drive in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drive").mkdir()
    return tmp_path / "drive"


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["fleet", "--mode", "local", *words])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "--mode local needs --storage DIR: name the drive or directory to record to"),
        ("--storage=", "it is empty"),
        ("--storage none", "there is no such directory none: make it first"),
        ("--storage drive --server 127.0.0.1", "--server goes with --mode server"),
        ("--storage drive --source 127.0.0.2", "--source goes with --mode server"),
        ("--storage drive --bad 5%", "--bad goes with --mode server"),
        ("--storage drive --bad-ways mute", "--bad-ways goes with --mode server"),
        ("--storage drive --server-timeout 3", "--server-timeout goes with --mode server"),
        ("--storage drive --terminator LF", "--terminator goes with --mode server"),
        ("--storage drive --allow-foreign-media", "--allow-foreign-media goes with --mode server"),
        ("--storage drive --receive pigeon", "'pigeon' is not one of"),
        ("--storage drive --check-files --voice tone:440", "--check-files needs --voice pattern"),
        ("--storage drive --check-files --codec G722", "and --codec PCMU or PCMA"),
        ("--storage drive --fail-if frames_wrong>0", "it goes with --check-files"),
        ("--storage drive --phones 200000", "--shared-port needs fewer"),
        ("--storage drive --voice none.wav", "cannot read none.wav"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_2(drive: Path, words: str, sentence: str) -> None:
    result = run(*words.split())
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert sentence in line
    assert not list(drive.iterdir())


def test_mode_server_says_what_it_needs_and_which_other_mode_there_is() -> None:
    result = CliRunner().invoke(cli, ["fleet"])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "phone-recorder: name the record server with --server HOST:PORT, or record with --mode local --storage DIR"
    ]


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "phone_recorder", "fleet", "--mode", "local", "--storage", "drive", *words]


@contextmanager
def begun(drive: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A run which has written some audio of each of its phones."""
    process = subprocess.Popen(
        command(*words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hears_ctrl_c,
    )
    try:
        until = time.monotonic() + PATIENCE_S
        while not any(path.stat().st_size > 8000 for path in drive.glob("Record_*.wav")):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code, and what it told."""
    told, complaints = process.communicate(timeout=PATIENCE_S)
    return process.returncode, told, complaints


def children(process: subprocess.Popen[str]) -> list[int]:
    """Its processes: the sender first."""
    return [int(number) for number in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def is_there(number: int) -> bool:
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(number, 0)
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text()
    return False


@pytest.mark.live
def test_a_run_is_recorded_told_and_reported(drive: Path) -> None:
    reports = ("--json", "run.json", "--csv", "run.csv", "--html", "run.html")
    words = ("--phones", "20", "--ramp", "40/s", "--talk", "1s", "--seed", "3", "--check-files", "--shared-port")
    judged = ("--fail-if", "frames_wrong>0", "--fail-if", "frames_lost>0", "--fail-if", "files<20")
    done = subprocess.run(command(*words, *reports, *judged), capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (0, "")
    assert "20 phones recorded to drive, seed 3" in done.stdout
    assert "files         20 written; frames: 0 lost, 0 wrong" in done.stdout
    told = json.loads(Path("run.json").read_text())
    assert (told["plan"]["mode"], told["plan"]["storage"], told["plan"]["shared_port"]) == ("local", "drive", True)
    assert told["plan"]["receiver"]
    assert "server" not in told["plan"]
    assert (told["totals"]["files"], told["totals"]["frames_lost"], told["totals"]["frames_wrong"]) == (20, 0, 0)
    with Path("run.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert (rows[-1]["files"], rows[-1]["frames_lost"], rows[-1]["frames_wrong"]) == ("20", "0", "0")
    assert "Frames lost and wrong so far" in Path("run.html").read_text()
    assert all_true(drive) == 20


@pytest.mark.live
def test_what_was_not_looked_at_is_not_told(drive: Path) -> None:
    words = ("--talk", "500ms", "--voice", "tone:440", "--codec", "G722", "--json", "-")
    done = subprocess.run(command(*words), capture_output=True, text=True, timeout=PATIENCE_S)
    told = json.loads(done.stdout)
    assert (done.returncode, told["totals"]["frames_wrong"], told["series"][-1]["frames_wrong"]) == (0, None, None)
    assert all_true(drive) == 1


@pytest.mark.live
def test_a_stall_of_the_whole_recorder_loses_nothing(drive: Path) -> None:
    with begun(drive, "--phones", "50", "--talk", "4s", "--check-files", "--json", "run.json") as process:
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        process.send_signal(signal.SIGCONT)
        code, told, complaints = ended(process)
    assert (code, complaints) == (0, "")
    assert "50 ended in order, 0 failed" in told
    totals = json.loads(Path("run.json").read_text())["totals"]
    assert (totals["frames_lost"], totals["frames_wrong"], totals["packets_said"]) == (0, 0, 50 * 2 * 200)
    assert all_true(drive) == 50


@pytest.mark.live
def test_ctrl_c_ends_all_calls_in_order(drive: Path) -> None:
    with begun(drive, "--phones", "20", "--talk", "300s", "--check-files", "--csv", "rows.csv") as process:
        of_it = children(process)
        for number in (process.pid, *of_it):
            # As a terminal does: to all of them.
            os.kill(number, signal.SIGINT)
        code, told, complaints = ended(process)
    assert (code, complaints) == (130, "")
    assert "interrupted" in told
    assert "20 ended in order, 0 failed" in told
    assert "files         20 written; frames: 0 lost, 0 wrong" in told
    assert Path("rows.csv").exists()
    assert all_true(drive) == 20
    assert len(of_it) == 2
    assert not any(is_there(number) for number in of_it)


@pytest.mark.live
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_other_signals_end_it_in_order_too(drive: Path, number: signal.Signals, code: int) -> None:
    with begun(drive, "--phones", "5", "--talk", "300s", "--check-files", "--csv", "rows.csv") as process:
        of_it = children(process)
        process.send_signal(number)
        ending, told, complaints = ended(process)
    assert (ending, complaints) == (code, "")
    assert "5 ended in order, 0 failed" in told
    assert "frames: 0 lost, 0 wrong" in told
    assert Path("rows.csv").exists()
    assert not any(is_there(number) for number in of_it)


@pytest.mark.live
def test_ctrl_c_while_it_begins_is_told_like_any_other(drive: Path) -> None:
    process = subprocess.Popen(
        command("--phones", "5", "--talk", "300s"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=own_foreground,
    )
    until = time.monotonic() + PATIENCE_S
    # A child is in its parent's group until it runs its own program.
    while not (of_it := [number for number in children(process) if os.getpgid(number) != process.pid]):
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.001)
    # As a terminal does, while the process that is to talk does not know yet what to do about it.
    os.killpg(process.pid, signal.SIGINT)
    code, told, complaints = ended(process)
    assert (code, complaints) == (130, "")
    assert "interrupted" in told
    assert "0 failed" in told
    assert not any(is_there(number) for number in of_it)


def own_foreground() -> None:
    """For `preexec_fn`."""
    hears_ctrl_c()
    os.setpgid(0, 0)


@pytest.mark.live
def test_a_second_ctrl_c_ends_it_at_once_and_every_file_is_true(drive: Path) -> None:
    with begun(drive, "--phones", "20", "--talk", "300s") as process:
        [sender] = children(process)
        # Who talks does not answer: in order it would never end.
        os.kill(sender, signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2.0)
        process.send_signal(signal.SIGINT)
        code, told, complaints = ended(process)
    assert (code, complaints) == (130, "")
    assert "20 given up at the end, 0 failed" in told
    assert all_true(drive) == 20
    assert not is_there(sender)


@pytest.mark.live
def test_without_its_sender_it_is_one_sentence_and_3_and_the_recordings_are_kept(drive: Path) -> None:
    with begun(drive, "--phones", "20", "--talk", "300s", "--json", "run.json") as process:
        os.kill(children(process)[0], signal.SIGKILL)
        code, told, complaints = ended(process)
    assert code == 3
    assert complaints == (
        "phone-recorder: the process that talks for the phones has ended before its time: killed by SIGKILL\n"
    )
    assert "broken off" in told
    assert json.loads(Path("run.json").read_text())["totals"]["given_up"] == 20
    assert all_true(drive) == 20


@pytest.mark.live
def test_its_processes_end_with_it_even_if_it_is_killed(drive: Path) -> None:
    with begun(drive, "--phones", "2", "--talk", "300s", "--check-files") as process:
        of_it = children(process)
        assert len(of_it) == 2
        process.kill()
        until = time.monotonic() + PATIENCE_S
        while any(is_there(number) for number in of_it):
            assert time.monotonic() < until
            time.sleep(0.02)
