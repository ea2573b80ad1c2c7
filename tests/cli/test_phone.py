"""`phone-recorder phone`: what makes no sense is said; a page, a terminal, and Ctrl-C that leaves all in order."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.adapters.record_reader import open_record
from phone_recorder.cli.main import cli
from tests.cli.terminal import Terminal

PATIENCE_S = 20


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["phone", *map(str, words)])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--set", "record.mode"], "is not KEY=VALUE"),
        (["--set", "record.mode=tape"], "record.mode: 'tape' is none of local, network, sip_info"),
        (["--set", "recod.mode=local"], "did you mean record.mode"),
        (["--usb", "nowhere"], "there is no such file or directory"),
        (["--usb", "auto", "--no-stick"], "--no-stick goes with"),
        (["--usb", "auto", "--usb-size", "2M"], "--usb-size goes with"),
        (["--automount"], "--automount goes with --usb auto"),
        (["--tls-cert", "c.pem"], "--tls-cert and --tls-key go together"),
        (["--terminal"], "needs a terminal"),
        (["--http", "0.0.0.0:0"], "nobody may log in yet: add a user with `phone-recorder phone passwd`"),
        (["--http", "127.0.0.1:99999"], "is not HOST:PORT"),
        (["--config", "bad.toml"], "bad.toml, line 2, record.mode"),
        (["--set", "account.registrar=sip:x y"], "account.registrar"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_text('[record]\nmode = "tape"\n')
    result = run(*words)
    assert result.exit_code == 2 and sentence in result.stderr and result.stderr.count("\n") == 1


@contextmanager
def phone(home: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A phone process, and where its page is; it must end in order, without a complaint."""
    command = [sys.executable, "-m", "phone_recorder", "phone", "--http", "127.0.0.1:0", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home) as process:
        try:
            assert process.stdout and process.stderr
            line = process.stdout.readline()
            yield process, line.partition(" is on: ")[2].partition(";")[0]
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_S) == 0 and process.stderr.read() == ""
        finally:
            process.kill()


def ask(url: str, method: str, **fields: object) -> dict[str, object]:
    """A method of the API."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api/v1/{method}", json.dumps(fields).encode(), headers)
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        decoded: dict[str, object] = json.load(answer)
        return decoded


@pytest.mark.live
def test_ctrl_c_in_a_recording_leaves_a_whole_file(tmp_path: Path) -> None:
    with phone(tmp_path, "--set", "phone.model=BX6") as (_, url):
        assert ask(url, "phone.get")["model"] == "BX6"
        ask(url, "call.start", number="1002")
        ask(url, "record.press")
        deadline = time.monotonic() + PATIENCE_S
        while ask(url, "screen.get")["timer"] != "00:01":
            assert time.monotonic() < deadline
    [path] = (tmp_path / "usb").glob("Record_*.wav")
    with open_record(path) as record:
        assert record.examination.problems == () and record.header.duration_s > 1.0


@pytest.mark.live
def test_what_is_set_on_the_phone_is_in_the_file_and_there_again(tmp_path: Path) -> None:
    with phone(tmp_path) as (_, url):
        ask(url, "settings.set", values={"record.mode": "network", "server.host": "192.0.2.7"})
    with phone(tmp_path) as (_, url):
        settings = {one["key"]: one["value"] for one in ask(url, "settings.list")["settings"]}  # type: ignore[attr-defined]
    assert settings["server.host"] == "192.0.2.7"
    shown = CliRunner().invoke(cli, ["config", "show", "--file", str(tmp_path / "phone.toml"), "record.mode"])
    assert 'mode = "network"' in shown.stdout


@pytest.mark.live
def test_a_user_and_a_token_let_others_in(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("correct horse\n")
    config = tmp_path / "phone.toml"
    assert run("passwd", "--config", config, "--password-file", tmp_path / "secret").exit_code == 0
    token = run("token", "--config", config, "--label", "ci").stdout.strip()
    command = [sys.executable, "-m", "phone_recorder", "phone", "--http", "0.0.0.0:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().partition(" is on: ")[2].partition(";")[0].replace("0.0.0.0", "127.0.0.1")
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{url}/api/v1/screen.get", timeout=PATIENCE_S)
            assert refused.value.code == 401
            allowed = urllib.request.Request(f"{url}/api/v1/screen.get", headers={"Authorization": f"Bearer {token}"})
            with urllib.request.urlopen(allowed, timeout=PATIENCE_S) as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_S)


@pytest.mark.live
def test_the_phone_on_a_terminal_is_used_by_keys_alone(tmp_path: Path) -> None:
    screen = Terminal(tmp_path, "phone", "--terminal", "--set", "phone.language=zh")
    try:
        screen.until("应用")
        screen.type("1002\r")
        screen.until("00:01")
        screen.type("r")
        screen.until("(*) 录音")
        screen.type("m1")
        screen.until("录音管理")
        screen.type("\x1b")
        screen.type("\x1b")
        screen.type("r")
        screen.until("录音已保存")
        screen.type("q")
        screen.until("\x1b[?1049l")
        assert screen.process.wait(PATIENCE_S) == 0
    finally:
        with suppress(OSError):
            screen.close()
    assert len(list((tmp_path / "usb").glob("Record_*.wav"))) == 1


def stand_still(screen: Terminal) -> None:
    """Have more drawn than a terminal holds that nobody reads."""
    screen.type("5" * 300)
    screen.process.send_signal(signal.SIGINT)


@pytest.mark.live
@pytest.mark.parametrize("end", [stand_still, Terminal.hang_up])
def test_a_terminal_that_stands_still_or_goes_leaves_a_whole_recording(
    end: Callable[[Terminal], None], tmp_path: Path
) -> None:
    screen = Terminal(tmp_path, "phone", "--terminal")
    try:
        screen.until("Apps")
        screen.type("1002\r")
        screen.until("00:01")
        screen.type("r")
        screen.until("(*) Record")
        end(screen)
        assert screen.process.wait(PATIENCE_S) == 0
    finally:
        with suppress(OSError):
            screen.close()
    [path] = (tmp_path / "usb").glob("Record_*.wav")
    with open_record(path) as record:
        assert record.examination.problems == ()
