from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.runner.selecting import MAX_WORDS, exactly, parse_expression, select
from tests.harness.fake_engine import case

CASES = (
    case("pull[PCMU]", tags=("drive", "S2")),
    case("pull[PCMA]", tags=("drive", "slow")),
    case("refused", tags=("server",)),
    case("not here", tags=()),
)


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("", "0123"),
        ("  ", "0123"),
        ("pull", "01"),
        ("PULL", "01"),
        ("pull[PCMA]", "1"),
        ("s2", "0"),
        ("pull or server", "012"),
        ("pull and slow", "1"),
        ("pull slow", "1"),
        ("not pull", "23"),
        ("not not pull", "01"),
        ("pull and not slow or server", "02"),
        ("pull and not (slow or server)", "0"),
        ("(pull)and(slow)", "1"),
        ('"not here"', "3"),
        ('not "not here" and not drive', "2"),
        ("nothing", ""),
    ],
)
def test_an_expression_selects(expression: str, chosen: str) -> None:
    assert select(CASES, expression) == tuple(CASES[int(number)] for number in chosen)


@pytest.mark.parametrize(
    ("tags", "chosen"), [((), "0123"), (("drive",), "01"), (("S2", "server"), "02"), (("s2",), ""), (("driv",), "")]
)
def test_one_of_the_tags_is_enough_and_a_tag_is_a_whole_word(tags: tuple[str, ...], chosen: str) -> None:
    assert select(CASES, "", tags) == tuple(CASES[int(number)] for number in chosen)


def test_both_an_expression_and_a_tag_must_be_so() -> None:
    assert select(CASES, "pull", ["slow"]) == (CASES[1],)


@pytest.mark.parametrize(
    ("expression", "where"),
    [
        ("and", "'and'"),
        ("pull and", "its end"),
        ("pull or or slow", "'or'"),
        ("not", "its end"),
        ("(pull", "its end"),
        ("pull)", "')'"),
        ("()", "')'"),
        ('pull "slow', "'\"slow'"),
    ],
)
def test_an_expression_that_cannot_be_read_says_where(expression: str, where: str) -> None:
    with pytest.raises(UsageError, match="cannot be read at") as caught:
        parse_expression(expression)
    assert f"cannot be read at {where}: write words with and, or, not" in str(caught.value)


@pytest.mark.parametrize("word", ["not ", "(", "a "])
def test_an_endless_expression_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="it may have 200"):
        parse_expression(word * (MAX_WORDS + 1))


@pytest.mark.parametrize(
    "name",
    ["pull[PCMU,BX5S]", "a b", "and", "f[silence (20)]", "x #2", "not", "=x", 'say "no"', '"', "a\nb", "\udcff", "\\"],
)
def test_a_case_can_be_named_exactly(name: str) -> None:
    others = [case(f"{name}2"), case(f"2{name}"), case(name.swapcase() + "x"), case("other", tags=(name,))]
    assert select([*others, case(name)], f"{exactly(name)} or nothing") == (case(name),)


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("=refused", "2"),
        ("=REFUSED", ""),
        ("=pull", ""),
        ("not =refused and server", ""),
        ('="not here"', "3"),
        ("=", ""),
    ],
)
def test_a_word_with_an_equals_sign_is_a_whole_name(expression: str, chosen: str) -> None:
    assert select(CASES, expression) == tuple(CASES[int(number)] for number in chosen)


def test_a_quote_between_quotes_is_written_twice() -> None:
    assert select([case('say "no"'), case("say no")], '"say ""n"') == (case('say "no"'),)


def test_a_name_that_needs_no_quotes_gets_none() -> None:
    assert exactly("pull[PCMU]") == "=pull[PCMU]"
