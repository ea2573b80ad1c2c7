"""The menus as a whole: every page is reached by keys, and every key can be pressed on every page."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from phone_recorder.control_api import (
    KEYS,
    CallLog,
    DriveList,
    ListRecordings,
    RecordingList,
    Screen,
    SetSettings,
    StartCall,
)
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.face.text_face import ROWS, width_of
from phone_recorder.phone.menus.menus import Menus
from phone_recorder.phone.menus.pages import PLACES, Place
from phone_recorder.phone.menus.view import MenuView
from phone_recorder.settings.phone import Language, PhoneSettings
from tests.phone.menus.desk import FACTS, LANGUAGES, Desk, facts_in

EMPTY = Facts(
    PhoneSettings(), FACTS.phone, FACTS.now, drives=DriveList([], "no USB drive is plugged in"), log=CallLog([])
)
UNREADABLE = replace(FACTS, recordings=RecordingList([], "the drive was removed"))

PAGES: dict[str, tuple[str, ...]] = {
    "applications": (),
    "record": ("1",),
    "mode": ("1", "2"),
    "codec": ("1", "3"),
    "size": ("1", "4"),
    "server address": ("1", "5"),
    "server port": ("1", "6"),
    "pause": ("1", "7"),
    "usb": ("2",),
    "recordings": ("2", "ok"),
    "delete": ("2", "ok", "soft2"),
    "player": ("2", "ok", "ok"),
    "paused": ("2", "ok", "ok", "ok"),
    "stopped": ("2", "ok", "ok", "soft2"),
    "delete from player": ("2", "ok", "ok", "soft3"),
    "log": ("3",),
    "clear": ("3", "soft3"),
    "dss": ("4",),
    "dss key": ("4", "1"),
    "phone": ("5",),
    "language": ("5", "1"),
    "number": ("5", "3"),
    "name": ("5", "4"),
    "password": ("5", "7"),
}
"""Keys that lead from Applications to each page."""


def checked(view: MenuView) -> MenuView:
    """A view that a screen can show."""
    screen = Screen("", "en", lines=view.lines, selected=view.selected, edit=view.edit, soft=view.soft)
    msgspec.json.encode(screen)
    assert view.title and len(view.lines) <= ROWS and 0 <= view.first <= view.total - len(view.lines)
    assert view.selected is None or 0 <= view.selected < len(view.lines)
    assert all(width_of(label) <= 10 for label in view.soft)
    assert all(width_of(f"{line.mark}{line.text}") <= 40 for line in view.lines)
    return view


@pytest.mark.parametrize("facts", [FACTS, EMPTY, UNREADABLE], ids=["full", "empty", "unreadable"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_key_can_be_pressed_on_every_page(page: str, language: Language, facts: Facts) -> None:
    for key in KEYS:
        desk = Desk(facts=facts_in(language, facts))
        desk.press(*PAGES[page])
        checked(desk.view)
        desk.press(key)
        if desk.menus.open:
            checked(desk.view)


@pytest.mark.parametrize("page", [page for page in PAGES if page != "applications"])
def test_every_page_is_another_one_and_can_be_left_for_applications(page: str) -> None:
    desk = Desk()
    first = desk.view.title
    desk.press(*PAGES[page])
    assert (desk.view.title, desk.view.edit) != (first, None)
    desk.press(*["back"] * 30)
    assert not desk.menus.open


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["1. Record manager", "2. USB", "3. Call log", "4. DSS keys", "5. Phone"]),
        ("zh", ["1. 录音管理", "2. USB", "3. 通话记录", "4. DSS 键", "5. 电话设置"]),
    ],
)
def test_the_first_page_in_either_language(language: Language, texts: list[str]) -> None:
    desk = Desk(facts=facts_in(language))
    assert desk.texts == texts
    assert desk.view.title == {"en": "Applications", "zh": "应用"}[language]


def test_the_language_is_another_one_as_soon_as_it_is_chosen() -> None:
    desk = Desk()
    assert desk.press("5", "1", "2") == [SetSettings({"phone.language": "zh"})]
    assert desk.view.title == "电话设置"


def test_the_arrows_go_round() -> None:
    desk = Desk()
    desk.press("up")
    assert desk.selected == "5. Phone"
    desk.press("down")
    assert desk.selected == "1. Record manager"


def test_a_soft_key_does_what_its_label_says() -> None:
    desk = Desk()
    assert desk.view.soft == ("Open", "", "", "Back")
    desk.press("soft1")
    assert desk.view.title == "Record manager"
    desk.press("soft4")
    assert desk.view.title == "Applications"


def test_back_on_the_first_page_closes_the_menus() -> None:
    desk = Desk()
    desk.press("back")
    assert not desk.menus.open
    assert desk.press("ok") == []


@pytest.mark.parametrize("place", PLACES)
def test_a_place_can_be_entered_at_once_and_back_closes_it(place: Place) -> None:
    desk = Desk(place)
    assert desk.menus.open and desk.asked == ([ListRecordings()] if place == "usb" else [])
    desk.press("back")
    assert not desk.menus.open


def test_usb_asks_for_its_recordings_anew() -> None:
    assert Desk().press("2") == [ListRecordings()]


def test_entering_leaves_what_was_open_and_typed() -> None:
    desk = Desk()
    desk.press("1", "5", "1")
    desk.menus.enter("log")
    assert desk.view.edit is None
    desk.press("back")
    assert not desk.menus.open


def test_closed_menus_have_nothing_open_when_they_are_entered_again() -> None:
    desk = Desk("record")
    desk.press("5", "7")
    desk.menus.close()
    assert not desk.menus.open
    desk.menus.enter("record")
    assert desk.view.edit is None


def test_letters_go_nowhere_without_a_field() -> None:
    menus = Menus()
    assert menus.type("12", FACTS) == []
    menus.enter("applications")
    assert menus.type("12", FACTS) == [] and menus.view(FACTS).title == "Applications"


def test_a_digit_that_is_no_line_does_nothing() -> None:
    desk = Desk()
    assert desk.press("9") == [] and desk.view.title == "Applications"


def test_the_tenth_line_is_chosen_by_0_and_then_seen() -> None:
    desk = Desk("record")
    assert desk.press("0") == [SetSettings({"record.cover": "on"})]
    assert desk.selected == "10. Cover older"
    assert (desk.view.first, desk.view.total) == (4, 10)


def test_news_of_the_phone_are_not_hidden_by_what_a_page_always_says() -> None:
    desk = Desk("usb", EMPTY)
    assert desk.view.prompt == "No USB drive is plugged in"
    desk.change(news="saved")
    assert desk.view.prompt == ""


def test_a_call_from_the_log_closes_the_menus() -> None:
    desk = Desk()
    assert desk.press("3", "ok") == [StartCall("1002", "Anna")]
    assert not desk.menus.open
