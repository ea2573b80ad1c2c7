"""The guide's settings on the phone: record manager, DSS keys, and the phone's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.control_api import SetSettings
from phone_recorder.phone.menus.pages import DSS_KEYS, PHONE, PLACES, Place
from phone_recorder.phone.menus.settings_pages import settings_page
from phone_recorder.settings.phone import Language, PhoneSettings
from phone_recorder.settings.table import MENU, SETTINGS, text_of, with_texts
from tests.phone.menus.desk import FACTS, LANGUAGES, Desk, facts_in


def set_to(texts: dict[str, str], place: Place = "record") -> Desk:
    return Desk(place, replace(FACTS, settings=with_texts(PhoneSettings(), texts)))


@pytest.mark.parametrize(("place", "keys"), [("record", MENU), ("dss", DSS_KEYS), ("phone", PHONE)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_all_its_settings_with_their_values(place: Place, keys: tuple[str, ...], language: Language) -> None:
    page = PLACES[place].page
    assert page is not None
    rows = page(facts_in(language)).rows
    assert [row.line.text for row in rows] == [SETTINGS[key].label(language) for key in keys]
    assert all(row.line.value for row in rows)


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_of_the_table_can_be_a_line(key: str) -> None:
    (row,) = settings_page("record", (key,), FACTS).rows
    assert row.label and row.line.value


def test_recording_is_enabled_and_local_as_the_guide_has_it() -> None:
    desk = set_to({"record.enabled": "off", "record.mode": "network"}, "applications")
    assert desk.press("1", "1") == [SetSettings({"record.enabled": "on"})]
    desk.press("down", "ok")
    assert desk.texts == ["1. Local", "2. Network", "3. SIP INFO"] and desk.selected == "2. Network"
    assert desk.press("up", "ok") == [SetSettings({"record.mode": "local"})]
    assert desk.view.title == "Record manager" and desk.values[:2] == ["On", "Local"]


def test_recording_goes_to_a_server_whose_address_is_typed_in_digits() -> None:
    desk = Desk("record")
    desk.press("2", "2")
    assert desk.press("5", *"192*0*2*10", "ok") == [SetSettings({"server.host": "192.0.2.10"})]
    desk.press("6", *["soft2"] * 5)
    assert desk.press(*"5070", "soft1") == [SetSettings({"server.port": "5070"})]
    assert desk.values[1:6] == ["Network", "PCMU (G.711u)", "8 MB", "192.0.2.10", "5070"]


@pytest.mark.parametrize("key", ["ok", "left", "right", "soft1"])
def test_a_toggle_changes_in_place(key: str) -> None:
    desk = Desk("record")
    assert desk.press(key) == [SetSettings({"record.enabled": "off"})]
    assert desk.values[0] == "Off" and desk.view.soft[0] == "Change"
    assert desk.press(key) == [SetSettings({"record.enabled": "on"})]


@pytest.mark.parametrize(("key", "modes"), [("right", ["network", "sip_info", "local"]), ("left", ["sip_info"])])
def test_a_choice_changes_in_place_and_goes_round(key: str, modes: list[str]) -> None:
    desk = Desk("record")
    desk.press("down")
    for mode in modes:
        assert desk.press(key) == [SetSettings({"record.mode": mode})]


def test_the_present_choice_is_marked_and_selected() -> None:
    desk = set_to({"record.codec": "G722"})
    desk.press("3")
    assert [line.mark for line in desk.view.lines] == ["", "", "✓"] and desk.view.selected == 2


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("record.size_limit", "8M", "8 MB"),
        ("record.size_limit", "2G", "2 GB"),
        ("record.size_limit", "1000001", "1000001 B"),
        ("record.size_limit", "0", "No limit"),
        ("record.reserve", "0", "0 B"),
        ("account.expires_s", "300", "300 seconds"),
        ("server.timeout_s", "0.5", "0.5 seconds"),
        ("account.password", "secret", "********"),
        ("account.password", "", "Not set"),
        ("server.host", "0.0.0.0", "Not set"),
        ("call.codec", "", "As recorded"),
        ("record.tone", "on", "On"),
    ],
)
def test_a_value_stands_beside_its_setting_in_words(key: str, text: str, value: str) -> None:
    facts = replace(FACTS, settings=with_texts(PhoneSettings(), {key: text}))
    assert settings_page("record", (key,), facts).rows[0].line.value == value


def test_a_dss_key_is_made_the_record_key() -> None:
    desk = Desk("dss")
    assert desk.press("3", "2") == [SetSettings({"keys.dss3": "record"})]
    assert desk.values == ["Record", "Pause", "Record", "None"]


def test_what_is_changed_elsewhere_is_shown_here() -> None:
    desk = Desk("record")
    desk.change(settings=with_texts(desk.facts.settings, {"record.enabled": "off"}))
    assert desk.values[0] == "Off" and text_of(desk.facts.settings, "record.enabled") == "off"
