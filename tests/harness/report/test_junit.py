"""A run as JUnit XML, held against what Jenkins' schema junit-10 allows: the attributes and children of an element."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from phone_recorder import __version__
from phone_recorder.harness.evidence import Failure
from phone_recorder.harness.report.junit import junit
from phone_recorder.harness.report.texts import UNKNOWN
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import repeated
from tests.harness.report.results import BEGAN_AT, COMMAND, FAILURE, case, result

ALLOWED: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "disabled", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"time", "skipped", "timestamp", "hostname", "id", "package", "file", "group", "log", "url", "version"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": (
        {"name"},
        {"time", "classname", "group", "assertions", "status"} | {"file", "line"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}
"""Attributes that must be there, those that may, and the elements inside. A case's file and line are read by others."""
MIXED = [
    result(),
    result("failed", "stick[2]", failures=(FAILURE, Failure("files count 1", "there are 2", None, 13))),
    result("bad", "server", why="there is no voice"),
    result("trouble", "server[2]", why="the process was killed"),
    result("skipped", "live", why="it needs --live"),
]


def written(*results: Result) -> Element:
    return fromstring(junit(results, COMMAND, BEGAN_AT))


def faults(element: Element) -> list[str]:
    """What is not as the schema has it."""
    must, may, inside = ALLOWED[element.tag]
    has = set(element.keys())
    found = [f"{element.tag} lacks {name}" for name in must - has]
    found += [f"{element.tag} has {name}" for name in has - must - may]
    found += [f"{element.tag} holds {child.tag}" for child in element if child.tag not in inside]
    return found + [fault for child in element for fault in faults(child)]


def test_it_is_as_the_schema_of_jenkins_has_it() -> None:
    assert faults(written(*MIXED)) == []
    assert faults(fromstring('<testsuites><testcase of="x"/></testsuites>')) == [
        "testsuites holds testcase",
        "testcase lacks name",
        "testcase has of",
    ]


def test_a_file_is_a_suite_and_counts_its_cases() -> None:
    root = written(*MIXED)
    names = ("name", "tests", "failures", "errors", "skipped", "time")
    assert [tuple(suite.get(name) for name in names) for suite in root] == [
        ("live.scenario.yaml", "1", "0", "0", "1", "0.044"),
        ("server.scenario.yaml", "2", "0", "2", "0", "0.088"),
        ("stick.scenario.yaml", "2", "1", "0", "0", "0.088"),
    ]
    assert [root.get(name) for name in ("tests", "failures", "errors")] == ["5", "1", "2"]


def test_a_suite_tells_the_seed_and_the_version() -> None:
    for suite in written(*MIXED):
        assert [(one.get("name"), one.get("value")) for one in suite.iter("property")] == [
            ("seed", "42"),
            ("version", __version__),
        ]
        assert suite.get("timestamp") == "2026-03-14T15:09:26"


def test_a_case_is_known_by_its_file_and_name() -> None:
    cases = [(one.get("classname"), one.get("name"), one.get("time")) for one in written(*MIXED).iter("testcase")]
    assert cases[0] == ("live.scenario.yaml", "live", "0.044")
    assert len(set(cases)) == len(MIXED)


def test_a_failure_has_its_first_reason_as_message_and_all_as_text() -> None:
    (failure,) = written(*MIXED).iter("failure")
    assert failure.get("message") == "stick.scenario.yaml:12: at 1 s, state recording: it is idle (and 1 more)"
    assert (failure.text or "").splitlines() == [
        "stick.scenario.yaml:12: at 1 s, state recording: it is idle",
        "stick.scenario.yaml:13: files count 1: there are 2",
    ]


def test_what_is_no_failure_of_the_phone_is_an_error() -> None:
    assert [(one.get("type"), one.get("message")) for one in written(*MIXED).iter("error")] == [
        ("bad scenario", "server.scenario.yaml: there is no voice"),
        ("trouble", "server.scenario.yaml: the process was killed"),
    ]


def test_a_case_that_passed_has_nothing_in_it() -> None:
    (case,) = written(result()).iter("testcase")
    assert list(case) == []


def test_each_case_names_its_file_and_one_that_failed_its_line() -> None:
    cases = [(one.get("file"), one.get("line")) for one in written(*MIXED).iter("testcase")]
    assert cases[0] == ("live.scenario.yaml", None)
    assert ("stick.scenario.yaml", "12") in cases and ("server.scenario.yaml", None) in cases


def test_a_case_that_went_wrong_says_how_to_play_it_again() -> None:
    said = [one.findtext("system-out") for one in written(*MIXED).iter("testcase") if one.get("name") == "stick[2]"]
    assert said == ["to play it again: phone-recorder test --seed 42 -k '=stick[2]' stick.scenario.yaml"]


def test_a_case_that_could_not_have_failed_says_so() -> None:
    (one,) = written(result("passed", case=case(expected=()))).iter("testcase")
    assert one.findtext("system-out") == "passed, though nothing is expected"


def test_the_names_of_repeated_cases_differ() -> None:
    """GitLab takes two cases of one class and name for one."""
    again = repeated([case("a[x]"), case("a[y]")], 3)
    names = [
        (one.get("classname"), one.get("name"))
        for one in written(*(result(case=one) for one in again)).iter("testcase")
    ]
    assert len(set(names)) == 6


def test_a_skipped_case_says_why() -> None:
    (skipped,) = written(*MIXED).iter("skipped")
    assert skipped.get("message") == "it needs --live"


@pytest.mark.parametrize("letter", ["\0", "\x1b", "\uffff", "\udcff"])
def test_letters_that_xml_cannot_hold_are_replaced(letter: str) -> None:
    failures = (Failure("screen prompt", f"it is {letter}<&>\"' 李"),)
    root = written(result("failed", f"a{letter}b", failures=failures))
    assert next(root.iter("testcase")).get("name") == f"a{UNKNOWN}b"
    assert (next(root.iter("failure")).text or "").endswith(f"it is {UNKNOWN}<&>\"' 李")


def test_a_run_of_nothing_is_a_document_too() -> None:
    assert list(written()) == []
