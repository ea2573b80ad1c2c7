"""Reports in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.harness.evidence import Failure
from phone_recorder.harness.report.console import lines
from phone_recorder.harness.report.json_lines import result_line
from phone_recorder.harness.report.junit import junit
from phone_recorder.harness.report.page import page
from phone_recorder.harness.report.tables import LONGEST_TEXT
from phone_recorder.harness.report.texts import (
    LONGEST_CLAUSE,
    LONGEST_NAME,
    UNKNOWN,
    brief,
    expects_nothing,
    failure_line,
    file_name,
    marked_up,
    one_line,
    reasons,
)
from phone_recorder.harness.runner.result import Outcome, Result
from phone_recorder.harness.scenario.case import made_up_case
from phone_recorder.recording.units import SECOND
from tests.harness.report.results import BEGAN_AT, COMMAND, FAILURE, case, hostile, result


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (FAILURE, "stick.scenario.yaml:12: at 1 s, state recording: it is idle"),
        (Failure("screen icon paused", "it is idle", SECOND, 3), "at 1 s, screen icon paused: it is idle"),
        (Failure("files count 1", "there are 2", None, 3), "stick.scenario.yaml:3: files count 1: there are 2"),
        (Failure("files count 1", "there are 2"), "stick.scenario.yaml: files count 1: there are 2"),
        (Failure("screen prompt \x1b[31m", "a\nb", None, 3), f"screen prompt {UNKNOWN}[31m: a{UNKNOWN}b"),
    ],
)
def test_a_failure_is_one_line_with_its_place(failure: Failure, line: str) -> None:
    assert failure_line(case(), failure).endswith(line)


def test_of_a_long_clause_it_is_told_how_much_is_left_out() -> None:
    line = failure_line(case(), Failure("x" * 2500, "y" * 60_000, None, 3))
    told = f"{'x' * LONGEST_CLAUSE}... (1,500 more characters): {'y' * LONGEST_CLAUSE}... (59,000 more characters)"
    assert line == f"stick.scenario.yaml:3: {told}"


def test_a_brief_text_is_one_line() -> None:
    assert brief("a\nb" + "x" * 300) == f"a{UNKNOWN}b{'x' * 297}... (3 more characters)"


def test_long_texts_of_others_are_cut_wherever_they_are_told_and_json_has_them_whole() -> None:
    long = "x" * 60_000
    one = hostile(long)
    console = "\n".join(line for _, line in lines(one))
    assert long[:LONGEST_CLAUSE] in console and long[: LONGEST_CLAUSE + 1] not in console
    assert long[: LONGEST_CLAUSE + 1] not in junit([one], COMMAND, BEGAN_AT).decode()
    assert long[: LONGEST_TEXT + 1] not in page([one], COMMAND, BEGAN_AT).decode()
    assert result_line(one).count(long) == len(("expected", "seen", "why"))


@pytest.mark.parametrize(
    ("outcome", "lines"),
    [
        ("bad", ["stick.scenario.yaml: there is none"]),
        ("trouble", ["stick.scenario.yaml: there is none"]),
        ("skipped", ["there is none"]),
    ],
)
def test_what_neither_passed_nor_failed_says_why(outcome: Outcome, lines: list[str]) -> None:
    assert reasons(replace(result("passed"), outcome=outcome, why="there is none")) == lines


def test_what_passed_has_no_reasons() -> None:
    assert reasons(result()) == []


@pytest.mark.parametrize(
    ("one", "so"),
    [
        (result("passed", case=case(expected=())), True),
        (result("passed"), False),
        (result("failed", case=case(expected=())), False),
        (result("passed", case=made_up_case("server/a", "A server answers")), False),
    ],
)
def test_what_passed_since_nothing_was_expected_is_known(one: Result, so: bool) -> None:
    assert expects_nothing(one) == so


@pytest.mark.parametrize("letter", ["\0", "\x1b", "\x0b", "\ufffe", "\udcff", "\ud800"])
def test_what_no_markup_can_hold_is_replaced(letter: str) -> None:
    assert marked_up(f"a{letter}b") == f"a{UNKNOWN}b"


def test_what_markup_can_hold_stays() -> None:
    assert marked_up("a\tb\nc 李 \U0001f4de <&>") == "a\tb\nc 李 \U0001f4de <&>"


def test_a_line_has_no_ends_in_it() -> None:
    assert one_line("a\nb\u2028c\x07") == f"a{UNKNOWN}b{UNKNOWN}c{UNKNOWN}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("file[PCMU,BX5S]", "file[PCMU,BX5S]"),
        ("../../etc/pass wd", "etc_pass_wd"),
        ('"<>', "case"),
        ("a" * 300, "a" * LONGEST_NAME),
    ],
)
def test_a_name_can_be_that_of_a_file(text: str, name: str) -> None:
    assert file_name(text) == name
