"""Requests as steps: each kind has its row, secrets are stars, and what no step says is told."""

from __future__ import annotations

import pytest

from phone_recorder import control_api as api
from phone_recorder.harness.recorded_session.flow import Value
from phone_recorder.harness.recorded_session.session import Done
from phone_recorder.harness.recorded_session.steps import Steps, can_be_set, steps_of
from phone_recorder.recording.units import SECOND
from phone_recorder.settings.table import SETTINGS


def steps(*requests: api.Request, hidden: bool = False, locked: bool = False) -> Steps:
    """Of what was done a second after the other."""
    return steps_of((Done(at * SECOND, request, hidden) for at, request in enumerate(requests)), locked)


def said(*requests: api.Request, hidden: bool = False, locked: bool = False) -> list[tuple[str, Value]]:
    return [(step.key, step.value) for step in steps(*requests, hidden=hidden, locked=locked).steps]


@pytest.mark.parametrize(
    ("request_", "key", "value"),
    [
        (api.PressKey("dss1"), "press", "dss1"),
        (api.PressRecord("pause"), "press", "pause"),
        (api.StartCall("1003", "Eve X", "in"), "call", "begin in 1003 Eve X"),
        (api.StartCall(name="Nobody", direction="in"), "call", "begin in"),
        (api.AnswerCall(), "press", "hook"),
        (api.EndCall(), "call", "hang up"),
        (api.HoldCall(), "call", "hold"),
        (api.HoldCall(held=False), "call", "resume"),
        (api.InsertStick(), "stick", "plug"),
        (api.InsertStick(8 << 20, "exFAT"), "stick", "plug 8 MiB exFAT"),
        (api.PullStick(), "stick", "pull"),
        (api.FillStick(), "stick", "fill"),
        (api.FillStick(5000), "stick", "fill leaving 5000"),
        (api.SlowStick(200), "stick", "slow 200 ms"),
        (api.SlowStick(0), "stick", "fast"),
        (api.LockStick(), "stick", "lock"),
        (api.LockStick(locked=False), "stick", "unlock"),
        (api.SpoilStick(), "stick", "bad sector"),
        (api.SpoilStick(bad=False), "stick", "good"),
        (api.SetSettings({"record.mode": "network"}), "settings", {"record.mode": "network"}),
    ],
)
def test_a_request_is_a_step(request_: api.Request, key: str, value: Value) -> None:
    assert said(request_) == [(key, value)]


def test_every_method_that_changes_something_is_a_step_or_told() -> None:
    unsaid = {api.BY_REQUEST[type(request)].name for request in NO_STEP}
    assert {what for request in NO_STEP for _, what in steps(request).missing} == unsaid
    assert not any(said(request) for request in NO_STEP)


NO_STEP = (
    api.DeleteRecording("x.wav"),
    api.ExportRecording("x.wav"),
    api.StartPlayback("x.wav"),
    api.ControlPlayback("stop"),
    api.ClearLog(),
)


@pytest.mark.parametrize("method", [method for method in api.METHODS if method.safe], ids=lambda method: method.name)
def test_who_only_looks_does_nothing(method: api.Method) -> None:
    looked = steps(method.request())
    assert (looked.steps, looked.missing) == ([], [])


def test_letters_one_after_the_other_are_one_step() -> None:
    typed = [api.TypeText(letter) for letter in "a b"]
    assert said(*typed, api.PressKey("ok"), api.TypeText("c")) == [("type", "a b"), ("press", "ok"), ("type", "c")]


def test_a_blank_alone_cannot_be_typed() -> None:
    assert said(api.TypeText(" ")) == []


def test_what_is_typed_into_a_hidden_field_is_stars() -> None:
    assert said(api.TypeText("secret"), api.PressKey("1"), api.PressKey("ok"), hidden=True) == [
        ("type", "*******"),
        ("press", "ok"),
    ]


@pytest.mark.parametrize(("before", "after", "switch"), [(False, True, "lock"), (True, False, "unlock")])
def test_the_switch_of_a_stick_that_comes_is_moved_before(before: bool, after: bool, switch: str) -> None:
    assert said(api.InsertStick(locked=after), locked=before) == [("stick", switch), ("stick", "plug")]


def test_a_switch_that_has_been_moved_already_is_not_moved_again() -> None:
    assert said(api.LockStick(), api.InsertStick(locked=True)) == [("stick", "lock"), ("stick", "plug")]


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (api.InsertStick(file_system=""), "stick.insert without a file system"),
        (api.StartCall("1", near="silence"), "call.start with voices of its own"),
        (
            api.SetSettings({"account.password": "x", "call.near": "none"}),
            "settings.set account.password, settings.set call.near",
        ),
    ],
)
def test_what_no_step_says_is_told_with_its_instant(request_: api.Request, told: str) -> None:
    assert steps(api.PressKey("ok"), request_).missing == [(SECOND, told)]


def test_no_secret_can_be_written() -> None:
    assert not any(can_be_set(key) for key, setting in SETTINGS.items() if setting.kind.name == "secret")
