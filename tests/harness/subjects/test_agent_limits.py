"""What an agent cannot be told, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from phone_recorder.harness.scenario import actions
from phone_recorder.harness.scenario.actions import Action, RtpFault, ServerActs, SipActs, Step
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.case import CallPlan, Case, StickPlan
from phone_recorder.harness.scenario.expected import AudioIs, Expectation, FilesAre, ScreenIs
from phone_recorder.harness.subjects.agent_limits import NO_CLOCK, NO_SIP, NO_STICK, UNSEEN, why_not
from phone_recorder.settings.table import with_value
from tests.harness.fake_engine import case

PLAIN = case("a", stick=StickPlan())


def with_mode(mode: str, **more: Any) -> Case:
    return replace(PLAIN, settings=with_value(PLAIN.settings, "record.mode", mode), **more)


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (actions.Press("record"), ""),
        (actions.Press("pause"), ""),
        (actions.Press("dss1"), "an agent has no key dss1"),
        (actions.Type("hello"), "an agent has no field to type into"),
        (actions.Talk("hold"), ""),
        (actions.Talk("hang up"), ""),
        (actions.Talk("begin"), "an agent is played one call, from its beginning"),
        (actions.Stick("pull"), NO_STICK),
        (ServerActs("hang"), ""),
        (SipActs(), NO_SIP),
        (actions.Network(), ""),
        (RtpFault("new ssrc"), ""),
        (actions.ClockJump(8), NO_CLOCK),
        (actions.Standstill(8), "an agent cannot be told to stand still"),
        (actions.Change({"record.pause": "silence"}), ""),
    ],
)
def test_a_step_that_an_agent_cannot_be_told_has_its_reason(action: Action, why: str) -> None:
    assert why_not(replace(PLAIN, steps=(Step(0, action),)), True, True) == why


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (ScreenIs(icon="recording", prompt="Recording", lamp="on", timer=Bound(0, 1)), ""),
        (ScreenIs(shows=("USB",)), "an agent has no screen with more than the record state"),
        (ScreenIs(call="Far"), "an agent has no screen with the call on it"),
        (FilesAre(names=("Record_*.wav",)), ""),
        (FilesAre(names=("Record_20260302100000.wav",)), f"{NO_CLOCK}: write names such as Record_*.wav"),
    ],
)
def test_what_an_agent_does_not_tell_has_its_reason(what: Any, why: str) -> None:
    assert why_not(replace(PLAIN, expected=(Expectation(what),)), True, True) == why


@pytest.mark.parametrize("what", [FilesAre(count=Bound(1, 1)), AudioIs("contains", ("far",))])
def test_files_that_cannot_be_seen_are_not_expected(what: Any) -> None:
    expected = (Expectation(what),)
    assert why_not(replace(PLAIN, expected=expected), False, False) == UNSEEN
    assert why_not(replace(PLAIN, expected=expected), True, False) == ""
    assert why_not(with_mode("network", expected=expected), False, False) == ""


@pytest.mark.parametrize(
    ("stick", "own", "why"),
    [
        (StickPlan(size=1 << 20), True, ""),
        (StickPlan(size=1 << 20), False, NO_STICK),
        (StickPlan(locked=True), True, NO_STICK),
        (None, True, NO_STICK),
    ],
)
def test_only_an_agents_own_stick_has_a_size(stick: StickPlan | None, own: bool, why: str) -> None:
    assert why_not(replace(PLAIN, stick=stick), True, own) == why


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (replace(PLAIN, live=False), "it is for the virtual clock alone"),
        (replace(PLAIN, call=CallPlan(8000, first=False)), "an agent is played one call, from its beginning"),
        (replace(PLAIN, begins_at=datetime(2027, 1, 1)), NO_CLOCK),
        (with_mode("sip_info"), NO_SIP),
        (with_mode("network", stick=None), ""),
    ],
)
def test_a_case_that_is_for_something_else_has_its_reason(changed: Case, why: str) -> None:
    assert why_not(changed, True, True) == why
