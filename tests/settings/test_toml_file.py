from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from phone_recorder.errors import UsageError
from phone_recorder.settings.kinds import Value
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import SETTINGS, text_of, value_of, with_text, with_value, with_values
from phone_recorder.settings.toml_file import edit, edit_all, literal_of, parse, write
from tests.settings.values import possible

DEFAULTS = PhoneSettings()
NAME = "phone.toml"
ALL = st.fixed_dictionaries({key: possible(key) for key in SETTINGS}).filter(
    lambda values: values["sip_info.on"] != values["sip_info.off"]
)


@runs(max_examples=20, deadline=None)
@given(ALL)
def test_whatever_is_written_is_read_the_same(values: dict[str, Value]) -> None:
    settings = with_values(DEFAULTS, values)
    assert parse(write(settings), NAME) == settings


@runs(max_examples=20, deadline=None)
@given(ALL)
def test_whatever_is_typed_into_a_file_is_read_the_same(values: dict[str, Value]) -> None:
    settings = with_values(DEFAULTS, values)
    texts = {key: SETTINGS[key].kind.text(value) for key, value in values.items()}
    assert parse(edit_all("", texts), NAME) == settings
    assert parse(edit_all(write(DEFAULTS), texts), NAME) == settings


@pytest.mark.parametrize("key", SETTINGS)
def test_a_default_comes_back_through_a_file(key: str) -> None:
    for text in (edit("", key, text_of(DEFAULTS, key)), f"{key} = {literal_of(DEFAULTS, key)}\n"):
        assert parse(text, NAME) == DEFAULTS
        assert tomllib.loads(text)[SETTINGS[key].section].keys() == {SETTINGS[key].name}


def test_a_whole_file_explains_each_setting() -> None:
    lines = write(DEFAULTS).splitlines()
    assert [line for line in lines if line.startswith("[")][:2] == ["[phone]", "[keys]"]
    for setting in SETTINGS.values():
        at = lines.index(f"{setting.name} = {literal_of(DEFAULTS, setting.key)}")
        assert lines[at - 1].startswith("# ")
    assert lines[lines.index('mode = "local"') - 1] == f"# {SETTINGS['record.mode'].help_en}"


def test_an_empty_file_has_the_defaults() -> None:
    assert parse("", NAME) == parse("# nothing\n[record]\n", NAME) == DEFAULTS


def test_a_file_may_be_laid_out_as_one_likes() -> None:
    wanted = with_text(with_text(DEFAULTS, "record.mode", "network"), "server.port", "9")
    for text in (
        '[server]\nport = 9\n[record]\nmode = "server"\n',
        'record.mode = "network"\nserver.port = 9\n',
        'record = { mode = "network" }\nserver = { port = 9 }\n',
        '["record"]\n\'mode\' = """network"""\r\n[ server ]\r\n"port"=0x9 # nine\r\n',
    ):
        assert parse(text, NAME) == wanted


def test_secrets_can_be_left_out() -> None:
    settings = with_text(DEFAULTS, "account.password", "hush")
    assert "hush" in write(settings) and "hush" not in write(settings, blank=True)
    assert literal_of(settings, "account.password", blank=True) == '"********"'
    assert literal_of(DEFAULTS, "account.password", blank=True) == '""'
    with pytest.raises(UsageError, match=r"account\.password: these stars only stand for it"):
        parse(write(settings, blank=True), NAME)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('# one\n[record]\nmode = "usb"', ", line 3, record.mode: 'usb' is none of local, network, sip_info"),
        ('record.mode = "usb"', ", line 1, record.mode: 'usb' is none of local, network, sip_info"),
        (
            'record = { cover = true, mode = "usb" }',
            ", line 1, record.mode: 'usb' is none of local, network, sip_info",
        ),
        ("[record]\n'cover' = 1", ", line 2, record.cover: 1 is neither true nor false, which go without quotes"),
        ('[server]\n\nport = "1"', ", line 3, server.port: '1' is no whole number from 1 to 65535"),
        ("[record]\nmode.x = 1", ", line 2, record.mode: {'x': 1} is none of local, network, sip_info"),
        ("[record]\n[record.mode]\nx = 1", ", line 2, record.mode: {'x': 1} is none of local, network, sip_info"),
        (
            '[sip_info]\non = "off"',
            ", line 2, sip_info.on: a server cannot tell on from off if both are 'off': choose two texts",
        ),
        ("[record]\nmod = 1", ", line 2: there is no setting record.mod: did you mean record.mode"),
        ("\n[recrod]\nmode = 1", ", line 2: there is no section recrod: did you mean [record]"),
        (
            "[xyz]",
            ", line 1: there is no section xyz: there are"
            " phone, keys, account, call, record, usb, server, sip_info, agent",
        ),
        ("mode = 1", ", line 1: there is no setting mode: did you mean record.mode"),
        ("record = 1", ", line 1: record is a section: write [record], and its settings below"),
        ("[[record]]\nmode = 1", ", line 1: record is a section: write [record], and its settings below"),
        ("a = " + "[" * 5000, " is nested too deeply"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, NAME)
    assert str(caught.value) == NAME + sentence


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[record]\nmode = usb", ", line 2, column 8"),
        ("[record]\n[record]", ", line 2, column 8"),
        ("[record\n", ", line 1, column 8"),
        ("a = ", ", at its end"),
        ('a = """', ", at its end"),
    ],
)
def test_what_is_no_toml_is_told_by_line_and_column(text: str, where: str) -> None:
    # The rest is the standard library's sentence, which changes with it.
    with pytest.raises(UsageError, match=rf"^phone\.toml{where}: [a-z][^\n]+$") as caught:
        parse(text, NAME)
    assert "(at " not in str(caught.value)


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_of_the_wrong_type_is_named_with_its_line(key: str) -> None:
    setting = SETTINGS[key]
    with pytest.raises(UsageError, match=rf"^phone\.toml, line 3, {key}: [^\n]+$"):
        parse(f"# one\n[{setting.section}]\n{setting.name} = [1]\n", NAME)


