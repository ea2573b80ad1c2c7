"""`test --record`: a phone on a terminal is played with, and the scenario that is left passes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from tests.cli.terminal import Terminal

PATIENCE_S = 20
FILE = "it.scenario.yaml"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["test", *map(str, words)])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--record", FILE], "a session needs a terminal"),
        (["--record", FILE, "--web", "127.0.0.1:0", "-k", "x"], "-k does not go with --record"),
        (["--record", FILE, "--web", "127.0.0.1:0", "--list"], "--list does not go with --record"),
        (["--record", FILE, "there.scenario.yaml"], "leave out PATHS"),
        (["--record", "it.yaml"], "a name that ends with .scenario.yaml"),
        (["--record", f"none/{FILE}"], "there is no directory none"),
        (["--record", "there.scenario.yaml", "--web", "127.0.0.1:0"], "is there already"),
        (
            ["--record", "voice.scenario.yaml", "--web", "127.0.0.1:0", "--force"],
            "a link to a file that is no scenario",
        ),
        (["--record", "loop.scenario.yaml", "--web", "127.0.0.1:0", "--force"], "name another file"),
        (["--record", "pipe.scenario.yaml", "--web", "127.0.0.1:0", "--force"], "it is no regular file, and cannot"),
        (["--record", "/proc/x.scenario.yaml", "--web", "127.0.0.1:0"], "name another file"),
        (["--record", FILE, "--phone", "sip.toml", "--web", "127.0.0.1:0"], "no SIP server"),
        (["--web", "127.0.0.1:0"], "--web goes with --record"),
        (["--phone", "sip.toml"], "--phone goes with --record"),
        (["--force"], "--force goes with --record"),
    ],
)
def test_what_makes_no_sense_is_said(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.scenario.yaml").write_text("mine\n")
    (tmp_path / "sip.toml").write_text('[record]\nmode = "sip_info"\n')
    (tmp_path / "voice.scenario.yaml").symlink_to("voice.wav")
    (tmp_path / "loop.scenario.yaml").symlink_to("loop.scenario.yaml")
    os.mkfifo(tmp_path / "pipe.scenario.yaml")
    result = run(*words)
    assert result.exit_code == 2 and sentence in result.stderr
    assert (tmp_path / "there.scenario.yaml").read_text() == "mine\n" and not (tmp_path / FILE).exists()


class Session(Terminal):
    """A terminal with a session on it, which `home` has the file of."""

    def __init__(self, home: Path, *words: str) -> None:
        super().__init__(home, "test", "--record", FILE, *words)

    def call_and_record(self) -> None:
        self.until("Apps")
        self.type("1002\r")
        self.until("00:01")
        self.type("r")
        self.until("(*) Record")

    def quit(self) -> None:
        self.type("q")

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)


@contextmanager
def session(home: Path, *words: str) -> Iterator[Session]:
    screen = Session(home, *words)
    try:
        yield screen
    finally:
        with suppress(OSError):
            screen.close()


@pytest.mark.live
@pytest.mark.parametrize("end", [Session.quit, Session.interrupt, Session.hang_up])
def test_a_session_is_written_however_it_ends(end: Callable[[Session], None], tmp_path: Path) -> None:
    with session(tmp_path) as screen:
        screen.call_and_record()
        end(screen)
        assert screen.process.wait(PATIENCE_S) == 0
    assert "press: record" in (tmp_path / FILE).read_text()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    again = run(tmp_path / FILE)
    assert again.exit_code == 0, again.stdout


@pytest.mark.live
def test_what_was_written_is_played_and_told(tmp_path: Path) -> None:
    (tmp_path / "phone.toml").write_text('[phone]\nmodel = "BX6"\n\n[account]\nregistrar = "sip:192.0.2.1"\n')
    (tmp_path / FILE).write_text("an older one\n")
    with session(tmp_path, "--phone", "phone.toml", "--force") as screen:
        screen.call_and_record()
        screen.quit()
        shown = screen.until("1 passed")
        assert f"{FILE} is written" in shown and screen.process.wait(PATIENCE_S) == 0
    assert "phone: {model: BX6}\n" in (tmp_path / FILE).read_text()


@pytest.mark.live
def test_a_session_without_a_call_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("an older one\n")
    with session(tmp_path, "--force") as screen:
        screen.until("Apps")
        screen.quit()
        screen.until("call somebody in the session")
        assert screen.process.wait(PATIENCE_S) == 2
    assert (tmp_path / FILE).read_text() == "an older one\n"


@pytest.mark.live
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_session_that_is_ended_while_it_begins_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    """The signal comes as soon as its directory is there."""
    command = [sys.executable, "-m", "phone_recorder", "test", "--record", FILE, "--web", "127.0.0.1:0"]
    made = tmp_path / "tmp"
    made.mkdir()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env={**os.environ, "TMPDIR": str(made)}
    )
    while not any(made.iterdir()) and process.poll() is None:
        os.sched_yield()
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (2, 128 + number) and b"Traceback" not in err
    assert list(made.iterdir()) == [] and not (tmp_path / FILE).exists()


@pytest.mark.live
def test_a_page_does_without_a_terminal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "phone_recorder", "test", "--record", FILE, "--web", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().partition(" is on: ")[2].partition(";")[0]
            ask(url, "call.start", number="1003")
            ask(url, "stick.pull")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_S)
    assert "stick: pull" in (tmp_path / FILE).read_text()


def ask(url: str, method: str, **values: object) -> None:
    request = urllib.request.Request(
        f"{url}/api/v1/{method}", json.dumps(values).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        assert answer.status == 200
