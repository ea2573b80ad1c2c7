"""Settings that are secret are kept, and told to nobody."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from phone_recorder import control_api as api
from phone_recorder.adapters.settings_file import load
from phone_recorder.errors import UsageError
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
