from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from phone_recorder.harness.call.network import Impairment
from phone_recorder.harness.scenario.actions import Network, Press, ServerActs, SipActs
from phone_recorder.harness.scenario.case import BEGINS_AT, CallPlan, Case, PartyPlan, StickPlan
from phone_recorder.harness.scenario.places import ScenarioError
from phone_recorder.harness.scenario.reading import read_cases
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_value
from tests.harness.scenario.everything import case_of, written, wrong

SPEECH = Path(__file__).parents[3] / "fixtures" / "speech"
DEFAULTS = with_value(PhoneSettings(), "call.codec", "PCMU")


def test_a_scenario_that_says_nothing_has_all_defaults(tmp_path: Path) -> None:
    assert case_of(tmp_path, "") == Case(
        name="made",
        path=tmp_path / "made.scenario.yaml",
        title="made",
        settings=DEFAULTS,
        near=PartyPlan("tone:440:0"),
        far=PartyPlan("tone:660:1"),
        call=CallPlan(80_000),
        stick=StickPlan(),
        begins_at=BEGINS_AT,
    )


def test_all_of_a_scenario_is_read(tmp_path: Path) -> None:
    case = case_of(
        tmp_path,
        "description: >\n  more\n  of it\ntags: [a, 2]\nserver: refuse busy\nsip server: hang\nseed: 7\n"
        "network: loss 2 %\nclock: 2026-12-31 23:59:58\ncall: {length: 3 s, direction: in, number: 0100, name: X}\n",
    )
    assert (case.description, case.tags, case.seed) == ("more of it", ("a", "2"), 7)
    assert (case.server, case.sip, case.network) == (
        ServerActs("refuse", "busy"),
        SipActs(0, ""),
        Network(Impairment(0.02)),
    )
    assert case.begins_at == datetime(2026, 12, 31, 23, 59, 58)
    assert case.call == CallPlan(24_000, "in", "0100", "X")


def test_a_call_lasts_as_long_as_its_longest_voice(tmp_path: Path) -> None:
    lengths = {case_of(tmp_path, f"near: {SPEECH / name}_en.wav").call.length for name in ("near", "far")}
    both = case_of(tmp_path, f"near: {SPEECH}/near_en.wav\nfar: {{voice: {SPEECH}/far_en.wav}}\n")
    assert both.call.length == max(lengths) and min(lengths) > 8000


def test_a_voice_is_found_beside_its_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "voice.wav").write_bytes((SPEECH / "near_en.wav").read_bytes())
    written(tmp_path, "near: ../voice.wav", "deep/base.yaml")
    assert case_of(tmp_path, "include: deep/base.yaml").near.voice == str(tmp_path / "voice.wav")


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("silence", PartyPlan("silence")),
        ("none", PartyPlan("none")),
        (
            "{voice: tone:500, codec: PCMA, ptime: 30 ms, dtx: true, repeat: true}",
            PartyPlan("tone:500", "PCMA", 30, True, True),
        ),
        ("{ptime: 60}", PartyPlan("tone:440:0", ptime_ms=60)),
    ],
)
def test_a_party_is_a_voice_or_more(tmp_path: Path, text: str, plan: PartyPlan) -> None:
    assert case_of(tmp_path, f"near: {text}").near == plan


def test_the_calls_codec_is_the_recordings_unless_it_is_named(tmp_path: Path) -> None:
    recorded = "phone: {settings: {record.codec: G722}}\n"
    assert case_of(tmp_path, recorded).far.codec == "G722"
    named = case_of(tmp_path, f"{recorded}call: {{codec: PCMA}}\nnear: {{codec: PCMU}}\n")
    assert (named.near.codec, named.far.codec, named.settings.call.codec) == ("PCMU", "PCMA", "PCMA")
    assert named.settings.record.codec == "G722"


def test_there_may_be_no_call_in_the_beginning(tmp_path: Path) -> None:
    assert case_of(tmp_path, "call: none").call == CallPlan(80_000, first=False)


def test_nothing_has_to_happen(tmp_path: Path) -> None:
    assert case_of(tmp_path, "steps: []").steps == ()


def test_the_phone_has_settings_as_they_are_typed_or_as_toml_has_them(tmp_path: Path) -> None:
    case = case_of(
        tmp_path,
        "phone:\n  model: bx6\n  number: 0123\n  name: A B\n  language: zh\n"
        "  settings: {record.mode: server, record.tone: on, record.auto: true, record.ptime_ms: 30,\n"
        "    server.timeout_s: 1.5}\n",
    )
    settings = case.settings
    assert (settings.model, settings.local_number, settings.local_name, settings.language) == (
        "BX6",
        "0123",
        "A B",
        "zh",
    )
    record = settings.record
    assert (record.mode, record.tone, record.auto, record.ptime_ms, record.server.timeout_ms) == (
        "server",
        True,
        True,
        30,
        1500,
    )


@pytest.mark.parametrize(("text", "live"), [("false", False), ("only", True), ("true", None)])
def test_which_clock_can_play_it(tmp_path: Path, text: str, live: bool | None) -> None:
    assert case_of(tmp_path, f"live: {text}").live is live


