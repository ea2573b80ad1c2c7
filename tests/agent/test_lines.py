"""Lines out of bytes: a byte at a time, several together, without an end, and too long."""

from __future__ import annotations

import pytest

from phone_recorder.agent.lines import LONGEST_LINE, Lines, LineTooLong


def taken(lines: Lines) -> list[bytes]:
    return list(iter(lines.take, None))


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_however_they_are_cut_they_are_the_same_lines(size: int) -> None:
    data, lines, found = b"one\n\ntwo\r\nthr\x00ee\nfour", Lines(), list[bytes]()
    for start in range(0, len(data), size):
        lines.put(data[start : start + size])
        found += taken(lines)
    assert found == [b"one", b"", b"two\r", b"thr\x00ee"]
    lines.end()
    assert taken(lines) == [b"four"]


def test_what_was_not_taken_yet_stays_when_more_comes() -> None:
    lines = Lines()
    lines.put(b"a\nb\nc")
    assert lines.take() == b"a"
    lines.put(b"c\nd")
    assert taken(lines) == [b"b", b"cc"]
    lines.end()
    assert taken(lines) == [b"d"]


@pytest.mark.parametrize("data", [b"", b"a\n"])
def test_the_end_adds_no_line_that_was_not_begun(data: bytes) -> None:
    lines = Lines()
    lines.put(data)
    lines.end()
    assert taken(lines) == [data.strip()] * bool(data)
    lines.end()
    assert taken(lines) == []


@pytest.mark.parametrize("end", [b"", b"\nmore\n"])
def test_a_line_is_too_long_with_its_first_byte_too_many(end: bytes) -> None:
    lines = Lines()
    lines.put(b"x" * LONGEST_LINE)
    assert lines.take() is None
    lines.put(b"x" + end)
    with pytest.raises(LineTooLong):
        lines.take()


def test_the_longest_line_there_may_be() -> None:
    lines = Lines()
    lines.put(b"first\n" + b"x" * LONGEST_LINE + b"\n")
    assert [len(line) for line in taken(lines)] == [5, LONGEST_LINE]
