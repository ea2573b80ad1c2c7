"""Settings that are secret are kept, and told to nobody."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from phone_recorder import control_api as api
from phone_recorder.adapters.settings_file import load
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


def changed(keeper: Keeper, **texts: str) -> str:
    """The problem after these were changed; `phone__name` is phone.name."""
    asyncio.run(keeper.change({key.replace("__", "."): text for key, text in texts.items()}))
    assert keeper.listed.problem == keeper.problem
    return keeper.problem


def test_what_could_not_be_saved_is_saved_with_the_next_change(tmp_path: Path) -> None:
    file = tmp_path / "there" / "phone.toml"
    keeper = Keeper(PhoneSettings(), file)
    assert "cannot write" in changed(keeper, phone__name="Bob")
    assert keeper.settings.local_name == "Bob"
    assert "cannot write" in changed(keeper, phone__number="1001")
    file.parent.mkdir()
    assert changed(keeper, record__mode="network") == ""
    assert load(file) == keeper.settings
    file.write_text(file.read_text().replace("Bob", "Eve"))
    changed(keeper, phone__number="1002")
    assert load(file).local_name == "Eve"  # what was saved is not saved again


def test_what_somebody_else_has_changed_stays_and_is_told_until_it_is_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "phone.toml"
    keeper = Keeper(PhoneSettings(), file)
    assert changed(keeper, phone__name="Bob") == ""
    file.write_text(file.read_text() + "number = '1003'\n")
    problem = "the file phone.toml was changed by somebody else: switch the phone off and on to use that"
    assert changed(keeper, record__mode="network") == problem
    assert load(file).local_number == "1003" != keeper.settings.local_number
    assert changed(keeper, record__mode="local") == problem
    assert changed(keeper, phone__number="1004") == ""
    assert load(file) == keeper.settings


def test_that_is_said_in_chinese_too() -> None:
    said = in_chinese("the file phone.toml was changed by somebody else: switch the phone off and on to use that")
    assert said == "文件 phone.toml 已被他人修改：请重新启动话机以使用新内容"  # noqa: RUF001


def test_what_the_command_line_says_otherwise_is_no_change_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "phone.toml"
    file.write_text("[phone]\nname = 'Bob'\n")
    keeper = Keeper(PhoneSettings(), file)
    assert changed(keeper, phone__number="1001") == ""
    assert load(file).local_name == "Bob"


def test_a_file_that_could_not_be_read_at_first_is_told_when_it_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "phone.toml"
    file.write_text("[phone\n")
    keeper = Keeper(PhoneSettings(), file)
    assert "phone.toml" in changed(keeper, phone__name="Bob")
    file.unlink()
    assert changed(keeper, phone__number="1001") == ""
    assert load(file) == keeper.settings
