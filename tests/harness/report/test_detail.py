"""All that is shown of a case."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

import pytest

from phone_recorder.harness.evidence import Evidence, Failure
from phone_recorder.harness.report.detail import ACCOUNT, detail
from phone_recorder.harness.report.room import Room
from phone_recorder.harness.report.sounds import Sound
from phone_recorder.harness.report.tables import FILES, LOOKED_AT, MESSAGES
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.scenario.expected import (
    AccountSays,
    AudioIs,
    Expectation,
    FilesAre,
    Messages,
    ScreenIs,
    StateIs,
    What,
)
from phone_recorder.wire.pcap_writer import FILE_HEADER
from tests.harness.report.results import COMMAND, carried, case, evidence, result


def deaf(result: Result, seen: Evidence, room: Room) -> Iterator[Sound]:
    yield Sound("nothing")


def test_reasons_and_the_command_come_with_every_case() -> None:
    made = detail(3, result("failed", "a[1]"), COMMAND, Room())
    assert made.number == 3
    assert made.reasons == ("a.scenario.yaml:12: at 1 s, state recording: it is idle",)
    assert made.replay == "phone-recorder test --seed 42 -k '=a[1]' a.scenario.yaml"
    assert made.seen is None


def test_evidence_is_shown() -> None:
    seen = detail(1, result("failed", evidence=evidence()), COMMAND, Room(), deaf).seen
    assert seen
    assert seen.sounds == (Sound("nothing"),)
    assert seen.drawing.lanes
    assert seen.tables


def test_nothing_is_looked_into_where_that_is_not_wanted() -> None:
    assert detail(1, result("failed", evidence=evidence()), COMMAND, Room(), None).seen is None


@pytest.mark.parametrize(
    ("what", "failure", "title"),
    [
        (StateIs(key="recording"), "state key recording", LOOKED_AT),
        (ScreenIs(icon="idle"), "screen icon idle", LOOKED_AT),
        (FilesAre(codec="PCMA"), "files codec PCMA", FILES),
        (AccountSays({"state": "failed"}), "account state failed", ACCOUNT),
        (Messages("control", ("sent x",)), "control sent x", MESSAGES["control"]),
        (Messages("sip", none=True), "sip none", MESSAGES["sip"]),
        (AudioIs("no clicks"), "audio no clicks", None),
    ],
)
def test_the_table_of_what_failed_is_open(what: What, failure: str, title: str | None) -> None:
    one = case(expected=(Expectation(what, line=9),))
    failures = (Failure(f"at the end, {failure}", "it is not", None, 9),)
    seen = detail(1, result("failed", case=one, failures=failures, evidence=evidence()), COMMAND, Room(), deaf).seen
    assert seen
    assert seen.opened == ({title} if title else set())
    assert title in {*(table.title for table in seen.tables), ACCOUNT, None}


def test_the_capture_has_a_name_that_a_file_may_have() -> None:
    seen = detail(1, result("failed", 'a/"b"[1]', evidence=evidence()), COMMAND, Room(), deaf).seen
    assert seen
    assert seen.capture
    assert (seen.capture.name, seen.capture.note) == ("a_b_[1].pcap", "")
    assert b64decode(seen.capture.uri.partition(",")[2]).startswith(FILE_HEADER)


def test_a_capture_for_which_there_is_no_room_is_cut_and_says_so() -> None:
    seen = detail(1, result("failed", evidence=evidence()), COMMAND, Room(1000), deaf).seen
    assert seen
    assert seen.capture
    assert seen.capture.note.endswith(f" packets of {len(carried())}")


def test_without_packets_there_is_no_capture() -> None:
    seen = detail(1, result("failed", evidence=evidence(carried=())), COMMAND, Room(), deaf).seen
    assert seen
    assert seen.capture is None
