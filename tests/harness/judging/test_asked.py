"""A line taken apart."""

from __future__ import annotations

import pytest

from phone_recorder.harness.judging import control_message, sip_message
from phone_recorder.harness.judging.asked import Asked, read_asked, stands_in, value_is


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", Asked()),
        ("RecordStartRequest", Asked("RecordStartRequest")),
        ("result=failed", Asked("", (), (("result", "failed"),))),
        ("A reason=no licence is left  dir=out", Asked("A", (), (("reason", "no licence is left"), ("dir", "out")))),
        ('A "" reason=""', Asked("A", ('""',), (("reason", '""'),))),
        ("A reason= dir=out", Asked("A", (), (("reason", ""), ("dir", "out")))),
        ('A reason="a b=c" dir=out', Asked("A", (), (("reason", '"a b=c"'), ("dir", "out")))),
        ("A reason=/a b=c/ dir=out", Asked("A", (), (("reason", "/a b=c/"), ("dir", "out")))),
        ("/A (b|c)/ some words dir=out", Asked("/A (b|c)/", ("some words",), (("dir", "out"),))),
        ('A /x y=z/ "some words" dir=out', Asked("A", ("/x y=z/", "some words"), (("dir", "out"),))),
    ],
)
def test_a_line_about_a_control_message_has_a_command_words_and_fields(text: str, asked: Asked) -> None:
    assert read_asked(text, control_message.FIELD) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("INFO Record: on", Asked("INFO", (), (("Record", "on"),))),
        ("INFO Record: X-Why: the key", Asked("INFO", (), (("Record", ""), ("X-Why", "the key")))),
        ("INFO Record: on Record: off", Asked("INFO", (), (("Record", "on"), ("Record", "off")))),
        ("Record: on", Asked("", (), (("Record", "on"),))),
        ("INFO Record: /a b: c/ X: 1", Asked("INFO", (), (("Record", "/a b: c/"), ("X", "1")))),
        ("INFO sip:1002@host", Asked("INFO", ("sip:1002@host",))),
        ("488 Not Acceptable Here", Asked("488", ("Not Acceptable Here",))),
    ],
)
def test_a_line_about_a_sip_message_has_a_name_words_and_headers(text: str, asked: Asked) -> None:
    assert read_asked(text, sip_message.FIELD) == asked


@pytest.mark.parametrize(
    ("wanted", "text", "stands"),
    [
        ("on", "Record: on", True),
        ("on", "Record: only", False),
        ("on", "Record: on-hold", False),
        ("a b", "a c b", False),
        ("/^R.*on/", "Record: only", True),
    ],
)
def test_words_stand_together_and_are_no_parts_of_others(wanted: str, text: str, stands: bool) -> None:
    assert stands_in(wanted, text) is stands


@pytest.mark.parametrize(
    ("wanted", "value", "is_so"),
    [
        ('"a b"', "a b", True),
        ('"a b"', '"a b"', True),
        ("a", "a b", False),
        ("/a/", "a b", True),
        ('""', "", True),
        ('""', "a", False),
    ],
)
def test_a_value_is_all_of_it_with_quotes_or_without(wanted: str, value: str, is_so: bool) -> None:
    assert value_is(wanted, value) is is_so
