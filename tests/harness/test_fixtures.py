"""Each verb of the fixtures is a step, or a beginning, that the language of scenarios knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.harness.building import Scene
from phone_recorder.harness.evidence import Evidence, FileSeen, Passed, Recorded
from phone_recorder.harness.fixtures import At, Call, Part, Phone, RecordServer, SipServer, UsbStick
from phone_recorder.harness.network import Impairment
from phone_recorder.harness.one_case import Engine
from phone_recorder.harness.scenario.actions import (
    Action,
    Change,
    ClockJump,
    Network,
    Press,
    RtpFault,
    ServerActs,
    SipActs,
    Standstill,
    Stick,
    Talk,
    Type,
)
from phone_recorder.harness.scenario.case import Case
from tests.harness.fake_engine import MOMENT, judge


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene("test_something", tmp_path, tmp_path, 7, Engine(lambda *_: evidence(), judge))


def evidence(recordings: int = 1) -> Evidence:
    recorded = Recorded({"state": "recorded", "duration_s": 1.0}, 0, ())
    file = FileSeen("Record_1.wav", 76, None)
    messages = (Passed(0, "control", True, "cmd=x"), Passed(1, "sip", False, "200 OK"))
    return Evidence({}, replace(MOMENT, files=(file,)), (recorded,) * recordings, {}, messages)


@pytest.mark.parametrize(
    ("happens", "action"),
    [
        (lambda at: at.press("record"), Press("record")),
        (lambda at: at.type("hello"), Type("hello")),
        (lambda at: at.hold(), Talk("hold")),
        (lambda at: at.resume(), Talk("resume")),
        (lambda at: at.hang_up(), Talk("hang up")),
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


@pytest.mark.parametrize(
    ("behave", "acts"),
    [
        (lambda server, at: server.ours(at), ServerActs()),
        (lambda server, at: server.refuse("busy", at), ServerActs("refuse", "busy")),
        (lambda server, at: server.hang(at), ServerActs("hang")),
        (lambda server, at: server.reset(at), ServerActs("reset")),
        (lambda server, at: server.close(at), ServerActs("close")),
        (lambda server, at: server.unreachable(at), ServerActs("unreachable")),
        (lambda server, at: server.answer("nonsense {id}", at), ServerActs("answer", "nonsense {id}")),
    ],
)
def test_how_the_record_server_is_from_the_beginning_or_an_instant_on(
    scene: Scene, behave: Callable[[RecordServer, float | None], None], acts: ServerActs
) -> None:
    scene.set_settings({"record.mode": "server"})
    behave(RecordServer(scene), None)
    behave(RecordServer(scene), 1)
    case = scene.case()
    assert (case.server, [step.action for step in case.steps]) == (acts, [acts])


def test_a_server_starts_again(scene: Scene) -> None:
    RecordServer(scene).restart(at=1)
    assert scene.case().steps[0].action == ServerActs("restart")


@pytest.mark.parametrize(
    ("behave", "acts"),
    [
        (lambda server, at: server.answer(200, at=at), SipActs(200)),
        (
            lambda server, at: server.answer(488, "Not Acceptable Here", 0.3, at=at),
            SipActs(488, "Not Acceptable Here", 2400),
        ),
        (lambda server, at: server.hang(at), SipActs(0)),
    ],
)
def test_how_the_sip_server_is(scene: Scene, behave: Callable[[SipServer, float | None], None], acts: SipActs) -> None:
    scene.set_settings({"record.mode": "sip_info"})
    behave(SipServer(scene), None)
    behave(SipServer(scene), 1)
    case = scene.case()
    [step] = case.steps
    assert isinstance(step.action, SipActs)
    assert (case.sip.status, case.sip.delay) == (step.action.status, step.action.delay) == (acts.status, acts.delay)


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
    assert [message.text for message in RecordServer(scene).messages] == ["cmd=x"]
    assert [message.text for message in SipServer(scene).messages] == ["200 OK"]
    assert Call(scene).recording.duration == 1.0
    assert len(RecordServer(scene).recordings) == 1
    assert Call(scene).evidence is scene.evidence


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
