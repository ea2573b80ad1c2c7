"""A setting that is typed: by digits, by letters on the digit keys, by a keyboard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.control_api import Line, SetSettings
from phone_recorder.phone.menus.fields import entered, open_field, press
from phone_recorder.phone.menus.pages import PHONE, Place
from phone_recorder.settings.phone import Language, PhoneSettings
from phone_recorder.settings.table import MENU, with_texts
from tests.phone.menus.desk import FACTS, Desk, facts_in

PLACES: dict[Place, tuple[str, ...]] = {"record": MENU, "phone": PHONE}


def field_of(key: str, texts: dict[str, str] | None = None, language: Language = "en") -> Desk:
    """The field of a setting, open."""
    place = next(place for place, keys in PLACES.items() if key in keys)
    facts = facts_in(language, replace(FACTS, settings=with_texts(PhoneSettings(), texts or {})))
    desk = Desk(place, facts)
    desk.press(str((PLACES[place].index(key) + 1) % 10))
    assert desk.view.edit is not None
    return desk


def test_a_field_has_its_label_its_limits_and_its_soft_keys() -> None:
    view = field_of("server.port").view
    assert view.lines == (Line("Server port", "1-65535"),) and view.edit == "10000"
    assert view.soft == ("Save", "Delete", "", "Cancel") and view.selected is None


@pytest.mark.parametrize(
    ("key", "before", "keys", "text"),
    [
        ("server.port", "10000", ("soft2", "5"), "10005"),
        ("server.port", "10000", ("back", "back"), "100"),
        ("server.port", "10000", ("*", "#", "up", "left", "dss1"), "10000"),
        ("server.host", "192.0.2.1", ("*", "0"), "192.0.2.1.0"),
        ("server.host", "", ("#", "7", "2", "2", "right", "2"), "pba"),
        ("server.host", "", ("soft3", "2", "soft3", "2", "soft3", "2"), "aA2"),
        ("phone.number", "1001", ("*", "#"), "1001*#"),
        ("phone.name", "Bo", ("2", "2", "2", "2", "2"), "Boa"),
        ("phone.name", "Bo", ("0", "#", "2"), "Bo A"),
        ("phone.name", "Bo", ("2", "soft2", "2"), "Boa"),
    ],
)
def test_keys_type_what_the_setting_is_made_of(key: str, before: str, keys: tuple[str, ...], text: str) -> None:
    desk = field_of(key, {key: before})
    desk.press(*keys)
    assert desk.view.edit == text


def test_seconds_have_a_point() -> None:
    field = open_field("server.timeout_s", PhoneSettings())
    for key in ("soft2", "0", "*", "5"):
        field = press(field, key)
    assert entered(field) == "0.5"


@pytest.mark.parametrize(
    ("before", "shown", "typed", "after"),
    [
        ("8M", "8", "16", "16M"),
        ("0", "0", "0", "0"),
        ("0", "0", "64", "64M"),
        ("2G", "2G", "2G", "2G"),
        ("1000001", "1000001B", "1000002B", "1000002B"),
    ],
)
def test_a_size_is_typed_in_megabytes(before: str, shown: str, typed: str, after: str) -> None:
    desk = field_of("record.size_limit", {"record.size_limit": before})
    assert desk.view.edit == shown
    desk.press(*["soft2"] * len(shown))
    desk.menus.type(typed, desk.facts)
    assert desk.press("ok") == [SetSettings({"record.size_limit": after})]


def test_a_name_is_typed_on_a_keyboard() -> None:
    desk = field_of("phone.name", {"phone.name": ""})
    desk.menus.type("Zoë\n", desk.facts)
    assert desk.press("ok") == [SetSettings({"phone.name": "Zoë"})]
    assert desk.view.edit is None and desk.values[3] == "Zoë"


def test_a_field_that_was_not_changed_asks_for_nothing() -> None:
    desk = field_of("server.port")
    assert desk.press("ok") == [] and desk.view.edit is None


@pytest.mark.parametrize("keys", [("1", "soft4"), ("soft2",) * 5 + ("back",), ("back",) * 6])
def test_a_field_is_left_without_a_change(keys: tuple[str, ...]) -> None:
    desk = field_of("server.port")
    desk.press(*keys)
    assert desk.view.edit is None and desk.values[5] == "10000"
    assert desk.asked == []


@pytest.mark.parametrize(
    ("key", "typed", "language", "prompt"),
    [
        ("server.port", "99999", "en", "99999 is no whole number from 1 to 65535"),
        ("server.port", "99999", "zh", "99999 不是 1 到 65535 之间的整数"),
        ("server.port", "", "en", "'' is no whole number from 1 to 65535"),
        ("server.host", "a b", "en", "'a b' is no address: write a name or an IP address alone, such as 192.0.2.1"),
        ("server.host", "a b", "zh", "'a b' 不是地址：请只输入名称或 IP 地址，如 192.0.2.1"),  # noqa: RUF001
        ("phone.number", "", "en", "It cannot be empty"),
        ("phone.number", "", "zh", "不能为空"),
    ],
)
def test_a_wrong_value_says_why_and_keeps_the_field(key: str, typed: str, language: Language, prompt: str) -> None:
    desk = field_of(key, language=language)
    desk.press(*["soft2"] * 20)
    desk.menus.type(typed, desk.facts)
    assert desk.press("ok") == [] and desk.view.edit == typed
    assert desk.view.prompt == prompt
    desk.press("soft2")
    assert desk.view.prompt == ""


def test_a_secret_is_hidden_and_begins_empty() -> None:
    desk = field_of("account.password", {"account.password": "geheim"})
    assert (desk.view.edit, desk.view.hidden) == ("", True)
    assert desk.press("ok") == []


def test_a_secret_is_taken_letter_by_letter_with_its_blanks() -> None:
    desk = field_of("account.password")
    desk.menus.type(" 1* ", desk.facts)
    assert desk.press("ok") == [SetSettings({"account.password": " 1* "})]
    assert desk.view.lines[desk.view.selected or 0].value == "********"


def test_a_secret_is_taken_away_by_deleting_what_is_not_seen() -> None:
    desk = field_of("account.password", {"account.password": "geheim"})
    assert desk.press("soft2", "ok") == [SetSettings({"account.password": ""})]


def test_a_field_takes_only_so_much() -> None:
    desk = field_of("server.host")
    desk.menus.type("1" * 200, desk.facts)
    desk.press("1")
    assert desk.view.edit == "1" * 200
