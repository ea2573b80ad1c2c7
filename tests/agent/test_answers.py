from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from phone_recorder import control_api as api
from phone_recorder.agent.answers import ANSWERS
from phone_recorder.control_api.methods import AGENT_METHODS
from phone_recorder.errors import PhoneRecorderError, UsageError
from tests.agent.daemon_rig import Rig, plan_in, rigged


def test_each_method_of_the_agent_has_an_answer_and_nothing_else_has() -> None:
    assert set(ANSWERS) == {method.request for method in AGENT_METHODS}


def test_every_answer_is_of_the_kind_that_its_method_tells(tmp_path: Path) -> None:
    told: dict[type[api.Request], dict[str, Any]] = {
        api.PressRecord: {"event": "start"},
        api.SetSettings: {"values": {}},
    }
    by_name = {api.DeleteRecording, api.ExportRecording}
    with rigged(plan_in(tmp_path)) as rig:
        rig.begin()
        for method in sorted(AGENT_METHODS, key=lambda one: one.request is api.FinishCall):
            if method.request not in by_name:
                assert type(rig.ask(method.request(**told.get(method.request, {})))) is method.result, method.name


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"held": True}, {"state": "held", "number": "1002"}),
        ({"held": False}, {"state": "connected"}),
        ({"codec": "PCMA"}, {"codec": "PCMA", "state": "connected"}),
        ({"remote_number": "1003", "remote_name": "Carol"}, {"number": "1003", "name": "Carol"}),
        ({"remote_name": ""}, {"name": "", "number": "1002"}),
        ({}, {"number": "1002", "name": "Bob", "codec": "PCMU", "state": "connected"}),
    ],
)
def test_a_change_of_a_call_is_told_and_remembered_and_the_rest_stays(
    change: dict[str, Any], told: dict[str, str], tmp_path: Path
) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        events: list[api.Event] = []
        rig.agent.watch(events.append, ["call"])
        rig.begin(remote_number="1002", remote_name="Bob", codec="PCMU")
        call = rig.ask(api.ChangeCall(**change))
        for name, value in told.items():
            assert getattr(call, name) == getattr(events[-1].data, name) == value
            assert rig.state["calls"][0]["told"][name] == value


@pytest.mark.parametrize(
    "request_", [api.ChangeCall("7"), api.FinishCall("7"), api.PressRecord(call="7"), api.GetRecording("7")]
)
def test_of_a_call_that_there_is_not_nothing_can_be_asked(request_: api.Request, tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        rig.begin()
        with pytest.raises(UsageError, match="there is no call 7: see call"):
            rig.ask(request_)


def test_without_a_call_a_key_is_told_what_to_do_first(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig, pytest.raises(UsageError, match="say that one has begun first"):
        rig.press("record")


def settings(rig: Rig) -> dict[str, Any]:
    return {one.key: one.value for one in rig.ask(api.ListSettings()).settings}


def test_what_is_set_is_in_the_file_when_that_is_answered(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path, file="phone.toml")) as rig:
        told = rig.ask(api.SetSettings({"record.auto": "on", "agent.rtp_ports": "40000-40100"}))
        assert told.problem == ""
        assert tomllib.loads((tmp_path / "phone.toml").read_text()) == {
            "record": {"auto": True},
            "agent": {"rtp_ports": "40000-40100"},
        }
        assert 40000 <= rig.begin().ports["mixed"] <= 40100


def test_what_cannot_be_kept_holds_all_the_same_and_that_is_said(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path, file="no-such-directory/phone.toml")) as rig:
        told = rig.ask(api.SetSettings({"record.auto": "on"}))
        assert "phone.toml" in told.problem
        assert rig.ask(api.GetStatus()).problem == told.problem
        rig.begin()
        assert rig.ask(api.GetRecording()).key == "recording"


def test_whoever_watches_learns_too_that_a_setting_could_not_be_kept(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path, file="no-such-directory/phone.toml")) as rig:
        events: list[api.Event] = []
        rig.agent.watch(events.append, ["settings"])
        told = rig.ask(api.SetSettings({"record.auto": "on"}))
        assert "phone.toml" in events[-1].data.problem
        assert events[-1].data == told


def test_a_lamp_that_is_not_there_is_said_to_whoever_sets_it(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        told = rig.ask(api.SetSettings({"agent.lamp": "no-such-lamp"}))
        assert "no-such-lamp" in told.problem
        assert rig.ask(api.ListSettings()).problem == rig.ask(api.GetStatus()).problem == told.problem
        assert rig.ask(api.SetSettings({"agent.lamp": ""})).problem == ""


def test_settings_that_cannot_be_change_nothing(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path, file="phone.toml")) as rig:
        before = settings(rig)
        with pytest.raises(PhoneRecorderError):
            rig.ask(api.SetSettings({"record.auto": "on", "record.mode": "tape"}))
        assert settings(rig) == before and not (tmp_path / "phone.toml").exists()


def test_a_wrong_password_is_not_told_back(tmp_path: Path) -> None:
    """A secret in a sentence of ours would be in somebody's log."""
    with rigged(plan_in(tmp_path)) as rig:
        with pytest.raises(UsageError) as refused:
            rig.ask(api.SetSettings({"account.password": "hunter2"}))
        assert "hunter2" not in str(refused.value)
        assert "hunter2" not in repr(rig.ask(api.ListSettings())) + repr(rig.ask(api.GetStatus()))
