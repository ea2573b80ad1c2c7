"""Settings that are secret are kept, and told to nobody; whatever is changed is kept and listed at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from phone_recorder import control_api as api
from phone_recorder.adapters.settings_file import load
from phone_recorder.adapters.settings_keeper import CHANGED
from phone_recorder.desk.keeper import Keeper
from phone_recorder.errors import UsageError
from phone_recorder.phone.face.chinese import in_chinese
from phone_recorder.settings.phone import PhoneSettings
from tests.desk.rig import switched_on

SECRET = "hunter2-hunter2"


def test_a_password_comes_back_in_no_answer_and_no_event(tmp_path: Path) -> None:
    async def run() -> list[bytes]:
        async with switched_on(tmp_path) as phone:
            said = [await phone.ask(api.SetSettings({"account.password": SECRET, "phone.name": "Bob"}))]
            said += [await phone.ask(method.request()) for method in api.METHODS if method.safe]
            assert {"settings", "screen", "recordings"} <= set(phone.last)
            return [msgspec.json.encode(one) for one in (*said, *phone.events)]

    for text in asyncio.run(run()):
        assert SECRET.encode() not in text
    assert load(tmp_path / "phone.toml").account.password == SECRET


@pytest.mark.parametrize("wrong", [f"{SECRET}\n", f"{SECRET}\x1b", SECRET * 20])
def test_nor_does_one_that_cannot_be(tmp_path: Path, wrong: str) -> None:
    async def run() -> str:
        async with switched_on(tmp_path) as phone:
            with pytest.raises(UsageError) as caught:
                await phone.ask(api.SetSettings({"account.password": wrong}))
            return str(caught.value)

    assert SECRET not in asyncio.run(run())


def test_whether_there_is_one_is_told(tmp_path: Path) -> None:
    async def run() -> list[bool]:
        async with switched_on(tmp_path) as phone:
            told = []
            for password in (SECRET, ""):
                listed = await phone.ask(api.SetSettings({"account.password": password}))
                told += [one.is_set for one in listed.settings if one.key == "account.password"]
            return told

    assert asyncio.run(run()) == [True, False]


def test_what_is_changed_is_kept_and_listed_at_once(tmp_path: Path) -> None:
    file = tmp_path / "there" / "phone.toml"
    keeper = Keeper(PhoneSettings(), file)
    before = keeper.listed
    assert keeper.listed is before
    asyncio.run(keeper.change({"phone.name": "Bob"}))
    assert {one.key: one.value for one in keeper.listed.settings}["phone.name"] == "Bob"
    assert "cannot write" in keeper.listed.problem == keeper.problem
    file.parent.mkdir()
    asyncio.run(keeper.change({"phone.name": "Bob"}))
    assert keeper.listed.problem == "" and load(file).local_name == "Bob"


def test_that_somebody_else_has_changed_the_file_is_said_in_chinese_too() -> None:
    said = in_chinese(CHANGED.format("phone.toml"))
    assert said == "文件 phone.toml 已被他人修改：请重新启动话机以使用新内容"  # noqa: RUF001
