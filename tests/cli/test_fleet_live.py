"""`phone-recorder fleet` against a record server, each in a process of its own, and what signals do."""

from __future__ import annotations

import csv
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.foreground import hears_ctrl_c
from tests.cli.terminal import Terminal
from tests.system.phone_server import Server, serving

pytestmark = pytest.mark.live

PATIENCE_S = 30


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "storage", "--connection-rate", "5000") as server:
        yield server


def fleet(server: Server, *words: str) -> list[str]:
    return [sys.executable, "-m", "phone_recorder", "fleet", "--server", f"127.0.0.1:{server.port}", *words]


def begun(server: Server, *words: str) -> subprocess.Popen[str]:
    """A run of which the first seconds are over, as its lines tell."""
    process = subprocess.Popen(
        fleet(server, *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=server.storage.parent,
        preexec_fn=hears_ctrl_c,
    )
    until = time.monotonic() + PATIENCE_S
    while not server.recordings():
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    return process


def test_a_run_is_recorded_told_and_reported(server: Server, tmp_path: Path) -> None:
    reports = ("--json", "load.json", "--csv", "load.csv", "--html", "load.html")
    words = ("--phones", "20", "--ramp", "40/s", "--talk", "1s", "--calls", "40", "--rest", "200ms", "--seed", "3")
    done = subprocess.run(
        fleet(server, *words, *reports, "--fail-if", "failed>0", "--fail-if", "started<40"),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "40 attempted, 40 started, 40 ended in order, 0 failed" in done.stdout
    assert len(server.recordings()) == 40
    told = json.loads((tmp_path / "load.json").read_text())
    assert (told["totals"]["ended"], told["plan"]["seed"]) == (40, 3)
    assert told["totals"]["packets_sent"] == told["totals"]["packets_said"] > 40 * 45
    assert told["spreads_s"]["start_latency"]["count"] == 40
    with (tmp_path / "load.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert (rows[-1]["ended"], rows[-1]["talking"]) == ("40", "0")
    assert len(rows) >= 2
    assert (tmp_path / "load.html").read_text().startswith("<!doctype html>")


def test_a_stop_if_ends_the_run_in_order(server: Server) -> None:
    done = subprocess.run(
        fleet(server, "--phones", "3", "--talk", "300s", "--stop-if", "sent>100", "--fail-if", "failed>0"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "ended by --stop-if sent>100" in done.stdout
    assert "3 ended in order, 0 failed" in done.stdout
    assert "threshold     sent>100 is met" in done.stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_in_order_with_summary_and_reports(
    server: Server, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = begun(server, "--phones", "3", "--talk", "300s", "--csv", "rows.csv")
    process.send_signal(number)
    told, complaints = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, complaints) == (code, "")
    assert "ending all calls in order: once more ends them at once" in told
    assert "interrupted" in told
    assert "3 ended in order, 0 failed" in told
    assert (tmp_path / "rows.csv").exists()


def test_a_third_signal_waits_for_nothing_and_the_first_says_how_it_ended(server: Server) -> None:
    process = begun(server, "--phones", "3", "--talk", "300s")
    # Equal ones that wait would count as one; and they are delivered by their numbers.
    os.kill(process.pid, signal.SIGSTOP)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)
    os.kill(process.pid, signal.SIGCONT)
    told, complaints = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, complaints) == (129, "")
    assert "recordings" not in told


@pytest.mark.parametrize("words", [("--no-dashboard",), ("--csv", "-")])
def test_that_nobody_reads_the_summary_changes_nothing(server: Server, words: tuple[str, ...]) -> None:
    command = shlex.join(fleet(server, "--phones", "1", "--talk", "1s", *words))
    done = subprocess.run(
        ["bash", "-c", f"{command} | true; echo ${{PIPESTATUS[0]}}"], capture_output=True, text=True, timeout=60
    )
    # A report that nobody takes is another matter.
    assert (done.stdout, done.stderr) == ("3\n" if "--csv" in words else "0\n", "")


def test_the_end_of_the_terminal_is_the_exit_code_though_nobody_can_be_told(server: Server, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, *fleet(server, "--phones", "2", "--talk", "300s")[3:])
    try:
        terminal.until("talking")
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE_S) == 129
    finally:
        terminal.process.kill()
        terminal.process.wait()


def test_a_terminal_has_a_dashboard_and_then_the_summary(server: Server, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, *fleet(server, "--phones", "3", "--talk", "2s")[3:])
    try:
        drawn, _, told = terminal.until("of a core").partition("\x1b[?1049l")
        assert drawn.startswith("\x1b[?1049h")
        for text in ("Ctrl-C ends it", "talking", "packets/s"):
            assert text in drawn
        assert "3 started, 3 ended in order" in told
        assert terminal.process.wait(PATIENCE_S) == 0
    finally:
        terminal.close()


@pytest.mark.parametrize(
    ("name", "value", "colours"), [("TERM", "xterm", True), ("TERM", "dumb", False), ("NO_COLOR", "1", False)]
)
def test_a_summary_has_colours_where_they_are_wanted(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, colours: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    terminal = Terminal(tmp_path, *fleet(server, "--phones", "1", "--talk", "1500ms", "--no-dashboard")[3:])
    try:
        assert ("\x1b" in terminal.until("of a core")) is colours
    finally:
        terminal.close()


@pytest.mark.parametrize("why", ["asked", "no rich"])
def test_a_terminal_has_lines_where_there_is_no_dashboard(server: Server, tmp_path: Path, why: str) -> None:
    if why == "no rich":
        (tmp_path / "rich.py").write_text("raise ModuleNotFoundError('no rich', name='rich')\n")
    words = ("--no-dashboard",) if why == "asked" else ()
    terminal = Terminal(tmp_path, *fleet(server, "--phones", "1", "--talk", "6s", *words)[3:])
    try:
        shown = terminal.until("of a core")
        assert "\x1b[?1049h" not in shown
        assert "0:05  talking 1, connecting 0, ending 0; 1 started, 0 failed" in shown
    finally:
        terminal.close()
