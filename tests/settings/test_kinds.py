from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.settings.kinds import BLANKED, Choice, Kind, Option, Secret, Text, Toggle, fold, quoted
from phone_recorder.settings.measures import Number

MODE = Choice(
    (Option("local", "Local", "本地"), Option("network", "Network", "网络", stored="server", also=("server",)))
)
PTIME = Choice((Option("10", "10 ms", "10 毫秒"), Option("20", "20 ms", "20 毫秒")), numbers=True)
CODEC = Choice((Option("", "As recorded", "与录音相同"), Option("PCMU", "PCMU", "PCMU")))


@pytest.mark.parametrize("text", ["on", "1", "true", "yes", "ON", " on ", "enabled"])
def test_a_toggle_reads_many_words(text: str) -> None:
    assert Toggle().parse(text) is True


@pytest.mark.parametrize("text", ["off", "0", "false", "no", "Off", "disabled"])
def test_a_toggle_reads_as_many_for_off(text: str) -> None:
    assert Toggle().parse(text) is False


def test_a_toggle_is_on_or_off_where_it_is_text() -> None:
    assert (Toggle().text(True), Toggle().text(False)) == ("on", "off")


@pytest.mark.parametrize("text", ["network", "Network", "NETWORK", "net-work", "server", " network"])
def test_a_choice_reads_any_case_and_other_names(text: str) -> None:
    assert MODE.parse(text) == "network"


def test_a_choice_may_be_stored_by_another_name() -> None:
    assert (MODE.to_stored("network"), MODE.from_stored("server")) == ("server", "network")
    assert (MODE.to_stored("local"), MODE.from_stored("local")) == ("local", "local")


def test_a_choice_of_numbers_is_a_number() -> None:
    assert (PTIME.parse("20"), PTIME.check(10), PTIME.text(20), PTIME.to_stored(20), PTIME.from_stored(10)) == (
        20,
        10,
        "20",
        20,
        10,
    )


def test_nothing_is_chosen_by_nothing_alone() -> None:
    assert CODEC.parse("") == ""
    with pytest.raises(UsageError):
        CODEC.parse("中文")
    with pytest.raises(UsageError):
        CODEC.parse("--")


def test_an_option_has_a_label_in_either_language() -> None:
    assert (MODE.options[1].label("en"), MODE.options[1].label("zh")) == ("Network", "网络")


def test_text_loses_the_blanks_around_it_where_it_is_typed() -> None:
    assert Text().parse("  a b ") == "a b"


def test_a_secret_keeps_its_blanks() -> None:
    assert Secret().parse(" a ") == " a "


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (Toggle(), "maybe", "'maybe' is neither on nor off"),
        (MODE, "usb", "'usb' is none of local, network"),
        (CODEC, "G729", "'G729' is none of \"\", PCMU"),
        (PTIME, "25", "'25' is none of 10, 20"),
        (Text(3), "abcd", "'abcd' is too long: at most 3 characters"),
        (Text(), "a\nb", "'a\\nb' has a character in it that cannot be shown"),
        (Text(may_be_empty=False), " ", "it cannot be empty"),
        (Secret(3), "hush", "it is no text of one line with at most 3 characters"),
        (Secret(), "a\0", "it is no text of one line with at most 200 characters"),
        (Secret(), BLANKED, "these stars only stand for it: write the text itself"),
    ],
)
def test_what_is_typed_wrong_is_told_in_a_sentence(kind: Kind, text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        kind.parse(text)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (Toggle(), 1, "1 is neither true nor false, which go without quotes"),
        (Toggle(), "on", "'on' is neither true nor false, which go without quotes"),
        (MODE, 1, "1 is none of local, network"),
        (MODE, ["local"], "['local'] is none of local, network"),
        (PTIME, "20", "'20' is none of 10, 20"),
        (PTIME, True, "True is none of 10, 20"),
        (PTIME, 20.0, "20.0 is none of 10, 20"),
        (Text(), 5, "5 is no text, which goes in quotes"),
        (Text(), " a", "' a' has blanks around it"),
        (Secret(), 1234, "it is no text of one line with at most 200 characters"),
    ],
)
def test_a_value_of_the_wrong_type_is_told_in_a_sentence(kind: Kind, value: object, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        kind.check(value)
    assert str(caught.value) == sentence


def test_a_secret_is_in_no_error() -> None:
    for wrong in ("hush" * 100, "hush\n"):
        with pytest.raises(UsageError) as caught:
            Secret().parse(wrong)
        assert "hush" not in str(caught.value)


def test_a_form_has_the_last_word() -> None:
    assert Text(form=str.lower).parse(" ABC ") == "abc"
    assert Text(form=lambda text: "?").parse("") == ""


def test_each_kind_has_the_word_that_the_control_api_has_for_it() -> None:
    kinds: tuple[Kind, ...] = (Toggle(), MODE, Number(0, 1), Text(), Secret())
    assert [kind.name for kind in kinds] == ["toggle", "choice", "number", "text", "secret"]


@pytest.mark.parametrize(("text", "folded"), [("SIP-INFO", "sipinfo"), ("Voice Codec", "voicecodec"), ("_-. ", "")])
def test_names_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_long_value_is_cut_in_an_error() -> None:
    assert quoted("a" * 100) == "'" + "a" * 59 + "..."
