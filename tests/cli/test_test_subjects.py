"""`test` of another device than our own phone: which options name one, and its reports."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from tests.harness.conformance.faulty_server import FaultyServer

NOWHERE = "127.0.0.1:9"


def run_test(*words: str) -> Result:
    return CliRunner().invoke(cli, ["test", *words])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--server", NOWHERE, "-j", "2"], "-j does not go with --server: the cases of a server are played one after"),
        (["--server", NOWHERE, "--keep", "x"], "--keep does not go with --server: a server leaves nothing here"),
        (["--server", NOWHERE, "--explain"], "--explain does not go with --server: "),
        (["--server", NOWHERE, "a.scenario.yaml"], "--server brings its own cases: name no scenarios"),
        (["--server", NOWHERE, "--codecs", "X"], "--codecs X: there is no codec 'X': choose from PCMU"),
        (["--server", NOWHERE, "-k", "zebra"], "cases is selected: see their names and tags with --list"),
        (["--stored", "."], "--stored goes with --server"),
        (["--recordings", "."], "--recordings goes with --agent"),
        (["--agent", "auto", "--recordings", "."], "one of --agent auto has its own stick"),
        (["--agent", "auto", "--live"], "--live does not go with --agent: an agent is always played in real time"),
        (["--agent", "a.sock", "-j", "2"], "-j does not go with --agent: one agent plays a case after the other"),
        (["--agent", ""], "--agent is empty: write the path of the agent's socket, or auto"),
        (["--agent", "", "--list"], "--agent is empty: write the path of the agent's socket, or auto"),
        (["--agent", "."], ". is no socket: name the agent's, such as /run/phone-recorder/agent.sock"),
        (["--agent", "a.scenario.yaml"], "a.scenario.yaml is no socket: name the agent's, such as"),
        (["--agent", "x" * 200], "xxx is too long for a socket: name one with a shorter path"),
        (["--agent", "none.sock", "a.scenario.yaml"], "no agent answers at none.sock: start one with"),
        (["--arrivals", "127.0.0.1:0", "-j", "2"], "-j does not go with --arrivals: one address is for one case"),
        (["--arrivals", "127.0.0.1:0", "--server", NOWHERE], "--arrivals and --server are two devices"),
        (["--codecs", "PCMU"], "--codecs goes with --server"),
    ],
)
def test_what_does_not_go_together_is_one_sentence_and_2(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.scenario.yaml").write_text("scenario: Nothing happens\n")
    result = run_test(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert sentence in line


def test_the_cases_of_a_server_are_listed_without_one() -> None:
    result = run_test("--server", NOWHERE, "--list", "-k", "rtp")
    assert result.exit_code == 0
    assert result.stdout.startswith("server/takes rtp  Somebody listens at the port that was named")


@pytest.mark.live
def test_a_server_has_the_reports_of_a_run(tmp_path: Path) -> None:
    junit, html = tmp_path / "report.xml", tmp_path / "report.html"
    with FaultyServer(tmp_path, "leaves the result out") as address:
        where = f"{address[0]}:{address[1]}"
        result = run_test("--server", where, "-k", "takes a recording", "--junit", str(junit), "--html", str(html))
    assert result.exit_code == 1
    told = result.stdout.splitlines()
    assert told[0].startswith("failed   server/takes a recording")
    assert f" --server={where} -k " in told[-1] and told[-1].endswith('"server/takes a recording"\'')
    assert parse(junit).getroot().get("failures") == "1"
    assert "server/takes a recording" in html.read_text()


@pytest.mark.live
def test_a_server_that_is_right_is_0(tmp_path: Path) -> None:
    with FaultyServer(tmp_path) as address:
        result = run_test("--server", f"{address[0]}:{address[1]}", "-k", "takes a recording", "--json")
    assert result.exit_code == 0
    assert [json.loads(line)["type"] for line in result.stdout.splitlines()] == ["result", "summary"]


@pytest.mark.live
def test_an_agent_and_a_phone_that_comes_are_told_apart(tmp_path: Path) -> None:
    """A case that is for another device is skipped, and told which option it wants."""
    for subject in ("phone", "agent", "arrivals"):
        (tmp_path / f"{subject}.scenario.yaml").write_text(
            f"scenario: Nothing happens\nsubject: {subject}\ncall: {{length: 100 ms}}\n"
        )
    ours = run_test(str(tmp_path), "-j", "1").stdout
    agents = run_test(str(tmp_path), "--agent", "auto", "-j", "1").stdout
    arrivals = run_test(str(tmp_path), "--arrivals", "127.0.0.1:0").stdout
    assert "1 passed, 2 skipped" in ours and "add --agent SOCKET" in ours and "add --arrivals HOST:PORT" in ours
    assert "2 passed, 1 skipped" in agents
    assert "1 failed, 2 skipped" in arrivals and "none has come" in arrivals
