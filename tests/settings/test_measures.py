from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from phone_recorder.errors import UsageError
from phone_recorder.settings.kinds import Kind, Value
from phone_recorder.settings.measures import Number, Seconds, Size

PORT = Number(1, 65535)
TIMEOUT = Seconds(0.5, 60)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (PORT, "10000", 10000),
        (PORT, " 1 ", 1),
        (TIMEOUT, "5", 5),
        (TIMEOUT, "5.0", 5),
        (TIMEOUT, "0.5", 0.5),
        (TIMEOUT, "59.999", 59.999),
        (Size(), "0", 0),
        (Size(), "1000", 1000),
        (Size(), "8M", 8 << 20),
        (Size(), "8 MiB", 8 << 20),
        (Size(), "8mb", 8 << 20),
        (Size(), "1g", 1 << 30),
        (Size(), "3K", 3072),
    ],
)
def test_what_is_typed(kind: Kind, text: str, value: Value) -> None:
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("size", "text", "in_toml"),
    [(0, "0", 0), (1000, "1000", 1000), (1024, "1K", "1K"), (8 << 20, "8M", "8M"), (1 << 40, "1024G", "1024G")],
)
def test_a_size_has_the_largest_unit_that_fits(size: int, text: str, in_toml: Value) -> None:
    assert (Size().text(size), Size().in_toml(size)) == (text, in_toml)


def test_a_size_may_be_a_string_or_a_number() -> None:
    assert Size().check("8M") == Size().check(8 << 20) == 8 << 20


def test_a_time_is_stored_in_milliseconds() -> None:
    assert (TIMEOUT.to_stored(5), TIMEOUT.to_stored(0.5), TIMEOUT.to_stored(1.001)) == (5000, 500, 1001)
    assert (TIMEOUT.from_stored(5000), TIMEOUT.from_stored(500)) == (5, 0.5)


@runs(deadline=None)
@given(st.integers(500, 60_000))
def test_a_time_keeps_its_millisecond(ms: int) -> None:
    value = TIMEOUT.from_stored(ms)
    assert TIMEOUT.to_stored(TIMEOUT.parse(TIMEOUT.text(value))) == TIMEOUT.to_stored(TIMEOUT.check(value)) == ms


NO_PORT = "is no whole number from 1 to 65535"
NO_TIME = "is no time from 0.5 to 60 seconds"
NO_SIZE = "is no size: write bytes, or a number with K, M or G, such as 8M"


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (PORT, "0", f"0 {NO_PORT}"),
        (PORT, "65536", f"65536 {NO_PORT}"),
        (PORT, "x", f"'x' {NO_PORT}"),
        (PORT, "", f"'' {NO_PORT}"),
        (PORT, "1_000", f"'1_000' {NO_PORT}"),
        (PORT, "-1", f"'-1' {NO_PORT}"),
        (PORT, "9" * 5000, f"'{'9' * 59}... {NO_PORT}"),
        (TIMEOUT, "0", f"0.0 {NO_TIME}"),
        (TIMEOUT, "60.001", f"60.001 {NO_TIME}"),
        (TIMEOUT, "nan", f"'nan' {NO_TIME}"),
        (TIMEOUT, "1e1", f"'1e1' {NO_TIME}"),
        (Size(), "8T", f"'8T' {NO_SIZE}"),
        (Size(), "-1", f"'-1' {NO_SIZE}"),
        (Size(), "1.5M", f"'1.5M' {NO_SIZE}"),
        (Size(), "2000000G", f"'2000000G' {NO_SIZE}"),
        (Size(1024), "8", "'8' is only 8 bytes: write 1K or more, such as 8M"),
    ],
)
def test_what_is_typed_wrong_is_told_in_a_sentence(kind: Kind, text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        kind.parse(text)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (PORT, "10000"),
        (PORT, True),
        (PORT, 1.0),
        (PORT, None),
        (TIMEOUT, "5"),
        (TIMEOUT, True),
        (TIMEOUT, float("nan")),
        (TIMEOUT, float("inf")),
        (Size(), True),
        (Size(), -1),
        (Size(), 8.0),
        (Size(), [8]),
        (Size(1024), 1023),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(kind: Kind, value: object) -> None:
    with pytest.raises(UsageError, match=r"^('|\d|-|T|N|n|i|\[)"):
        kind.check(value)


def test_nothing_is_a_size_however_small_others_may_not_be() -> None:
    assert Size(1024).parse("0") == 0
