"""The call log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.control_api import CallLog, ClearLog, Line, StartCall
from phone_recorder.settings.phone import Language
from tests.phone.menus.desk import CALLS, FACTS, Desk, facts_in


def test_a_line_says_who_when_and_how_long() -> None:
    assert Desk("log").view.lines == (
        Line("-> 1002 Anna", "06:41  0:12", "●"),
        Line("<- 1003", "11-27 18:05  missed", "!"),
        Line("-> 1004", "01-02 09:00  no answer"),
        Line("<- Unknown", "2025-11-27  0:03"),
    )


def test_it_says_so_in_chinese() -> None:
    desk = Desk("log", facts_in("zh"))
    assert desk.values == ["06:41  0:12", "11-27 18:05  未接", "01-02 09:00  未接通", "2025-11-27  0:03"]
    assert desk.texts[3] == "<- 未知号码" and desk.view.soft == ("拨号", "", "清空", "返回")


@pytest.mark.parametrize("key", ["ok", "soft1"])
def test_ok_dials(key: str) -> None:
    assert Desk("log").press("down", key) == [StartCall("1003")]


def test_a_digit_selects_and_does_not_dial() -> None:
    desk = Desk("log")
    assert desk.press("2") == [] and desk.selected == "<- 1003"


def test_a_caller_without_a_number_cannot_be_called() -> None:
    desk = Desk("log")
    assert desk.press("up", "ok") == [] and desk.menus.open
    assert desk.view.soft[0] == ""


def test_clear_asks_first() -> None:
    desk = Desk("log")
    desk.press("soft3")
    assert desk.view.prompt == "Forget all calls?" and desk.selected == "No"
    assert desk.press("ok") == [] and len(desk.texts) == 4


@pytest.mark.parametrize(("language", "line"), [("en", "No calls"), ("zh", "没有通话记录")])
def test_yes_forgets_the_calls(language: Language, line: str) -> None:
    desk = Desk("log", facts_in(language))
    assert desk.press("soft3", "up", "ok") == [ClearLog()]
    assert desk.texts == [line] and desk.view.prompt
    assert desk.press("soft3") == []


def test_calls_of_the_same_second_can_each_be_selected() -> None:
    desk = Desk("log", replace(FACTS, log=CallLog(CALLS.calls[:1] * 3)))
    desk.press("down", "down")
    assert desk.view.selected == 2
