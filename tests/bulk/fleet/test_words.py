"""The words of a fleet's command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.words import (
    parse_duration,
    parse_durations,
    parse_rate,
    parse_share,
    parse_sources,
)
from phone_recorder.errors import UsageError

SECOND = 8000


@pytest.mark.parametrize(
    ("text", "rate"), [("100/s", 100), ("100", 100), ("0.5/s", 0.5), ("90/min", 1.5), ("60/m", 1), ("3600/h", 1)]
)
def test_a_rate(text: str, rate: float) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60s", 60),
        ("60", 60),
        ("0", 0),
        ("1m30s", 90),
        ("500ms", 0.5),
        ("1.5s", 1.5),
        ("2h", 7200),
        ("1h1m1s1ms", 3661.001),
        (" 10m ", 600),
    ],
)
def test_a_duration(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds * SECOND


@pytest.mark.parametrize(
    ("text", "durations"),
    [
        ("60s", Durations.always(60 * SECOND)),
        ("30s-90s", Durations(30 * SECOND, 90 * SECOND)),
        ("500ms-1m", Durations(SECOND // 2, 60 * SECOND)),
        ("1-2", Durations(SECOND, 2 * SECOND)),
        ("~60s", Durations.about(60 * SECOND)),
    ],
)
def test_durations(text: str, durations: Durations) -> None:
    assert parse_durations(text) == durations


@pytest.mark.parametrize(("text", "share"), [("2%", 0.02), ("0%", 0), ("0", 0), ("100%", 1), ("0.5%", 0.005)])
def test_a_share(text: str, share: float) -> None:
    assert parse_share(text) == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("127.0.0.2", ("127.0.0.2",)),
        ("127.0.0.2-127.0.0.4", ("127.0.0.2", "127.0.0.3", "127.0.0.4")),
        ("127.0.0.2, 127.0.0.9,127.0.0.2", ("127.0.0.2", "127.0.0.9")),
        ("::1", ("::1",)),
        ("fd00::1-fd00::2", ("fd00::1", "fd00::2")),
    ],
)
def test_sources(text: str, sources: tuple[str, ...]) -> None:
    assert parse_sources(text) == sources


HOSTILE = [
    "",
    " ",
    "abc",
    "-1",
    "nan",
    "inf",
    "1e3",
    "\u0661\u0660s",
    "10x",
    "9" * 400,
    "10s\x1b[31m",
    "--",
    "\0",
    "5 0%",
]
PARSERS: list[Callable[[str], object]] = [parse_rate, parse_duration, parse_durations, parse_share, parse_sources]
WRONG = [
    (parse_rate, "0/s"),
    (parse_rate, "100/day"),
    (parse_rate, "1000000/s"),
    (parse_duration, "8000h"),
    (parse_duration, "1s1m"),
    (parse_durations, "90s-30s"),
    (parse_durations, "30-90m"),
    (parse_durations, "30s-"),
    (parse_durations, "~"),
    (parse_durations, "~30s-90s"),
    (parse_share, "101%"),
    (parse_share, "2"),
    (parse_sources, "localhost"),
    (parse_sources, "127.0.0.9-127.0.0.2"),
    (parse_sources, "127.0.0.1-::1"),
    (parse_sources, "10.0.0.0-10.255.255.255"),
    (parse_sources, "127.0.0.1,"),
]


@pytest.mark.parametrize("text", ["127.0.0.1-", "127.0.0.1,", "-"])
def test_the_empty_end_of_a_range_of_addresses_is_named_with_the_rest(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_sources(text)
    assert str(caught.value).startswith(f"{text!r} is not an IP address: ")


@pytest.mark.parametrize("text", ["-1s", "1s-", "~", "~-1s", "soon", "1s-2s-3s"])
def test_what_was_written_is_named_whole(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_durations(text)
    assert str(caught.value).startswith(f"{text!r} is not a time up to 7 days: ")


@pytest.mark.parametrize(("parse", "text"), [*((parse, text) for parse in PARSERS for text in HOSTILE), *WRONG])
def test_what_is_none_is_said_in_one_sentence(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert len(str(caught.value)) < 250
    assert str(caught.value).isprintable()
