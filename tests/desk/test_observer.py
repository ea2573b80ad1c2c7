"""A person plays with the phone, and what is written of that passes under the virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from phone_recorder import control_api as api
from phone_recorder.desk.observer import ObservedPhone
from phone_recorder.desk.plan import DeskPlan
from phone_recorder.errors import UsageError
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.playing.virtual import play
from phone_recorder.harness.recorded_session.session import Session
from phone_recorder.harness.recorded_session.writing import scenario_text
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.reading import read_cases
from phone_recorder.settings.phone import PhoneSettings

pytestmark = pytest.mark.live

LOOKED_S = 1.0
"""After a step, until it was seen what came of it."""


class Person:
    """Does one thing after the other, and looks what comes of it."""

    def __init__(self, phone: ObservedPhone) -> None:
        self._phone = phone

    async def do(self, *requests: api.Request, wait_s: float = LOOKED_S) -> None:
        for request in requests:
            await self._phone.answer(request)
            await asyncio.sleep(wait_s)

    async def press(self, *keys: str, wait_s: float = LOOKED_S) -> None:
        await self.do(*map(api.PressKey, keys), wait_s=wait_s)


Scene = Callable[[Person], Awaitable[None]]


def session(directory: Path, scene: Scene) -> Session:
    async def run() -> Session:
        phone = ObservedPhone(DeskPlan(PhoneSettings(), None, directory / "usb", stick_size=64 << 20))
        async with phone:
            await scene(Person(phone))
        return phone.session

    return asyncio.run(run())


def played(directory: Path, scene: Scene) -> Case:
    """What was written of it, which passes."""
    path = directory / "it.scenario.yaml"
    path.write_text(scenario_text(session(directory, scene), directory), "utf-8")
    [case] = read_cases(path)
    place = directory / "played"
    place.mkdir()
    assert list(map(str, judge(case, play(case, 1, place)))) == []
    return case


def steps(case: Case) -> list[str]:
    return [step.text for step in case.steps]


def expects(case: Case) -> list[str]:
    return [expectation.text for expectation in case.expected]


async def record_and_pause(person: Person) -> None:
    await person.press("1", "0", "0", "2", "ok", wait_s=0.05)
    await person.press("record", wait_s=2)
    await person.press("dss2", "dss2", "record")


async def pull(person: Person) -> None:
    await person.do(api.StartCall("1003", "Bob"), wait_s=0.3)
    await person.do(api.PressRecord(), wait_s=1.4)
    await person.do(api.PullStick(), api.InsertStick(), api.PressRecord())
    await person.press("hook")


async def two_calls(person: Person) -> None:
    await person.do(api.StartCall("1003"), wait_s=0.1)
    await person.do(api.PressRecord(), api.HoldCall(True), api.HoldCall(False), api.EndCall())
    await person.do(api.StartCall("77", direction="in"), api.AnswerCall(), api.PressRecord())


def test_keys_of_a_call_that_was_dialled(tmp_path: Path) -> None:
    case = played(tmp_path, record_and_pause)
    assert steps(case) == ["press: record", "press: dss2", "press: dss2", "press: record"]
    assert (case.call.number, case.call.direction) == ("1002", "out")
    said = " ".join(expects(case))
    assert "key: paused" in said and "prompt: Recording saved: 1 file" in said
    assert "audio contains near, far" in said and "audio no clicks" in said and "count: 1" in said


def test_a_stick_that_is_pulled(tmp_path: Path) -> None:
    case = played(tmp_path, pull)
    assert steps(case) == ["press: record", "stick: pull", "stick: plug", "press: record", "press: hook"]
    assert any("state: cut short" in text for text in expects(case))


def test_two_calls(tmp_path: Path) -> None:
    case = played(tmp_path, two_calls)
    assert steps(case)[3:] == ["call: hang up", "call: begin in 77", "press: hook", "press: record", "call: hang up"]
    assert any("call: held" in text for text in expects(case))


def test_what_could_not_be_done_is_no_step(tmp_path: Path) -> None:
    async def scene(person: Person) -> None:
        await person.do(api.StartCall("1003"), wait_s=0)
        with pytest.raises(UsageError):
            await person.do(api.InsertStick())

    assert session(tmp_path, scene).done == ()


def test_a_stick_that_comes_again_is_as_large_as_it_was(tmp_path: Path) -> None:
    async def scene(person: Person) -> None:
        await person.do(api.PullStick(), api.InsertStick(), api.StartCall("1003"), wait_s=0)

    assert session(tmp_path, scene).beginning.stick.capacity == 64 << 20
