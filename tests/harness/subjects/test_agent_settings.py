"""An agent is set as a case wants it, and afterwards has what it had."""

from __future__ import annotations

from typing import Any

import pytest

from phone_recorder.errors import AgentRefused, AgentUnreachable
from phone_recorder.harness.subjects.agent_settings import borrowed, set_texts, texts_at_start, wanted_texts
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_value


class FakeAgent:
    """Has settings, and takes all of them but those that it `refuses`."""

    def __init__(self, refuses: str = "") -> None:
        self.values = {"record.codec": "G722", "record.pause": "skip", "usb.drive": "MINE", "agent.lamp": "red"}
        self.asked: list[dict[str, str]] = []
        self.refuses = refuses
        self.gone = False

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if self.gone:
            raise AgentUnreachable("the agent is gone")
        if method == "settings.set":
            if self.refuses in params["values"]:
                raise AgentRefused(f"{self.refuses} means nothing")
            self.asked.append(params["values"])
            self.values |= params["values"]
        return {"settings": [{"key": key, "value": value, "kind": "text"} for key, value in self.values.items()]}


def test_it_is_set_only_to_what_it_is_not_and_has_its_own_afterwards() -> None:
    agent = FakeAgent()
    before = dict(agent.values)
    with borrowed(agent, {"record.codec": "PCMU", "record.pause": "skip", "server.host": "unknown to it"}):
        assert agent.asked == [{"record.codec": "PCMU"}]
        set_texts(agent, {"record.pause": "silence"})
    assert agent.values == before


def test_it_has_its_own_after_an_error_too() -> None:
    agent = FakeAgent()
    before = dict(agent.values)
    with pytest.raises(ZeroDivisionError), borrowed(agent, {"record.codec": "PCMU"}):
        raise ZeroDivisionError
    assert agent.values == before


def test_what_it_died_of_is_told_and_not_that_it_is_dead() -> None:
    agent = FakeAgent()
    with pytest.raises(ZeroDivisionError), borrowed(agent, {"record.codec": "PCMU"}):
        agent.gone = True
        raise ZeroDivisionError


def test_what_it_does_not_take_it_refuses_before_anything_is_played() -> None:
    with (
        pytest.raises(AgentRefused, match=r"^record.codec means nothing$"),
        borrowed(FakeAgent("record.codec"), {"record.codec": "PCMU"}),
    ):
        pytest.fail("it is played")


def test_a_case_is_about_recording_and_its_server_alone() -> None:
    texts = wanted_texts(PhoneSettings(), ("127.0.0.1", 4711))
    assert {key.partition(".")[0] for key in texts} == {"record", "server"}
    assert (texts["server.host"], texts["server.port"]) == ("127.0.0.1", "4711")


def test_an_agent_that_is_made_for_it_is_told_what_is_no_default() -> None:
    settings = with_value(with_value(PhoneSettings(), "record.codec", "PCMA"), "usb.folder", "calls")
    assert texts_at_start(settings, None) == {"record.codec": "PCMA", "usb.folder": "calls"}
