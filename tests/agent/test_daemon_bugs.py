"""A bug in the recording of one call: it is logged, and ends neither the agent nor what is recorded of other calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from phone_recorder import control_api as api
from phone_recorder.agent import daemon
from phone_recorder.agent.call_maker import CallMaker
from phone_recorder.agent.signs import Pressed, Signs
from tests.agent.daemon_rig import Rig, plan_in, rigged

BUG = "error: a bug of the agent: ZeroDivisionError"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> list[Pressed]:
    """Where what is told of the device's keys goes."""
    taken: list[Pressed] = []

    def signs(reactor: Any, pressed: Pressed, log: Any) -> Signs:
        taken.append(pressed)
        return Signs(reactor, pressed, log)

    monkeypatch.setattr(daemon, "Signs", signs)
    return taken


@contextmanager
def no_recording_begins() -> Iterator[None]:
    def oops(*_: object) -> None:
        raise ZeroDivisionError("oops")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CallMaker, "new_recording", oops)
        yield


def keys_of(rig: Rig) -> list[str]:
    """How the record key of each call stands."""
    return [rig.ask(api.GetRecording(call.id)).key for call in rig.ask(api.ListCalls()).calls]


def test_a_key_that_meets_one_is_logged_and_the_other_call_is_recorded_on(tmp_path: Path, keys: list[Pressed]) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        rig.begin()
        [press] = keys
        press("record")
        rig.begin()
        with no_recording_begins():
            press("record")
            press("record")
        assert keys_of(rig) == ["recording", "idle"]
        assert rig.said.getvalue().count(BUG) == 2
        press("record")
        assert keys_of(rig) == ["recording", "recording"]


def test_a_recording_that_was_to_begin_with_the_call_is_logged_and_the_call_has_begun(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path, "record.auto=on")) as rig:
        with no_recording_begins():
            rig.begin()
        assert keys_of(rig) == ["idle"]
        assert rig.said.getvalue().count(BUG) == 1
        assert rig.press("start").key == "recording"
