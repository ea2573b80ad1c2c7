"""`phone-recorder ctl` against an agent that knows nothing but literal lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from phone_recorder.cli.main import cli
from tests.cli.fake_agent import FakeAgent


@dataclass(frozen=True)
class Told:
    """What a command asked, printed and complained of, and its exit code."""

    asked: list[str]
    stdout: str
    stderr: str
    code: int


def ctl(directory: Path, words: list[str], answer: str, method: str, params: str) -> Told:
    """The command, whose agent answers this one request with this result or error (`"result":...`)."""
    asked = f'{{"jsonrpc": "2.0", "id": 1, "method": "{method}", "params": {params}}}\n'
    said = f'{{"jsonrpc":"2.0","id":1,{answer}}}\n'
    return ctl_lines(directory, words, {asked.encode(): said.encode()})


def ctl_lines(directory: Path, words: list[str], answers: dict[bytes, bytes]) -> Told:
    """The command, whose agent has these answers to these lines."""
    with FakeAgent(directory / "s", answers) as agent:
        result = CliRunner().invoke(cli, ["ctl", "--socket", str(directory / "s"), *words], prog_name="phone-recorder")
    return Told([line.decode() for line in agent.asked], result.stdout, result.stderr, result.exit_code)
