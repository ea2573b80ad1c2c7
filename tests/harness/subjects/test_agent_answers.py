"""An agent that answers what it should not is at fault, and is told so in one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from phone_recorder.errors import AgentRefused, AgentUnreachable, NotConforming
from phone_recorder.harness.subjects.agent_answers import CheckedAgent
from tests.harness.subjects.hostile_agent import ACCOUNT, GOOD, STARTED, STATE


class Agent:
    """Answers one thing, or raises it."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self._answer = answer

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(("method", "answer"), GOOD.items())
def test_what_is_as_it_should_be_is_passed_on(method: str, answer: dict[str, Any]) -> None:
    assert CheckedAgent(Agent(answer)).ask(method, {}) is answer


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("call.start", {}),
        ("call.start", {**STARTED, "id": None}),
        ("call.start", {**STARTED, "host": "nohost.invalid\n"}),
        ("call.start", {**STARTED, "host": ""}),
        ("call.start", {**STARTED, "host": "1.2.3.4.5"}),
        ("call.start", {**STARTED, "ports": {"near": 4000}}),
        ("call.start", {**STARTED, "ports": {"near": 4000, "far": 65536}}),
        ("call.start", {**STARTED, "ports": {"near": "4000", "far": 4002}}),
        ("call.list", {"calls": {"id": "1"}}),
        ("call.list", {"calls": [1]}),
        ("record.get", {**STATE, "recordings": None}),
        ("record.get", {**STATE, "icon": "burning"}),
        ("record.get", {**STATE, "timer": "soon"}),
        ("record.get", {**STATE, "recordings": [{**ACCOUNT, "duration_s": "long"}]}),
        ("record.get", {**STATE, "recordings": [{**ACCOUNT, "gaps": [{"stream": "far"}]}]}),
        ("record.get", {**STATE, "recordings": [{**ACCOUNT, "parts": [{"path": "a\0b"}]}]}),
        ("record.get", {**STATE, "recordings": [{**ACCOUNT, "duration_s": float("inf")}]}),
        ("record.get", {**STATE, "recordings": [{**ACCOUNT, "streams": [{"name": []}]}]}),
        ("record.get", {**STATE, "recordings": [{**ACCOUNT, "foreign": 1 << 60}]}),
        ("record.get", {**STATE, "recordings": [{**ACCOUNT, "foreign": float("nan")}]}),
        ("record.get", {**STATE, "prompt": "\ud800"}),
        ("record.get", {**STATE, "more": json.loads("[" * 40 + "]" * 40)}),
        ("record.press", {key: value for key, value in STATE.items() if key != "lamp"}),
        ("settings.list", {"settings": [{"key": "record.codec"}]}),
    ],
)
def test_an_answer_of_another_shape_is_the_agents_fault(method: str, answer: dict[str, Any]) -> None:
    with pytest.raises(NotConforming, match=rf"^what the agent answers to {method} makes no sense: \S.{{1,300}}$"):
        CheckedAgent(Agent(answer)).ask(method, {})


def test_an_agent_that_is_gone_in_the_midst_does_not_conform() -> None:
    with pytest.raises(NotConforming, match="it was stopped"):
        CheckedAgent(Agent(AgentUnreachable("it was stopped"))).ask("record.get", {})


def test_a_refusal_is_one_line_that_can_be_shown() -> None:
    with pytest.raises(AgentRefused) as refused:
        CheckedAgent(Agent(AgentRefused("no\x1b[31m\nway " + "y" * 5000))).ask("record.press", {})
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 300
