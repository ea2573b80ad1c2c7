"""Each verb of a server is a step, or a beginning, that the language of scenarios knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Evidence, FileSeen, Passed, Recorded
from phone_recorder.harness.in_python.building import Scene
from phone_recorder.harness.in_python.fixtures import RecordServer, SipServer, UsbStick
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.runner.one_case import Engine
from phone_recorder.harness.scenario.actions import ServerActs, SipActs
from tests.harness.fake_engine import MOMENT

ASK = "cmd=RecordStartRequest&dir=out&id=1"
REFUSED = "cmd=RecordStartResponse&id=1&result=failed"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene("test_something", tmp_path, tmp_path, 7, Engine(lambda *_: EVIDENCE, judge))


RECORDED = Recorded({"state": "recorded", "duration_s": 1.0}, 0, ())
MESSAGES = (Passed(0, "control", True, ASK), Passed(1, "sip", False, "200 OK"), Passed(2, "control", False, REFUSED))
END = replace(MOMENT, on_server=(FileSeen("Record_1.wav", 76, None),), messages=3)
EVIDENCE = Evidence({8000: replace(END, messages=1)}, END, (RECORDED,), {}, MESSAGES)


@pytest.mark.parametrize(
    ("behave", "acts"),
    [
        (lambda server, at: server.ours(at), ServerActs()),
        (lambda server, at: server.refuse("busy", at), ServerActs("refuse", "busy")),
        (lambda server, at: server.hang(at), ServerActs("hang")),
        (lambda server, at: server.reset(at), ServerActs("reset")),
        (lambda server, at: server.close(at), ServerActs("close")),
        (lambda server, at: server.unreachable(at), ServerActs("unreachable")),
        (lambda server, at: server.vanish(at), ServerActs("vanish")),
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


def test_what_they_have_seen_and_have(scene: Scene) -> None:
    scene.set_settings({"record.mode": "server"})
    assert [message.text for message in RecordServer(scene).messages] == [ASK, REFUSED]
    assert [message.text for message in SipServer(scene).messages] == ["200 OK"]
    assert len(RecordServer(scene).recordings) == 1
    assert [file.name for file in RecordServer(scene).files()] == ["Record_1.wav"]
    assert RecordServer(scene).has(count=1) and not RecordServer(scene).has(count=0)


def test_messages_are_seen_in_their_order_until_an_instant(scene: Scene) -> None:
    server = RecordServer(scene)
    lines = ("sent RecordStartRequest dir=out", "received RecordStartResponse result=failed")
    assert not server.saw(*lines, at=1)
    assert server.saw(*lines)
    assert not server.saw(*reversed(lines))
    assert repr(server.saw("sent RecordStartRequest dir=in")) == (
        "at the end, control sent RecordStartRequest dir=in: "
        "it did not come; what came is sent RecordStartRequest dir=out, received RecordStartResponse"
    )
    assert SipServer(scene).saw("received 200") and not SipServer(scene).saw("sent INFO")


def test_messages_are_counted_and_are_all_that_passed(scene: Scene) -> None:
    server = RecordServer(scene)
    assert server.saw_all("sent RecordStartRequest", "received RecordStartResponse")
    assert not server.saw_all("sent RecordStartRequest")
    assert server.saw_all("sent RecordStartRequest", at=1)
    assert server.counts({"sent RecordStartRequest": 1, "received RecordStartResponse": "at least 1"})
    assert not server.counts({"sent RecordStartRequest": 2})
    assert server.values({"id": 1})
    assert not server.values({"id": 2})


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [((), "control: "), (("RecordStartRequest",), "control.1: ")],
)
def test_what_is_no_message_was_not_seen(scene: Scene, lines: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        RecordServer(scene).saw(*lines)
    assert str(caught.value).startswith(sentence)


def test_the_server_has_its_own_files_alone(scene: Scene) -> None:
    assert [file.name for file in RecordServer(scene).files()] == ["Record_1.wav"]
    assert RecordServer(scene).has(count=1, at=1) and not UsbStick(scene).has(count=1, at=1)
