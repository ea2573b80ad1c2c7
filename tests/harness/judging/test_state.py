"""Expectations of the record key and of the call."""

from __future__ import annotations

from typing import Any

import pytest

from phone_recorder.harness.scenario.expected import StateIs
from tests.harness.judging.evidence import screen, told_of

SAVED = {"key": "idle", "screen": screen(prompt="Recording saved: 1 file")}


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        (StateIs(key="recording"), {}),
        (StateIs(key="recording", call="connected"), {}),
        (StateIs(key="waiting paused"), {"key": "waiting_paused"}),
        (StateIs(call="/held|ended/"), {"call": "held"}),
    ],
)
def test_it_is_as_expected(what: StateIs, changes: dict[str, Any]) -> None:
    assert told_of(what, **changes) == []


@pytest.mark.parametrize(
    ("what", "changes", "line"),
    [
        (StateIs(key="recording"), SAVED, 'state key recording: it is idle, "Recording saved: 1 file"'),
        (StateIs(key="paused"), {"key": "waiting_paused"}, 'state key paused: it is waiting paused, "Recording"'),
        (StateIs(call="held"), {"screen": screen(prompt="")}, "state call held: it is connected"),
    ],
)
def test_it_says_what_it_is_instead(what: StateIs, changes: dict[str, Any], line: str) -> None:
    assert told_of(what, **changes) == [f"at the end, {line}"]