MINE = """\
# my phone
[record] # of calls
mode = "local"  # to the stick

# the other one
[phone]
name = 'Anna'"""


@pytest.mark.parametrize(
    ("key", "text", "before", "after"),
    [
        ("record.mode", "network", '"local"', '"network"'),
        ("phone.name", "Berta", "'Anna'", '"Berta"'),
        ("record.cover", "on", "stick\n", "stick\ncover = true\n"),
        ("phone.number", "7", "'Anna'", "'Anna'\nnumber = \"7\"\n"),
        ("server.host", "h", "'Anna'", "'Anna'\n\n[server]\nhost = \"h\"\n"),
    ],
)
def test_an_edit_changes_its_setting_and_nothing_else(key: str, text: str, before: str, after: str) -> None:
    assert edit(MINE, key, text) == MINE.replace(before, after)


@pytest.mark.parametrize(
    ("before", "key", "text", "after"),
    [
        ("", "record.mode", "network", '[record]\nmode = "network"\n'),
        ("[server]\n", "server.port", "9", "[server]\nport = 9\n"),
        ("record.mode = 'local'\n", "record.cover", "on", "record.mode = 'local'\nrecord.cover = true\n"),
        ("record = { mode = 'local' }\n", "record.mode", "network", 'record = { mode = "network" }\n'),
        ("[record]\r\ncover = true\r\n", "record.auto", "on", "[record]\r\ncover = true\r\nauto = true\r\n"),
        ("[usb]\r\n", "server.port", "9", "[usb]\r\n\r\n[server]\r\nport = 9\r\n"),
        ('[record]\nsize_limit = "8M"\n', "record.size_limit", "0", "[record]\nsize_limit = 0\n"),
        ('[phone]\nname = """\nA\\\n"""\n', "phone.name", "B", '[phone]\nname = "B"\n'),
    ],
)
def test_an_edit_fits_into_the_file_as_it_is(before: str, key: str, text: str, after: str) -> None:
    assert edit(before, key, text) == after


def test_several_are_changed_at_once() -> None:
    text = edit_all('[sip_info]\non = "on"\noff = "off"\n', {"sip_info.on": "off", "sip_info.off": "on"})
    assert text == '[sip_info]\non = "off"\noff = "on"\n'


def test_a_layout_that_cannot_be_edited_is_left_alone() -> None:
    with pytest.raises(UsageError) as caught:
        edit("record = { mode = 'local' }\n", "record.cover", "on", NAME)
    assert str(caught.value) == "phone.toml is laid out so that record.cover cannot be changed in it: change it by hand"


@pytest.mark.parametrize(
    ("text", "key", "value", "sentence"),
    [
        ("[record]\nmode = 1", "record.cover", "on", "phone.toml, line 2, record.mode: 1 is none of "),
        ("", "record.cover", "maybe", "record.cover: 'maybe' is neither on nor off"),
        ("", "record.covers", "on", "there is no setting record.covers: did you mean record.cover"),
    ],
)
def test_an_edit_wants_a_good_file_and_a_good_value(text: str, key: str, value: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        edit(text, key, value, NAME)
    assert str(caught.value).startswith(sentence)


def test_an_edit_keeps_what_has_been_set() -> None:
    settings = with_value(with_value(DEFAULTS, "record.auto", True), "phone.name", "# [x]")
    edited = parse(edit(write(settings), "record.tone", "on"), NAME)
    assert edited == with_value(settings, "record.tone", True)
    assert value_of(edited, "phone.name") == "# [x]"
