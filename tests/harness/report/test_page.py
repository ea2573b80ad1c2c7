"""A run as a page. How it looks and behaves in a browser is seen in test_page_in_browser.py."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.harness.evidence import Evidence, Failure
from phone_recorder.harness.report.axis import INNER, LEFT, WIDTH
from phone_recorder.harness.report.page import page
from phone_recorder.harness.report.room import Room
from phone_recorder.harness.report.sounds import Sound
from phone_recorder.harness.report.tally import MOST_DETAILED
from phone_recorder.harness.report.texts import UNKNOWN
from phone_recorder.harness.runner.result import Outcome, Result
from phone_recorder.harness.scenario.expected import AudioIs, Expectation
from tests.harness.report.results import BEGAN_AT, COMMAND, FAILURE, case, evidence, hostile, loud, recorded, result

VOID = {"meta", "link", "input", "img", "br"}


class Read(HTMLParser):
    """The elements of a page with their attributes, all text, and what is not closed as it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def deaf(result: Result, seen: Evidence, room: Room) -> Iterator[Sound]:
    yield Sound("nothing")


def text(*results: Result, took_s: float = 1.5) -> str:
    return page(results, COMMAND, BEGAN_AT, took_s, hear=deaf).decode()


def failed(name: str = "stick", **more: Any) -> Result:
    return result("failed", name, evidence=evidence(**more))


def attributes(read: Read, name: str) -> list[str]:
    return [value for _, all_of_it in read.elements if (value := all_of_it.get(name)) is not None]


def test_every_case_has_a_row_and_those_that_went_wrong_have_more() -> None:
    read = Read(text(result(), failed("b"), result("skipped", "c", why="it needs --live"), result("bad", "d")))
    ids = attributes(read, "id")
    assert [one for one in ids if one.startswith("case-") and not one.endswith("-title")] == ["case-2", "case-4"]
    assert "it needs --live" in read.text
    assert [tag for tag, _ in read.elements].count("tr") >= 5


def test_the_page_is_well_formed(tmp_path: Path) -> None:
    heard = page([result("failed", evidence=evidence([recorded(tmp_path, loud())]))], COMMAND, BEGAN_AT)
    for shown in (text(result(), failed()), heard.decode(), text()):
        read = Read(shown)
        assert (read.wrong, read.open) == ([], [])
        ids = attributes(read, "id")
        assert len(set(ids)) == len(ids)


def test_failures_stand_first_and_the_command_below() -> None:
    shown = Read(text(failed())).text
    places = [shown.index(some) for some in (str(FAILURE), "phone-recorder test --seed 42", "What was looked at")]
    assert places == sorted(places)


@pytest.mark.parametrize("outcome", ["bad", "trouble"])
def test_without_evidence_the_reasons_are_there(outcome: Outcome) -> None:
    one = result(outcome, why="nothing could be done")
    assert "stick.scenario.yaml: nothing could be done" in Read(text(one)).text


def test_whatever_others_wrote_is_text_and_nothing_else() -> None:
    read = Read(text(hostile()))
    assert [tag for tag, _ in read.elements].count("script") == 1
    assert "img" not in [tag for tag, _ in read.elements]
    assert attributes(read, "onerror") == []
    assert read.wrong == []
    assert read.text.count("<script>alert(1)</script>") >= 12


def test_letters_that_html_cannot_hold_are_replaced() -> None:
    assert f"a{UNKNOWN}b" in text(result(name="a\udcffb"))


def test_drawings_are_as_wide_as_their_axis(tmp_path: Path) -> None:
    one = result("failed", evidence=evidence([recorded(tmp_path, loud())]))
    shown = page([one], COMMAND, BEGAN_AT).decode()
    read = Read(shown)
    assert {value.split()[2] for value in attributes(read, "viewbox")} == {str(WIDTH)}
    pictures = [(one["x"], one["width"]) for tag, one in read.elements if tag == "image"]
    assert set(pictures) == {(str(LEFT), str(INNER))}
    assert f"{INNER} * audio.currentTime" in shown


def test_nothing_is_asked_of_any_network() -> None:
    shown = text(failed())
    read = Read(shown)
    addresses = attributes(read, "src") + attributes(read, "href")
    assert {one.partition(":")[0] if ":" in one else one[:1] for one in addresses} <= {"data", "#"}
    assert not re.search(r"https?://|@import|url\(", shown)


def test_only_its_own_script_and_style_may_run() -> None:
    read = Read(text())
    (policy,) = [one["content"] for tag, one in read.elements if "http-equiv" in one]
    assert policy
    assert policy.startswith("default-src 'none'; ")
    assert re.findall(r"(\w+)-src 'sha256-[\w+/=]+'", policy) == ["style", "script"]
    assert attributes(read, "style") == []


def test_only_times_differ_from_run_to_run() -> None:
    first, second = [failed(), result()], [replace(one, took_s=9.0) for one in (failed(), result())]
    one = page(first, COMMAND, BEGAN_AT, 1.0, hear=deaf).decode()
    other = page(second, COMMAND, BEGAN_AT + timedelta(days=1), 2.0, hear=deaf).decode()
    timeless = [re.sub(r'<(\w+) class="(?:\w+ )?time">[^<]*</\1>', "", shown) for shown in (one, other)]
    assert one != other
    assert timeless[0] == timeless[1]


def test_the_capture_is_in_the_page() -> None:
    read = Read(text(failed("a[1]")))
    (link,) = [one for tag, one in read.elements if tag == "a" and "download" in one]
    assert link["download"] == "a[1].pcap"
    assert b64decode((link["href"] or "").partition(",")[2])[:4] == bytes.fromhex("4d3cb2a1")


def test_recordings_can_be_heard_and_seen(tmp_path: Path) -> None:
    one = result("failed", evidence=evidence([recorded(tmp_path, loud())]))
    read = Read(page([one], COMMAND, BEGAN_AT).decode())
    assert [tag for tag, _ in read.elements].count("audio") == 3
    assert [tag for tag, _ in read.elements].count("image") == 3


def test_the_page_does_not_grow_without_end(tmp_path: Path) -> None:
    """Sound and captures of many cases are left out, and so is all but the reasons of still more."""
    one = result("failed", evidence=evidence([recorded(tmp_path, loud())]))
    room = 200_000
    made = page([one] * (MOST_DETAILED + 5), COMMAND, BEGAN_AT, most=room).decode()
    carried = sum(len(address) for address in re.findall(r'"data:(?:audio|application)[^"]*"', made))
    assert carried < room * 4 / 3 + 10_000
    assert made.count("Too many cases failed to show more of this one") == 5


def test_what_is_wrong_in_a_recording_is_drawn_over_it_and_said(tmp_path: Path) -> None:
    one = Expectation(AudioIs("no clicks"), line=9)
    failure = Failure("at the end, audio no clicks", "at 0.5 s it leaps", None, 9)
    seen = evidence([recorded(tmp_path, loud())])
    failed = result("failed", case=case(expected=(one,)), failures=(failure,), evidence=seen)
    shown = page([failed], COMMAND, BEGAN_AT).decode()
    assert shown.count('class="fault"') == 3
    assert Read(shown).text.count("at the end, audio no clicks: at 0.5 s it leaps") >= 4


def test_a_case_that_could_not_have_failed_says_so() -> None:
    assert "(though nothing is expected)" in Read(text(result(case=case(expected=())))).text


def test_nothing_played_is_a_page_too() -> None:
    assert "nothing was played" in Read(text()).text