def test_steps_of_an_included_file_are_sorted_in(tmp_path: Path) -> None:
    written(tmp_path, "steps: [{at: 0 s, press: record}, {at: 5 s, press: stop}]", "base.yaml")
    case = case_of(tmp_path, "include: base.yaml\nsteps: [{at: 2 s, press: pause}, {at: 5 s, press: ok}]")
    assert [step.action for step in case.steps] == [Press(key) for key in ("record", "pause", "stop", "ok")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour: red", "2: colour: there is no such key: there are scenario"),
        ("cal: none", "2: cal: there is no such key: did you mean call"),
        ("variable: {a: 1}", "2: variable: there is no such key: did you mean variables"),
        ("phone: BX6", "2: phone: it is no phone: write keys and values, of model"),
        ("phone: {model: BX9}", "2: phone.model: 'BX9' is none of BX3S"),
        (
            "phone:\n  settings:\n    record.mod: x",
            "4: phone.settings.record.mod: there is no setting record.mod: did you",
        ),
        ("phone: {settings: {record: {mode: x}}}", "2: phone.settings.record: settings stand one below the other"),
        ("phone: {settings: {record.mode: usb}}", "2: phone.settings.record.mode: 'usb' is none of local"),
        ("phone: {settings: {record.tone: 3}}", "2: phone.settings.record.tone: 3 is neither true nor false"),
        (
            "phone: {settings: {server.port: 99999}}",
            "2: phone.settings.server.port: 99999 is no whole number from 1 to",
        ),
        ("phone: {settings: {sip_info.on: 'off'}}", "2: phone.settings.sip_info.on: a server cannot tell on from off"),
        (
            "phone: {settings: {call.near: x}}",
            "2: phone.settings.call.near: a scenario says this elsewhere: write near:",
        ),
        ("phone: {settings: [a]}", "2: phone.settings: it is no mapping"),
        ("call: soon", "2: call: it is no call: write keys and values, of length"),
        ("call: {length: 3}", "2: call.length: '3' is no time: write one with its unit"),
        ("call: {length: 0 s}", "2: call.length: a call of no length is none"),
        ("call: {length: 25 h}", "2: call.length: 25 h is longer than 24 h"),
        ("near: tone:5", "2: near: 'tone:5' is no tone: write tone:HZ with 20 to 3400 Hz, such as tone:440"),
        ("near: none.wav", "2: near: cannot read"),
        ("near: [silence]", "2: near: it is no single value: write tone:HZ, silence, none"),
        ("far: {voice: none.wav}", "2: far.voice: cannot read"),
        ("far: {dtx: on}", "2: far.dtx: 'on' is neither true nor false: write one of them"),
        ("far: {ptime: 25 ms}", "2: far.ptime: no packet lasts 25 ms"),
        ("server: restart", "2: server: 'restart' is no server: write one of ours"),
        (
            "network: stall 1 s",
            "2: network: a stall is at an instant: write it as a step, such as network: stall 500 ms",
        ),
        ("clock: today", "2: clock: 'today' is no date and time: write one such as 2026-03-02 10:00:00"),
        ("clock: 9999-12-31 23:59:59", "2: clock: 9999-12-31 23:59:59 is not from 1970 to 2099: write one such as"),
        ("clock: 1969-12-31 23:59:59", "2: clock: 1969-12-31 23:59:59 is not from 1970 to 2099"),
        (
            "clock: 2099-12-30 12:00:00\nsteps: [{at: 1 s, clock: jump 20 h}, {at: 2 s, clock: jump 20 h}]",
            "3: steps.2: it is then 2100-01-01, which is not from 1970 to 2099: make the leap shorter",
        ),
        (
            "clock: 1970-01-01 00:00:00\nsteps: [{at: 1 s, clock: jump -2 s}]",
            "3: steps.1: it is then 1969-12-31, which is not",
        ),
        ("tags: []", "2: tags: the list says nothing: write an item, or leave its key out"),
        ("expect: []", "2: expect: the list says nothing: write an item, or leave its key out"),
        ("seed: -1", "2: seed: -1 is not from 0 to"),
        ("live: maybe", "2: live: 'maybe' is no way to play it"),
        ("tags: [[a]]", "2: tags.1: it is no single value: write a word"),
        ("stick: none\nsteps: [{at: 0 s, stick: pull}]", "3: steps.1: there is no stick in this scenario"),
        (
            "steps:\n- {at: 2 s, press: ok}\n- {at: 1 s, press: ok}",
            "4: steps.2: 1 s is before the step above it, at 2 s",
        ),
        ("steps: [{at: 2 min, press: ok}]", "2: steps.1: 120 s is more than 60 s after the last call's end, at 10 s"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line_and_key(tmp_path: Path, text: str, told: str) -> None:
    assert wrong(tmp_path, text).startswith(told)


def test_a_scenario_says_what_it_is_about(tmp_path: Path) -> None:
    path = written(tmp_path, "seed: 1")
    with pytest.raises(ScenarioError, match=r":1: scenario is missing: write scenario: and one sentence"):
        read_cases(path)


def test_after_another_call_began_there_is_more_time(tmp_path: Path) -> None:
    case = case_of(tmp_path, "steps: [{at: 60 s, call: begin}, {at: 125 s, press: ok}]")
    assert case.steps[1].at == 1_000_000
    assert "after the last call's end, at 70 s" in wrong(
        tmp_path, "steps: [{at: 60 s, call: begin}, {at: 131 s, press: ok}]"
    )
