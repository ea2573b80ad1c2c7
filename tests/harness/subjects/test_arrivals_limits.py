"""What cannot be asked of a phone that only records to us, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.harness.scenario.actions import Press, ServerActs, Step
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import (
    AccountSays,
    AudioIs,
    Expectation,
    FilesAre,
    Messages,
    ScreenIs,
    StateIs,
)
from phone_recorder.harness.subjects.arrivals_limits import why_not
from tests.harness.fake_engine import case

PLAIN = case("a", subject="arrivals")


@pytest.mark.parametrize(
    "what",
    [
        FilesAre(count=Bound(1, 1)),
        AccountSays({"state": "recorded"}),
        Messages("control", ("sent RecordStartRequest",)),
        AudioIs("contains", ("far",)),
        AudioIs("lacks", ("near",)),
        AudioIs("silent"),
        AudioIs("equals", file=Path("a.wav")),
    ],
)
def test_what_arrives_can_be_expected(what: Any) -> None:
    assert why_not(replace(PLAIN, expected=(Expectation(what),))) == ""


@pytest.mark.parametrize(
    ("expectation", "reason"),
    [
        (Expectation(ScreenIs(icon="recording")), "tells nothing but its recordings"),
        (Expectation(StateIs("recording")), "tells nothing but its recordings"),
        (Expectation(Messages("sip", none=True)), "tells nothing but its recordings"),
        (Expectation(AudioIs("only", ("far",))), "only cannot be told"),
        (Expectation(AudioIs("equals", ("far",))), "equals cannot be told"),
        (Expectation(FilesAre(), at=0), "leave out at"),
    ],
)
def test_what_does_not_arrive_has_its_reason(expectation: Expectation, reason: str) -> None:
    assert reason in why_not(replace(PLAIN, expected=(expectation,)))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"subject": "phone"}, "write subject: arrivals"),
        ({"steps": (Step(0, Press("record")),)}, "leave out its steps"),
        ({"server": ServerActs("hang")}, "leave out server"),
    ],
)
def test_what_cannot_be_done_to_it_has_its_reason(changed: dict[str, Any], reason: str) -> None:
    assert reason in why_not(replace(PLAIN, **changed))
