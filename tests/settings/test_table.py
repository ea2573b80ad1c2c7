from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from phone_recorder.errors import UsageError
from phone_recorder.models import MODELS
from phone_recorder.settings.kinds import BLANKED, Choice, Value
from phone_recorder.settings.phone import DssKey, Language, PhoneSettings, Sound
from phone_recorder.settings.record import Mode, Pause, RecordSettings, ServerSettings, Terminator
from phone_recorder.settings.setting import SettingError
from phone_recorder.settings.table import (
    MENU,
    PHONE_SECTIONS,
    SECTIONS,
    SETTINGS,
    changed,
    check_value,
    find_setting,
    parse_text,
    text_of,
    value_of,
    with_text,
    with_texts,
    with_value,
    with_values,
)
from phone_recorder.wire.payload import CODECS, PTIMES_MS
from tests.settings.values import possible

DEFAULTS = PhoneSettings()


def paths(value: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all that is in some settings."""
    if isinstance(value, tuple):
        return [(*above, index) for index in range(len(value))]
    if not is_dataclass(value):
        return [above]
    return [path for field in fields(value) for path in paths(getattr(value, field.name), (*above, field.name))]


def test_every_setting_has_its_row_and_no_row_is_for_another() -> None:
    assert sorted(map(str, paths(DEFAULTS))) == sorted(str(setting.path) for setting in SETTINGS.values())


def test_sections_stay_together() -> None:
    sections = [setting.section for setting in SETTINGS.values()]
    assert sections == sorted(sections, key=SECTIONS.index)


def test_the_emulated_phone_has_all_sections_but_the_agents() -> None:
    assert (*PHONE_SECTIONS, "agent") == SECTIONS


@pytest.mark.parametrize("key", SETTINGS)
def test_a_default_comes_back_by_value_and_by_text(key: str) -> None:
    assert with_value(DEFAULTS, key, value_of(DEFAULTS, key)) == DEFAULTS
    assert with_text(DEFAULTS, key, text_of(DEFAULTS, key)) == DEFAULTS


@runs(deadline=None)
@given(st.data(), st.sampled_from(list(SETTINGS)))
def test_every_value_comes_back(data: st.DataObject, key: str) -> None:
    kind, value = SETTINGS[key].kind, data.draw(possible(key))
    if key in ("sip_info.on", "sip_info.off") and value in ("on", "off"):
        return
    settings = with_value(DEFAULTS, key, value)
    assert value_of(settings, key) == value
    assert with_text(DEFAULTS, key, kind.text(value)) == settings
    assert changed(DEFAULTS, settings) == (() if settings == DEFAULTS else (key,))


@pytest.mark.parametrize("key", SETTINGS)
def test_a_row_can_be_read_on_a_phone_in_either_language(key: str) -> None:
    setting = SETTINGS[key]
    assert 2 <= len(setting.en) <= 20 and 1 <= len(setting.zh) <= 10
    assert setting.help_en.endswith(".") and setting.help_zh.endswith("。")
    assert (setting.label("en"), setting.label("zh")) == (setting.en, setting.zh)
    assert (setting.help("en"), setting.help("zh")) == (setting.help_en, setting.help_zh)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("phone.model", tuple(MODELS)),
        ("phone.language", get_args(Language)),
        ("keys.dss3", get_args(DssKey)),
        ("call.sound", get_args(Sound)),
        ("call.codec", ("", *(codec.name for codec in CODECS))),
        ("record.mode", get_args(Mode)),
        ("record.codec", tuple(codec.name for codec in CODECS)),
        ("record.ptime_ms", PTIMES_MS),
        ("record.pause", get_args(Pause)),
        ("server.terminator", get_args(Terminator)),
    ],
)
def test_a_choice_has_all_that_there_is(key: str, values: tuple[Value, ...]) -> None:
    kind = SETTINGS[key].kind
    assert isinstance(kind, Choice)
    assert tuple(kind.to_stored(kind.parse(option.value)) for option in kind.options) == values


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("record.mode", "network", "network"),
        ("record.mode", "server", "network"),
        ("record.mode", "SIP INFO", "sip_info"),
        ("record.mode", "sip-info", "sip_info"),
        ("record.codec", "g711a", "PCMA"),
        ("record.size_limit", "8 MiB", 8 << 20),
        ("server.host", "0.0.0.0", ""),
        ("server.timeout_s", "0.5", 0.5),
        ("phone.model", "bx6", "BX6"),
        ("keys.dss4", "hold", "hold"),
    ],
)
def test_what_is_typed(key: str, text: str, value: Value) -> None:
    assert value_of(with_text(DEFAULTS, key, text), key) == value == parse_text(key, text)


def test_settings_are_where_the_phone_looks_for_them() -> None:
    texts = {
        "phone.number": "2001",
        "keys.dss3": "hold",
        "record.mode": "network",
        "server.timeout_s": "1.5",
        "usb.folder": "calls",
    }
    server = ServerSettings(timeout_ms=1500)
    record = RecordSettings(mode="server", folder="calls", server=server)
    expected = replace(DEFAULTS, local_number="2001", dss=("record", "pause", "hold", "none"), record=record)
    assert with_texts(DEFAULTS, texts) == expected
    assert sorted(changed(DEFAULTS, expected)) == sorted(texts)


def test_a_secret_is_blanked_as_text() -> None:
    settings = with_text(DEFAULTS, "account.password", "hush")
    assert (text_of(settings, "account.password"), text_of(DEFAULTS, "account.password")) == (BLANKED, "")
    assert value_of(settings, "account.password") == settings.account.password == "hush"


def test_what_is_good_only_together_is_changed_together() -> None:
    swapped = {"sip_info.on": "off", "sip_info.off": "on"}
    assert text_of(with_texts(DEFAULTS, swapped), "sip_info.on") == "off"
    assert text_of(with_values(DEFAULTS, swapped), "sip_info.off") == "on"


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("record.mode", "usb", "'usb' is none of local, network, sip_info"),
        ("server.port", "0", "0 is no whole number from 1 to 65535"),
        ("sip_info.header", "Via", "the SIP header Via has a meaning of its own already: choose another"),
        ("sip_info.on", "off", "a server cannot tell on from off if both are 'off': choose two texts"),
        ("record.size_limit", "8", "'8' is only 8 bytes: write 1K or more, such as 8M"),
    ],
)
def test_what_cannot_be_is_told_by_its_key(key: str, text: str, sentence: str) -> None:
    with pytest.raises(SettingError) as caught:
        with_text(DEFAULTS, key, text)
    assert (caught.value.key, caught.value.sentence) == (key, sentence)
    assert str(caught.value) == f"{key}: {sentence}"


def test_none_is_changed_if_one_cannot_be() -> None:
    with pytest.raises(SettingError, match=r"^server\.port: "):
        with_texts(DEFAULTS, {"record.mode": "network", "server.port": "x"})


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("record.mod", ": did you mean record.mode"),
        ("mode", ": did you mean record.mode"),
        ("server.hosts", ": did you mean server.host"),
        ("recording.codec", ": did you mean record.codec"),
        ("xyz", ": its first word is one of phone, keys, account, call, record, usb, server, sip_info, agent"),
    ],
)
def test_a_key_that_is_none_is_told_with_the_nearest(key: str, hint: str) -> None:
    for use in (
        lambda: find_setting(key),
        lambda: value_of(DEFAULTS, key),
        lambda: text_of(DEFAULTS, key),
        lambda: with_text(DEFAULTS, key, "x"),
        lambda: check_value(key, 1),
    ):
        with pytest.raises(UsageError) as caught:
            use()
        assert str(caught.value) == f"there is no setting {key}{hint}"


def test_the_record_manager_begins_as_the_guide_does() -> None:
    assert MENU[:2] == ("record.enabled", "record.mode")
    assert set(MENU) < set(SETTINGS)


def test_no_two_rows_have_one_name_in_provisioning_files() -> None:
    names = [name for setting in SETTINGS.values() for name in setting.provision]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("key", SETTINGS)
def test_every_value_can_be_json(key: str) -> None:
    assert json.loads(json.dumps(value_of(DEFAULTS, key))) == value_of(DEFAULTS, key)
