"""`phone-recorder agent`: its options, what makes no sense, the unit file, and how little it loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.adapters.unix_socket import listen
from phone_recorder.agent.plan import AgentPlan
from phone_recorder.cli.agent import command, plan_of
from phone_recorder.cli.main import cli
from tests.adapters.short_path import short_path

ROOT = Path(__file__).parents[2]
HEAVY = ("asyncio", "ssl", "hashlib", "starlette", "jinja2", "numpy", "sounddevice", "uvicorn", "websockets", "evdev")
TELL_MODULES = """
import sys
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.cli.main import main
Reactor.run = lambda self: print(*sys.modules)
main()
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["agent", *map(str, words)])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--set", "record.mode"], "is not KEY=VALUE"),
        (["--set", "record.mode=tape"], "record.mode: 'tape' is none of local, network, sip_info"),
        (["--set", "agent.lamb=x"], "did you mean agent.lamp"),
        (["--usb", "nowhere"], "there is no such file or directory"),
        (["--usb", "auto", "--usb-size", "2M"], "--usb-size goes with"),
        (["--usb", ".", "--automount"], "--automount goes with --usb auto"),
        (["--usb", ".", "--usb-size", "much"], "'much'"),
        (["--config", "bad.toml", "--usb", "."], "bad.toml, line 2, record.mode"),
        (["--usb", ".", "--runtime", "a-file"], "a-file"),
        (["--usb", ".", "--runtime", "x" * 120], "its path has more than 107 bytes"),
        (["--usb"], "--usb"),
        (["now"], "unexpected extra argument"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_text('[record]\nmode = "tape"\n')
    (tmp_path / "a-file").touch()
    result = run(*words)
    assert result.exit_code == 2 and sentence in result.stderr and result.stderr.count("\n") == 1


def test_a_second_agent_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with short_path() as directory, listen(directory / "agent.sock"):
        result = run("--usb", tmp_path, "--runtime", directory)
    assert result.exit_code == 2
    assert result.stderr.endswith("another program does already: end that, or name another path\n")
    assert result.stderr.count("\n") == 1


def test_help_names_each_option_and_where_it_belongs() -> None:
    told = run("--help").stdout
    for word in ("--config", "--set", "--runtime", "--unit", "--usb", "--usb-size", "--automount", "The USB port:"):
        assert word in told


def test_the_unit_file_names_the_program_that_has_printed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/recorder/bin/phone-recorder", "agent", "--unit"])
    told = run("--unit").stdout
    assert "ExecStart=/opt/recorder/bin/phone-recorder agent --config /var/lib/phone-recorder/phone.toml\n" in told
    assert "Type=notify\n" in told and "/usr/bin/phone-recorder" not in told


@pytest.mark.parametrize("directory", ["/tmp/x", "/var/tmp/x", "/home/me/venv/bin", "/root"])
def test_a_program_that_the_units_sandbox_hides_is_warned_of(directory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [f"{directory}/phone-recorder-of-none"])
    result = run("--unit")
    assert result.exit_code == 0 and f"ExecStart={directory}/phone-recorder-of-none agent" in result.stdout
    assert result.stderr == (
        f"phone-recorder: the agent's sandbox will not see {directory}/phone-recorder-of-none: "
        "install it below /opt or /usr\n"
    )


@pytest.mark.parametrize("directory", ["/opt/recorder/bin", "/usr/bin", "/homes", "/opt/home/tmp/root"])
def test_of_any_other_program_there_is_no_warning(directory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [f"{directory}/phone-recorder-of-none"])
    assert run("--unit").stderr == ""


@pytest.mark.parametrize(
    "words",
    [["--automount"], ["--usb", "auto"], ["--usb-size", "1M"], ["--config", "x"], ["--set", "a=b"], ["--runtime", "r"]],
)
def test_a_unit_with_options_is_refused(words: list[str]) -> None:
    result = run("--unit", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "phone-recorder: --unit goes alone: put options into the unit's ExecStart\n"


def planned(*words: str | Path) -> AgentPlan:
    """What an agent would be started with."""
    with command.make_context("agent", list(map(str, words))) as context:
        return plan_of(context.params)


@pytest.mark.parametrize(("environ", "resumes"), [({}, False), ({"RUNTIME_DIRECTORY": "/run/elsewhere"}, True)])
def test_where_systemd_keeps_the_runtime_directory_it_goes_on_after_a_restart(
    environ: dict[str, str], resumes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    plan = planned("--usb", tmp_path)
    assert plan.resumes == resumes
    assert not resumes or plan.socket == Path("/run/elsewhere/agent.sock")


def test_a_runtime_directory_that_is_named_goes_before_all_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/elsewhere")
    plan = planned("--usb", tmp_path, "--runtime", tmp_path / "r", "--usb-size", "1M")
    assert (plan.runtime, plan.usb, plan.usb_size) == (tmp_path / "r", tmp_path, 1 << 20)


def test_it_loads_no_event_loop_no_tls_and_nothing_for_pages_or_sound(tmp_path: Path) -> None:
    with short_path() as directory:
        words = ["agent", "--usb", str(tmp_path), "--runtime", str(directory), "--config", str(tmp_path / "p.toml")]
        done = subprocess.run(
            [sys.executable, "-c", TELL_MODULES, *words], cwd=ROOT, capture_output=True, text=True, check=True
        )
    loaded = done.stdout.split()
    assert [name for name in HEAVY if name in loaded] == []
    assert "phone_recorder.agent.daemon" in loaded


def test_it_ends_with_another_code_than_a_wrong_option_when_it_has_a_bug(tmp_path: Path) -> None:
    bug = TELL_MODULES.replace("print(*sys.modules)", "1 / 0")
    with short_path() as directory:
        words = ["agent", "--usb", str(tmp_path), "--runtime", str(directory), "--config", str(tmp_path / "p.toml")]
        done = subprocess.run([sys.executable, "-c", bug, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "ERROR=ZeroDivisionError" in done.stderr and "Traceback" not in done.stderr
