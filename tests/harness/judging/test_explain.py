"""A whole case as prose."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from phone_recorder.harness.judging.case_words import beginning
from phone_recorder.harness.judging.explain import explain
from phone_recorder.harness.scenario.actions import Press, ServerActs, SipActs, Step, Stick, Talk
from phone_recorder.harness.scenario.case import CallPlan, Case, PartyPlan, StickPlan, Subject
from phone_recorder.harness.scenario.expected import AudioIs, Expectation, FilesAre, Messages, ScreenIs
from phone_recorder.recording.units import SECOND
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_texts
from tests.harness.judging.evidence import case, exactly

STEPS = (Step(0, Press("record")), Step(2 * SECOND, Stick("pull")), Step(3 * SECOND, Stick("plug")))
EXPECTED = (
    Expectation(FilesAre(count=exactly(1), whole=True)),
    Expectation(AudioIs("contains", ("far",)), recording=1),
    Expectation(ScreenIs(icon="failed", prompt="pulled out"), at=2 * SECOND),
    Expectation(Messages("control", none=True), at=SECOND),
)
WHOLE = """\
Ten seconds are recorded
Until the stick is pulled.
ten_seconds in ten_seconds.scenario.yaml

subject       our own phone, or another that is played the same
phone         BX5S, number 1001, Near Party, language en; records to a USB drive in PCMU, packets of 20 ms
settings      record.size_limit 1M
near          a tone of 440 Hz in the first of every two seconds, PCMU, packets of 20 ms
far           speech/far.wav, over and over, PCMA, packets of 30 ms, silence is not sent
network       delivers all
call          to 1002 Far Party, 10 s
stick         64 MiB of FAT32, all of it is free, plugged in
clock         2026-03-02 10:00:00 at the start; the virtual clock, or real time
seed          the run's
tags          drive, S1

0 s           the call begins
0 s           press record
1 s           expect control none
2 s           pull the stick out
2 s           expect screen icon failed
2 s           expect screen prompt "pulled out"
3 s           plug the stick in
10 s          the call ends
at the end    expect files count 1
at the end    expect files whole
at the end    expect recording 1, audio contains far, likeness > 0.95"""


def rows(made: Case) -> dict[str, str]:
    return dict(beginning(made))


def settings(**texts: str) -> PhoneSettings:
    return with_texts(PhoneSettings(), {key.replace("__", "."): text for key, text in texts.items()})


def test_a_case_is_told_in_the_order_of_time_with_its_defaults() -> None:
    made = case(
        *EXPECTED,
        description="Until the stick is pulled.",
        settings=settings(record__size_limit="1M"),
        far=PartyPlan("scenarios/speech/far.wav", "PCMA", 30, dtx=True, repeat=True),
        stick=StickPlan(),
        steps=STEPS,
        tags=("drive", "S1"),
    )
    assert explain(made) == WHOLE


def test_servers_are_told_of_where_the_phone_uses_them() -> None:
    server = case(settings=settings(record__mode="server"), server=ServerActs("hang"))
    sip = case(settings=settings(record__mode="sip_info"), sip=SipActs(0))
    assert rows(server)["server"] == rows(sip)["sip server"] == "answers nothing"
    assert {"stick", "sip server"}.isdisjoint(rows(server))
    assert {"stick", "server"}.isdisjoint(rows(sip))
    assert rows(case())["stick"] == "none"
    assert "server" not in rows(case())


def test_a_stick_is_told_of_in_full() -> None:
    stick = StickPlan(16 << 20, 2 << 20, "exFAT", False, True, 200, (("Record_20260101000000.wav", 30),))
    assert rows(case(stick=stick))["stick"] == (
        "16 MiB of exFAT, 2 MiB are free, not plugged in, write-protected, takes 200 ms for each write,"
        " Record_20260101000000.wav of 30 s is on it"
    )


def test_the_limits_of_a_sticks_file_system_are_told_of() -> None:
    told = rows(case(stick=StickPlan(largest_file=4 << 20, most_files=3)))["stick"]
    assert told.endswith("plugged in, no file larger than 4 MiB, no more than 3 record files")


@pytest.mark.parametrize(
    ("subject", "arrivals", "text"),
    [
        ("phone", None, "our own phone, or another that is played the same"),
        ("agent", None, "a real agent alone"),
        ("arrivals", None, "a phone that records to us, as many recordings as come while the call lasts"),
        ("arrivals", 1, "a phone that records to us, until 1 recording has come"),
        ("arrivals", 3, "a phone that records to us, until 3 recordings have come"),
    ],
)
def test_it_is_told_who_is_tested(subject: Subject, arrivals: int | None, text: str) -> None:
    assert rows(case(subject=subject, arrivals=arrivals))["subject"] == text


def test_every_subject_has_words() -> None:
    assert all(rows(case(subject=subject))["subject"] for subject in get_args(Subject))


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (PartyPlan("none"), "sends nothing"),
        (PartyPlan("silence", repeat=True), "silence, PCMU, packets of 20 ms"),
        (
            PartyPlan("tone:660:1", "G722"),
            "a tone of 660 Hz in the second of every two seconds, G722, packets of 20 ms",
        ),
        (PartyPlan("tone:660"), "a tone of 660 Hz, PCMU, packets of 20 ms"),
        (PartyPlan("/elsewhere/far.wav"), "far.wav, PCMU, packets of 20 ms"),
    ],
)
def test_a_party_is_told_of_by_its_voice(plan: PartyPlan, text: str) -> None:
    assert rows(case(near=plan))["near"] == text


def test_a_call_that_comes_in_later_is_told_of() -> None:
    call = CallPlan(SECOND, "in", "1003", "", first=False)
    made = case(call=call, live=False, seed=7)
    assert rows(made)["call"] == "from 1003, 1 s, which a step begins"
    assert rows(made)["clock"].endswith("the virtual clock only")
    assert rows(made)["seed"] == "7"
    assert "the call begins" not in explain(made)


def test_a_call_that_is_hung_up_has_no_other_end() -> None:
    made = case(steps=(Step(SECOND, Talk("hang up")),))
    assert "1 s           hang up" in explain(made)
    assert "the call ends" not in explain(made)
    assert "the call ends" in explain(replace(made, steps=(Step(20 * SECOND, Talk("hang up")),)))
