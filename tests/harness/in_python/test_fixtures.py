"""Each verb of the fixtures is a step, or a beginning, that the language of scenarios knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.call.network import Impairment
from phone_recorder.harness.evidence import Evidence, FileSeen, Recorded
from phone_recorder.harness.in_python.building import Scene
from phone_recorder.harness.in_python.fixtures import Call, Phone, RecordServer, UsbStick
from phone_recorder.harness.in_python.heard import Heard
from phone_recorder.harness.in_python.parts import At, Part
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.runner.one_case import Engine
from phone_recorder.harness.scenario.actions import (
    Action,
    Change,
    ClockJump,
    Network,
    Press,
    RtpFault,
    Standstill,
    Stick,
    Talk,
    Type,
)
from phone_recorder.harness.scenario.case import Case
from tests.harness.fake_engine import MOMENT


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene("test_something", tmp_path, tmp_path, 7, Engine(lambda *_: evidence(), judge))


def evidence(recordings: int = 1) -> Evidence:
    account = {"state": "recorded", "duration_s": 1.0, "gaps_count": 2, "streams": [{"name": "far", "lost": 3}]}
    recorded = Recorded(account, 0, ())
    file = FileSeen("Record_1.wav", 76, None)
    end = replace(MOMENT, on_stick=(file,), accounts=(account,) * recordings)
    return Evidence({8000: replace(end, key="paused")}, end, (recorded,) * recordings, {})


@pytest.mark.parametrize(
    ("happens", "action"),
    [
        (lambda at: at.press("record"), Press("record")),
        (lambda at: at.type("hello"), Type("hello")),
        (lambda at: at.hold(), Talk("hold")),
        (lambda at: at.resume(), Talk("resume")),
        (lambda at: at.hang_up(), Talk("hang up")),
        (lambda at: at.begin("in 1003 Somebody"), Talk("begin", "1003", "Somebody", "in")),
        (lambda at: at.rtp("new ssrc"), RtpFault("new ssrc")),
        (lambda at: at.network("loss 10 %"), Network(Impairment(loss=0.1))),
        (lambda at: at.clock_jumps(-3600), ClockJump(-3600 * 8000)),
        (lambda at: at.stands_still(0.5), Standstill(4000)),
        (lambda at: at.do("settings", {"record.pause": "silence"}), Change({"record.pause": "silence"})),
    ],
)
def test_what_happens_at_an_instant(scene: Scene, happens: Callable[[At], At], action: Action) -> None:
    assert isinstance(happens(Call(scene).at(1.5)), At)
    [step] = scene.case().steps
    assert (step.at, step.action) == (12000, action)


@pytest.mark.parametrize(
    ("done", "action"),
    [
        (lambda stick: stick.plug(1), Stick("plug")),
        (lambda stick: stick.pull(1), Stick("pull")),
        (lambda stick: stick.swap(1), Stick("swap")),
        (lambda stick: stick.fill(1), Stick("fill", 0)),
        (lambda stick: stick.fill(1, leaving="2 MiB"), Stick("fill", 2 << 20)),
        (lambda stick: stick.lock(1), Stick("lock")),
        (lambda stick: stick.unlock(1), Stick("unlock")),
        (lambda stick: stick.slow(0.2, at=1), Stick("slow", 200)),
        (lambda stick: stick.slow(0, at=1), Stick("slow", 0)),
        (lambda stick: stick.bad_sector(1), Stick("bad")),
        (lambda stick: stick.bad_sector(1, once=True), Stick("bad once")),
        (lambda stick: stick.good(1), Stick("good")),
    ],
)
def test_what_is_done_with_the_stick(scene: Scene, done: Callable[[UsbStick], UsbStick], action: Action) -> None:
    assert isinstance(done(UsbStick(scene)), UsbStick)
    [step] = scene.case().steps
    assert (step.at, step.action) == (8000, action)


def test_phone_stick_and_call_are_as_they_are_called_to_be(scene: Scene) -> None:
    Phone(scene)({"record.pause": "silence"}, model="BX6", language="zh").settings({"record.tone": True})
    UsbStick(scene)(size="16 MiB", left="2 MiB", file_system="exFAT", plugged=False)
    Call(scene)(near="tone:500", far="silence", length=2.5, number="77", codec="PCMA")
    case = scene.case()
    assert (case.settings.model, case.settings.language, case.settings.record.tone) == ("BX6", "zh", True)
    assert case.stick and (case.stick.size, case.stick.left, case.stick.plugged) == (16 << 20, 2 << 20, False)
    assert case.stick.file_system.casefold() == "exfat"
    assert (case.near.voice, case.near.codec, case.far.voice) == ("tone:500", "PCMA", "silence")
    assert (case.call.length, case.call.number) == (20000, "77")


def test_settings_and_keys_of_the_phone_can_come_later(scene: Scene) -> None:
    Phone(scene).settings({"record.pause": "silence"}, at=1).press("dss1", at=2)
    assert [step.action for step in scene.case().steps] == [Change({"record.pause": "silence"}), Press("dss1")]


def test_what_came_of_it(scene: Scene) -> None:
    assert Phone(scene).screen() == MOMENT.screen
    assert Phone(scene).key() == "idle"
    assert [file.name for file in UsbStick(scene).files()] == ["Record_1.wav"]
    assert Call(scene).recording.duration == 1.0
    assert Call(scene).evidence is scene.evidence


@pytest.mark.parametrize(
    ("ask", "instead"),
    [
        (
            lambda scene: Phone(scene).shows("Idle", icon="idle", lamp="off", shows_not=["saved"]),
            "screen lamp off: none",
        ),
        (lambda scene: Phone(scene).shows("Pause", at=1), "at 1 s, screen shows Pause: it does not stand there"),
        (lambda scene: UsbStick(scene).has(count="at most 2", names=["*.wav"]), ""),
        (lambda scene: UsbStick(scene).has(count=2, at=1), "at 1 s, files count 2: there is 1: Record_1.wav"),
        (lambda scene: Call(scene).recording.says({"gaps_count": 2, "streams.far.lost": "at most 3"}), ""),
        (lambda scene: Call(scene).recording.says({"streams.far.lost": 0}), "account streams.far.lost 0: it is 3"),
    ],
)
def test_what_a_scenario_expects_can_be_asked_for(scene: Scene, ask: Callable[[Scene], Heard], instead: str) -> None:
    answer = ask(scene)
    assert bool(answer) == (not instead) and instead in repr(answer)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda scene: Phone(scene).shows(icn="idle"), "screen.icn: there is no such key: did you mean icon"),
        (
            lambda scene: Phone(scene).shows("Idle", shows=["Menu"]),
            "shows is ['Menu'] already, and cannot be ['Idle'] too",
        ),
        (lambda scene: Phone(scene).shows(), "screen: nothing is expected: write some of icon, "),
        (lambda scene: UsbStick(scene).has(count="more"), "files.count: "),
        (lambda scene: Call(scene).recording.says({"gaps": []}), "account.gaps: "),
        (lambda scene: Call(scene).recording.says({}), "account: it names no fields"),
    ],
)
def test_what_makes_no_sense_in_a_scenario_makes_none_here(
    scene: Scene, ask: Callable[[Scene], Heard], sentence: str
) -> None:
    with pytest.raises(UsageError) as caught:
        ask(scene)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("question", [Phone.screen, Phone.key, Phone.shows, UsbStick.files, UsbStick.has])
def test_a_question_that_was_not_asked_is_no_answer(scene: Scene, question: Callable[..., object]) -> None:
    part = (Phone if hasattr(Phone, question.__name__) else UsbStick)(scene)
    with pytest.raises(UsageError, match=f"^{question.__name__} was not asked"):
        bool(getattr(part, question.__name__))


def test_the_stick_has_its_own_files_alone(scene: Scene) -> None:
    Phone(scene).settings({"record.mode": "server"})
    assert [file.name for file in UsbStick(scene).files()] == ["Record_1.wav"]
    assert UsbStick(scene).has(count=1) and not RecordServer(scene).has(count=1)
    assert RecordServer(scene).has(count=0, at=1) and RecordServer(scene).files(at=1) == ()


def test_each_recording_speaks_for_itself(tmp_path: Path) -> None:
    two = evidence(2)
    other = {**two.end.accounts[0], "gaps_count": 0}
    two = replace(two, end=replace(two.end, accounts=(two.end.accounts[0], other)))
    scene = Scene("test", tmp_path, tmp_path, 7, Engine(lambda *_: two, judge))
    first, second = Call(scene).recordings
    assert first.says({"gaps_count": 2}) and second.says({"gaps_count": 0}) and not second.says({"gaps_count": 2})


@pytest.mark.parametrize(
    ("number", "sentence"), [(0, "nothing was recorded"), (2, "there are 2 recordings: (<a recording: recorded, ")]
)
def test_the_recording_is_one_or_it_is_said(tmp_path: Path, number: int, sentence: str) -> None:
    scene = Scene("test", tmp_path, tmp_path, 7, Engine(lambda *_: evidence(number), judge))
    with pytest.raises(AssertionError) as caught:
        Call(scene).recording  # noqa: B018
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(("part", "shown"), [(Phone, "<Phone>"), (Call, "<Call>"), (UsbStick, "<UsbStick>")])
def test_an_assertion_that_fails_shows_it_in_a_word(scene: Scene, part: type[Part], shown: str) -> None:
    assert repr(part(scene)) == shown


def test_the_engine_gets_the_case(tmp_path: Path) -> None:
    played: list[Case] = []

    def play(case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
        played.append(case)
        return evidence()

    scene = Scene("test", tmp_path, tmp_path, 7, Engine(play, judge))
    Call(scene)(length=1).at(0).press("record")
    assert Call(scene).recording.state == "recorded"
    assert played == [scene.case()]
