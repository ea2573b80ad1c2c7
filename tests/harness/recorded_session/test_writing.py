"""A session as a file: it reads back as what it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from phone_recorder import control_api as api
from phone_recorder.harness.recorded_session.session import Session
from phone_recorder.harness.recorded_session.writing import scenario_text
from phone_recorder.harness.scenario.case import Case, StickPlan
from phone_recorder.harness.scenario.reading import read_cases
from phone_recorder.recording.units import SECOND, to_seconds
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import SETTINGS, changed, value_of
from tests.harness.recorded_session.sessions import STICK, done, session, talk

FIXTURES = Path(__file__).parents[3] / "fixtures"
HOOK, BEGIN = api.PressKey("hook"), api.StartCall("77")


def written(session: Session, directory: Path) -> Case:
    """The case that the file of the session holds."""
    path = directory / "it.scenario.yaml"
    path.write_text(scenario_text(session, directory), "utf-8")
    [case] = read_cases(path)
    return case


def steps(case: Case) -> list[tuple[float, str]]:
    return [(to_seconds(step.at), step.text) for step in case.steps]


def test_what_is_at_the_top_reads_back(tmp_path: Path) -> None:
    case = written(session(talks=(talk(length=7.02, name="Bob: the ${first}", codec="PCMA"),)), tmp_path)
    assert (case.call.length, case.call.number, case.call.name) == (7.1 * SECOND, "1002", "Bob: the ${first}")
    assert (case.near.voice, case.far.voice, case.far.codec) == ("tone:440:0", "tone:660:1", "PCMA")
    assert case.stick == StickPlan() and case.steps == ()


def test_it_says_that_it_was_recorded(tmp_path: Path) -> None:
    assert scenario_text(session(), tmp_path).startswith("# Recorded from a live session.")


SET = {
    "phone.model": "BX6",
    "phone.number": "42",
    "record.mode": "network",
    "record.size_limit": "1M",
    "record.ptime": "30",
    "record.enabled": "off",
    "server.host": "192.0.2.7",
    "server.timeout": "2.5",
    "keys.dss2": "none",
}


def test_settings_that_differ_read_back(tmp_path: Path) -> None:
    texts = {key: text for key, text in SET.items() if key in SETTINGS}
    made = session(settings=texts)
    case = written(made, tmp_path)
    differ = changed(made.beginning.settings, case.settings)
    assert [key for key in differ if key != "call.codec"] == []
    assert len(changed(PhoneSettings(), made.beginning.settings)) == len(texts) >= 7


def test_a_password_is_not_written(tmp_path: Path) -> None:
    text = scenario_text(session(settings={"account.password": "hidden", "account.user": "me"}), tmp_path)
    assert "hidden" not in text and "account" not in text


def test_every_setting_that_can_be_written_reads_back(tmp_path: Path) -> None:
    values = {key: value_of(PhoneSettings(), key) for key in SETTINGS}
    texts = {key: SETTINGS[key].kind.text(value) for key, value in values.items() if value != ""}
    case = written(session(done(1, api.SetSettings(texts))), tmp_path)
    [step] = case.steps
    assert {key for key in texts if key.startswith(("record.", "server.", "phone."))} <= set(step.action.texts)  # type: ignore[union-attr]


def test_a_voice_from_a_file_is_named_from_where_the_scenario_is(tmp_path: Path) -> None:
    voice = FIXTURES / "speech" / "far_en.wav"
    made = session()
    made = Session(type(made.beginning)(made.beginning.settings, STICK, "none", str(voice)), made.talks)
    case = written(made, tmp_path)
    assert case.near.voice == "none"
    assert Path(case.far.voice).resolve() == voice and case.far.repeat
    assert str(FIXTURES) not in scenario_text(made, voice.parent)


@pytest.mark.parametrize(
    ("stick", "plan"),
    [
        (replace(STICK, free=5000), StickPlan(left=5000)),
        (replace(STICK, inserted=False, free=None), StickPlan(plugged=False)),
        (replace(STICK, locked=True, free=None, delay_ms=300), StickPlan(locked=True, delay_ms=300)),
        (replace(STICK, file_system="exFAT", capacity=1000, free=1000), StickPlan(1000, file_system="exFAT")),
    ],
)
def test_the_stick_reads_back(stick: api.Stick, plan: StickPlan, tmp_path: Path) -> None:
    assert written(session(stick=stick), tmp_path).stick == plan


def test_a_stick_that_was_bad_is_from_the_first_instant_on(tmp_path: Path) -> None:
    assert steps(written(session(stick=replace(STICK, bad=True)), tmp_path)) == [(0, "stick: bad sector")]


def test_a_call_that_ended_by_itself_is_as_long_as_it_was(tmp_path: Path) -> None:
    case = written(session(done(9.98, api.PressKey("record")), talks=(talk(length=9.99),)), tmp_path)
    assert (case.call.length, steps(case)) == (10.1 * SECOND, [(10, "press: record")])


def test_a_call_that_was_hung_up_is_longer_than_that(tmp_path: Path) -> None:
    case = written(session(done(9.98, HOOK), talks=(talk(length=9.99, by_request=True),)), tmp_path)
    assert (case.call.length, steps(case)) == (11 * SECOND, [(10, "press: hook")])


def test_of_several_calls_each_ends_when_it_did(tmp_path: Path) -> None:
    talks = (talk(length=5, by_request=True), talk(12, 20.3))
    case = written(session(done(5, HOOK), done(12, BEGIN), talks=talks), tmp_path)
    assert case.call.length == 22 * SECOND
    assert steps(case) == [(5, "press: hook"), (12, "call: begin out 77"), (32.3, "call: hang up")]


def test_what_is_done_long_after_the_call_has_its_place(tmp_path: Path) -> None:
    case = written(session(done(200, api.PressKey("menu"))), tmp_path)
    assert steps(case) == [(10, "call: hang up"), (200, "press: menu")]


def test_what_no_step_says_is_a_comment(tmp_path: Path) -> None:
    text = scenario_text(session(done(2, api.ClearLog())), tmp_path)
    assert "# Not among the steps, for no step says it: at 2 s log.clear\n" in text
