"""Agents that mean harm: the case fails in one line that can be read, and that is no trouble of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import RunOptions
from phone_recorder.harness.scenario.reading import read_cases
from phone_recorder.harness.subjects.agent import RealAgent
from tests.adapters.short_path import short_path
from tests.harness.subjects.hostile_agent import ACCOUNT, STARTED, STATE, Answer, hostile_agent, raw, refusal, result

pytestmark = pytest.mark.live

LONGEST = 400
SCENARIO = """\
scenario: All that an agent can be asked
call: {length: 200 ms}
steps:
  - {at: 0 s, settings: {record.pause: silence}}
  - {at: 50 ms, call: hold}
  - {at: 100 ms, press: start}
expect:
  - {at: 150 ms, state: {call: connected}}
"""
STRANGE = "is no agent of this kind: it says "
GONE = "has closed the connection: it was stopped, or has crashed"
REFUSED = "the agent refuses what a case needs: "
FIRST: dict[str, tuple[Answer, str]] = {
    "closes": (raw(b""), GONE),
    "closes in the midst of a line": (raw(b'{"jsonrpc": "2.0", "id"'), GONE),
    "says null": (raw(b"null\n"), STRANGE + "null"),
    "says a list": (raw(b"[1]\n"), STRANGE + "[1]"),
    "says a text": (raw(b'"here"\n'), STRANGE + '"here"'),
    "says nothing of use": (raw(b"{}\n"), STRANGE + "{}"),
    "says garbage": (raw(bytes(range(128, 256)) * 9 + b"\n"), STRANGE),
    "steers the terminal": (raw(b"\x1b[31m\n"), STRANGE + "\N{REPLACEMENT CHARACTER}[31m"),
    "has no end of depth": (raw(b"[" * 100_000 + b"\n"), STRANGE + "[[[["),
    "has a number without end": (raw(b'{"id": ' + b"9" * 10_000 + b"}\n"), STRANGE + '{"id": 999'),
    "has a line without end": (raw(b"x" * (17 << 20)), STRANGE + "a line of more than 16 MiB"),
    "answers another": (raw(b'{"jsonrpc": "2.0", "id": 4711, "result": {}}\n'), STRANGE),
    "has a result that is null": (result(None), STRANGE),
    "refuses": (refusal({"code": 1, "message": "not today"}), REFUSED + "not today"),
    "refuses at length": (refusal({"message": "no\n" + "y" * 5000}), REFUSED + "no\N{REPLACEMENT CHARACTER}yyy"),
    "refuses in no text": (refusal({"message": {"a": [1]}}), REFUSED + "{'a': [1]}"),
    "refuses by half a character": (refusal({"message": "\ud800"}), REFUSED + "\N{REPLACEMENT CHARACTER}"),
}
"""What each says to the first question, and what is told of it."""
LATER: list[tuple[str, Answer, str]] = [
    ("settings.set", refusal({"message": "no"}), REFUSED + "no"),
    ("call.start", result({**STARTED, "ports": None}), "answers to call.start makes no sense: Expected `object`, got"),
    ("call.start", result({**STARTED, "host": "1..2"}), "answers to call.start makes no sense: '1..2' does not appear"),
    ("call.start", refusal({"message": "no"}), REFUSED + "no"),
    ("call.change", refusal({"message": "no"}), "the agent refuses what line 5 asks of it: no"),
    ("call.list", result({"calls": None}), "answers to call.list makes no sense: Expected `array`, got `null`"),
    ("call.end", raw(b""), GONE),
    ("call.end", result([]), STRANGE),
    ("record.get", raw(b""), GONE),
    ("record.get", result({**STATE, "recordings": [None]}), "answers to record.get makes no sense: Expected `object`"),
    ("record.get", result({**STATE, "recordings": [{**ACCOUNT, "duration_s": "1"}]}), "Expected `float`, got `str`"),
    ("record.press", result({}), "answers to record.press makes no sense: Object missing required field"),
]
"""Who answers a while, and what then."""


def played(method: str, hostile: Answer, tmp_path: Path) -> Result:
    (tmp_path / "a.scenario.yaml").write_text(SCENARIO)
    with short_path() as home, hostile_agent(home / "a.sock", method, hostile):
        agent = RealAgent(str(home / "a.sock"))
        [played] = agent.run(read_cases(tmp_path / "a.scenario.yaml"), RunOptions(7, tmp_path / "played"))
    return played


def assert_told(result: Result, told: str) -> None:
    assert (result.outcome, result.why) == ("failed", "")
    [failure] = result.failures
    assert told in failure.seen
    assert len(str(failure)) < LONGEST and str(failure).isprintable()


@pytest.mark.parametrize("kind", FIRST)
def test_one_that_is_hostile_from_the_first_question_on_has_failed_in_a_line(kind: str, tmp_path: Path) -> None:
    hostile, told = FIRST[kind]
    assert_told(played("settings.list", hostile, tmp_path), told)


@pytest.mark.parametrize(("method", "hostile", "told"), LATER)
def test_one_that_is_hostile_later_has_failed_in_a_line(
    method: str, hostile: Answer, told: str, tmp_path: Path
) -> None:
    assert_told(played(method, hostile, tmp_path), told)


def test_one_that_does_as_it_should_passes(tmp_path: Path) -> None:
    assert played("", raw(b""), tmp_path).outcome == "passed"
