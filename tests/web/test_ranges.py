"""RFC 9110 section 14: which bytes a Range header asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.web.ranges import ByteRange, NotSatisfiable, parse_range


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-", 0, 100),
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=99-", 99, 100),
        ("bytes=90-1000", 90, 100),
        ("bytes=-1", 99, 100),
        ("bytes=-100", 0, 100),
        ("bytes=-1000", 0, 100),
        ("Bytes=5-6", 5, 7),
        (" bytes= 5-6 ", 5, 7),
    ],
)
def test_one_range(header: str, start: int, stop: int) -> None:
    assert parse_range(header, 100) == ByteRange(start, stop, 100)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-4",
        "bytes=0-1,4-5",
        "items=0-1",
        "bytes 0-1",
        "bytes=0-1;x",
        "bytes=+1-2",
    ],
)
def test_what_cannot_be_read_and_several_at_once_are_the_whole(header: str) -> None:
    assert parse_range(header, 100) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=100-", 100), ("bytes=500-600", 100), ("bytes=-0", 1), ("bytes=0-", 0)]
)
def test_a_range_outside_cannot_be_satisfied(header: str, size: int) -> None:
    with pytest.raises(NotSatisfiable):
        parse_range(header, size)


def test_a_range_in_words_of_content_range() -> None:
    assert str(ByteRange(10, 20, 100)) == "bytes 10-19/100"


@given(st.text(max_size=40) | st.from_regex(r"bytes=[0-9]{0,25}-[0-9]{0,25}", fullmatch=True), st.integers(0, 10**12))
def test_a_range_never_leaves_the_bytes_that_are_there(header: str, size: int) -> None:
    try:
        found = parse_range(header, size)
    except NotSatisfiable:
        return
    assert found is None or 0 <= found.start < found.stop <= size
