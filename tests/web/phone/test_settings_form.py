"""The form of all settings: its groups, and what was changed in it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from phone_recorder.control_api import SettingValue
from phone_recorder.desk.keeper import Keeper
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import PHONE_SECTIONS, SETTINGS
from phone_recorder.web.phone.settings_form import FIRST, GROUPS, OTHERS, changes, fields, groups
from phone_recorder.web.phone.words import WORDS

LISTED = Keeper(PhoneSettings(), None).listed.settings
SECRET = SettingValue("account.password", "Password", "", "secret", "", is_set=True)


def form(**typed: str) -> dict[str, list[str]]:
    """A form with these fields; the first `_` of a name is the dot of a setting's key."""
    return {name.replace("_", ".", 1): [text] for name, text in typed.items()}


def as_it_was() -> dict[str, list[str]]:
    """The form as the page has it, sent back unchanged."""
    shown = fields(LISTED, "en")
    was = {f"was:{field.key}": [field.was] for field in shown if field.kind != "secret"}
    return {field.key: [field.value] for field in shown} | was | {"csrf": ["token"]}


def test_every_setting_of_the_phone_stands_in_one_group() -> None:
    keys = [field.key for group in groups(fields(LISTED, "en")) for part in group.parts for field in part.fields]
    assert sorted(keys) == sorted(key for key, setting in SETTINGS.items() if setting.section in PHONE_SECTIONS)


def test_what_is_for_the_agent_alone_has_no_field() -> None:
    lamp = SettingValue("agent.lamp", "Record lamp", "", "text", "rec")
    assert fields([lamp], "en") == []
    assert changes({"was:agent.lamp": ["rec"]}, [lamp]) == {}


def test_the_guides_settings_stand_first_whatever_the_order() -> None:
    for listed in (LISTED, LISTED[::-1]):
        first = groups(fields(listed, "en"))[0]
        assert first.name == "record"
        assert tuple(field.key for field in first.parts[0].fields) == FIRST


def test_a_setting_of_an_unknown_section_has_a_group_too() -> None:
    strange = SettingValue("door.bell", "Bell", "Whether it rings.", "toggle", "on")
    last = groups(fields([*LISTED, strange], "zh"))[-1]
    assert last.name == OTHERS
    assert [(field.key, field.label, field.help) for field in last.parts[0].fields] == [
        ("door.bell", "Bell", "Whether it rings.")
    ]


def test_a_phone_without_some_settings_has_no_empty_groups() -> None:
    [only] = groups(fields([setting for setting in LISTED if setting.key == "usb.folder"], "en"))
    assert only.name == "usb"
    assert len(only.parts) == 1


def test_every_group_and_part_has_a_name() -> None:
    for name, parts in {**GROUPS, OTHERS: {}}.items():
        assert f"group_{name}" in WORDS
        assert all(f"part_{part}" in WORDS for part in parts if part)


@pytest.mark.parametrize(("language", "label", "choice"), [("en", "Type", "Network"), ("zh", "类型", "网络")])
def test_labels_are_in_the_pages_language_and_not_the_phones(language: str, label: str, choice: str) -> None:
    for phones in ("en", "zh"):
        listed = Keeper(PhoneSettings(language=phones), None).listed.settings
        mode = next(field for field in fields(listed, language) if field.key == "record.mode")
        assert mode.label == label
        assert [one.label for one in mode.choices if one.value == "network"] == [choice]


def test_a_form_that_was_not_changed_sets_nothing() -> None:
    assert changes(as_it_was(), LISTED) == {}


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ({"record.codec": ["PCMA"]}, {"record.codec": "PCMA"}),
        ({"record.enabled": ["off"]}, {"record.enabled": "off"}),
        # The hidden field of a switch that is on.
        ({"record.enabled": ["off", "on"]}, {}),
        ({"record.cover": ["off", "on"]}, {"record.cover": "on"}),
        ({"server.host": [""]}, {}),
        ({"account.password": [""]}, {}),
        ({"account.password": ["new"]}, {"account.password": "new"}),
        ({"account.password": [""], "none:account.password": ["on"]}, {"account.password": ""}),
    ],
)
def test_what_was_changed_is_set(typed: Mapping[str, list[str]], set_: dict[str, str]) -> None:
    assert changes(as_it_was() | dict(typed), LISTED) == set_


def test_what_somebody_else_has_set_meanwhile_stays() -> None:
    meanwhile = Keeper(PhoneSettings(language="zh", local_name="Bob"), None).listed.settings
    assert changes(as_it_was() | form(phone_name="Anna"), meanwhile) == {"phone.name": "Anna"}


def test_a_program_need_not_say_what_was() -> None:
    assert changes(form(record_mode="network", record_codec="PCMU"), LISTED) == {"record.mode": "network"}


def test_a_setting_that_there_is_not_is_for_the_phone_to_refuse() -> None:
    assert changes(form(record_nonsense="1"), LISTED) == {"record.nonsense": "1"}


def test_what_was_typed_stands_in_the_form_again_but_no_secret() -> None:
    typed = form(server_port="99999") | {"was:server.port": ["10000"], "account.password": ["hush"]}
    shown = {field.key: field for field in fields([*LISTED[:-1], SECRET], "en", typed, {"server.port": "too high"})}
    port = shown["server.port"]
    assert (port.value, port.was, port.error) == ("99999", "10000", "too high")
    assert shown["account.password"].value == ""
    assert [field.key for field in shown.values() if field.error] == ["server.port"]
