"""Each thing that a scenario can expect, as it is written: one evidence in which it holds, and one in which it fails.

An expectation that cannot fail proves nothing. What the language gets anew must have a row here.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.control_api import DssKey
from phone_recorder.harness.evidence import Evidence, Passed
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.scenario.account_fields import FIELDS
from phone_recorder.harness.scenario.expectations import FILES, KINDS, SCREEN
from phone_recorder.harness.scenario.expected import (
    Expectation,
    FilesAre,
    Messages,
    ScreenIs,
    StateIs,
)
from phone_recorder.harness.scenario.message_shapes import MESSAGES
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import PCMA
from tests.harness.judging.evidence import NAME, account, case, evidence, file, moment, screen
from tests.harness.scenario.everything import expected_of

Seen = dict[str, Any]
"""What is otherwise at the end than in the usual evidence."""


def shown(**changes: Any) -> Seen:
    return {"screen": screen(**changes)}


def of_account(**changes: Any) -> Seen:
    return {"accounts": (account(**changes),)}


def of_files(*files: Any) -> Seen:
    return {"files": files}


AS_USUAL: Seen = {}
FAULTS = [{"at_s": 1.0, "error": "no sync"}]
ON_DRIVE: list[tuple[str, str, str, Seen, Seen]] = [
    ("screen", "icon", "{icon: recording}", AS_USUAL, shown(icon="paused")),
    ("screen", "prompt", "{prompt: drive is full}", shown(prompt="the drive is full"), shown(prompt="a drive")),
    ("screen", "prompt", "{prompt: 2 files}", shown(prompt="saved: 2 files"), shown(prompt="saved: 12 files")),
    ("screen", "lamp", "{lamp: on}", AS_USUAL, shown(dss=(DssKey("record", "Record", "blinking"),))),
    ("screen", "timer", "{timer: 00:02}", AS_USUAL, {"recorded": 3 * SECOND, **shown(timer="00:03")}),
    ("screen", "timer", "{timer: 2 s}", AS_USUAL, shown(timer="00:03")),
    ("screen", "left", "{left: 2 min}", shown(left="2 min"), AS_USUAL),
    ("screen", "call", "{call: Party 1002}", AS_USUAL, shown(call="Far Party 10021")),
    ("screen", "shows", "{shows: [Hold, Recordings 1]}", shown(title="Recordings 1"), shown(title="Recordings 10")),
    ("screen", "shows", "{shows: 1. Codec}", shown(title="1. Codec"), shown(title="11. Codec")),
    ("screen", "shows not", "{shows not: [failed, Pause]}", shown(dss=()), AS_USUAL),
    ("state", "key", "recording", AS_USUAL, {"key": "paused"}),
    ("state", "key", "{key: paused}", {"key": "paused"}, {"key": "waiting_paused"}),
    ("state", "call", "{call: held}", {"call": "held"}, AS_USUAL),
    ("files", "count", "{count: 1}", AS_USUAL, of_files(file(), file("Record_2.wav"))),
    ("files", "names", "{names: [Record_2026*.wav]}", AS_USUAL, of_files(file("Record_2025.wav"))),
    ("files", "names", "{names: []}", of_files(), AS_USUAL),
    ("files", "size", "{size: 80076}", AS_USUAL, of_files(file(more=160))),
    ("files", "duration", "{duration: 10 s}", AS_USUAL, of_files(file(), file(seconds=9))),
    ("files", "duration", "{duration: 10 s}", AS_USUAL, of_files(replace(file(), size=76))),
    ("files", "total", "{total: at most 10 s}", AS_USUAL, of_files(file(), file(seconds=1))),
    ("files", "total", "{count: at most 1, total: at most 10 s}", AS_USUAL, of_files()),
    (
        "files",
        "codec",
        "{codec: PCMU}",
        AS_USUAL,
        of_files(replace(file(), header=replace(file().header, codec=PCMA))),  # type: ignore[type-var]
    ),
    ("files", "whole", "{whole: true}", AS_USUAL, of_files(file(more=160))),
    ("files", "whole", "{count: at most 1, whole: true}", AS_USUAL, of_files()),
    ("files", "whole", "{whole: false}", of_files(file(problem="it is odd")), AS_USUAL),
    ("account", "id", "{id: 00ff}", AS_USUAL, of_account(id="00ff00")),
    ("account", "mode", "{mode: local}", AS_USUAL, of_account(mode="server")),
    ("account", "codec", "{codec: PCMU}", AS_USUAL, of_account(codec="PCMA")),
    ("account", "state", "{state: recorded}", AS_USUAL, of_account(state="recorded not")),
    ("account", "reason", "{reason: key}", AS_USUAL, of_account(reason="call ended")),
    ("account", "started_at", "{started_at: 2026-03-02}", of_account(started_at="2026-03-02T10:00:00"), AS_USUAL),
    ("account", "duration_s", "{duration_s: 10 s}", AS_USUAL, of_account(duration_s=10.02)),
    ("account", "paused_s", "{paused_s: 2 s ± 10 ms}", AS_USUAL, of_account(paused_s=2.02)),
    ("account", "parts", "{parts: 1}", AS_USUAL, of_account(parts=[])),
    ("account", "parts", f"{{parts.0.path: {NAME}}}", AS_USUAL, of_account(parts=[{"path": "/stick/Record_2.wav"}])),
    ("account", "gaps", "{gaps: 1}", AS_USUAL, of_account(gaps=[])),
    ("account", "gaps", "{gaps.0.stream: far}", AS_USUAL, of_account(gaps=[{"stream": "far end"}])),
    ("account", "gaps_count", "{gaps_count: at most 1}", AS_USUAL, of_account(gaps_count=2)),
    ("account", "gaps_s", "{gaps_s.far: 40 ms}", AS_USUAL, of_account(gaps_s={"far": 0.06})),
    ("account", "gaps_s", "{gaps_s.near: 0}", AS_USUAL, of_account(gaps_s={"near": 0.02})),
    ("account", "faults", "{faults: 0}", AS_USUAL, of_account(faults=FAULTS)),
    ("account", "covered", "{covered: Record_1.wav}", of_account(covered=["Record_1.wav"]), AS_USUAL),
    ("account", "remaining_s", "{remaining_s: null}", AS_USUAL, of_account(remaining_s=3.0)),
    ("account", "remaining_s", "{remaining_s: 3 s}", of_account(remaining_s=3.0), AS_USUAL),
    ("account", "foreign", "{foreign: 0}", AS_USUAL, of_account(foreign=1)),
    ("account", "streams", "{streams.far.lost: 2}", AS_USUAL, of_account(streams=[{"name": "far", "lost": 3}])),
    ("account", "streams", "{streams.far.lost: 2}", AS_USUAL, of_account(streams=[{"name": "near", "lost": 2}])),
]

START = Passed(0, "control", True, "cmd=RecordStartRequest&id=1&dir=out")
REFUSAL = Passed(1, "control", False, "cmd=RecordStartResponse&id=1&result=failed&reason=no%20licence")
UNREAD = Passed(2, "control", False, "RecordStartResponse result=failed")
ON, OFF = Passed(0, "sip", True, "INFO Record: on"), Passed(1, "sip", True, "INFO Record: off")
OK = Passed(2, "sip", False, "200 OK")
PASSED: list[tuple[str, str, str, tuple[Passed, ...], tuple[Passed, ...]]] = [
    ("control", "lines", "[sent RecordStartRequest, received result=failed]", (START, REFUSAL), (REFUSAL, START)),
    ("control", "lines", "sent RecordStartRequest", (START,), (replace(START, sent=False),)),
    ("control", "lines", "received RecordStartResponse result=failed", (UNREAD,), (START,)),
    ("control", "lines", "sent RecordStartRequest dir=out", (START,), (replace(START, text=START.text + "er"),)),
    ("control", "lines", "received result=success", (replace(UNREAD, text="result=success"),), (UNREAD,)),
    ("control", "none", "none", (ON, OK), (START,)),
    (
        "control",
        "all",
        "{all: [sent RecordStartRequest, received result=failed]}",
        (START, ON, REFUSAL),
        (START, START, REFUSAL),
    ),
    ("control", "counts", "{counts: {sent RecordStartRequest: 1}}", (START, REFUSAL), (START, START)),
    ("control", "values", "{values: {id: 1}}", (START, REFUSAL), (START, replace(REFUSAL, text="cmd=A&id=2"))),
    ("control", "values", "{values: {id: 2}}", (START, replace(REFUSAL, text="cmd=A&id=2")), (START, REFUSAL)),
    ("sip", "lines", '["sent INFO record: on", received 200]', (ON, OK), (OFF, OK)),
    ("sip", "lines", "received 200 OK", (OK,), (replace(OK, text="488 Not OK"),)),
    ("sip", "none", "none", (START,), (ON,)),
    ("sip", "all", '{all: "sent INFO Record: on"}', (ON, START), (ON, OFF)),
    ("sip", "counts", "{counts: {sent INFO: at most 1}}", (ON, OK), (ON, OFF)),
    ("sip", "values", "{values: {Record: 1}}", (ON, OK), (ON, OFF)),
]


def fails(expected: Expectation, seen: Evidence) -> bool:
    """Whether it is a failure, and one that says what is wrong in a line."""
    found = judge(case(expected), seen)
    assert all(failure.expected and failure.seen and "\n" not in str(failure) for failure in found)
    return bool(found)


def in_language() -> set[tuple[str, str]]:
    """Each field of each kind that is no sound, by the language's own tables."""
    messages = {field.name for field in fields(Messages)} - {"protocol"}
    tables = {
        "screen": SCREEN.fields.fields,
        "state": {field.name for field in fields(StateIs)},
        "files": FILES.fields.fields,
        "account": FIELDS,
        "control": messages,
        "sip": messages,
    }
    assert tables.keys() == KINDS.keys() - {"audio"}, "a kind without a table"
    return {(kind, field) for kind, table in tables.items() for field in table}


def test_everything_that_the_language_has_is_here() -> None:
    assert {(kind, field) for kind, field, *_ in (*ON_DRIVE, *PASSED)} == in_language()


@pytest.mark.parametrize(("kind", "table"), [(ScreenIs, SCREEN), (FilesAre, FILES)])
def test_everything_that_can_be_judged_can_be_written(kind: type[ScreenIs | FilesAre], table: Any) -> None:
    assert {field.name.replace("_", " ") for field in fields(kind)} == table.fields.fields.keys()
    assert MESSAGES.fields.keys() <= {field.name for field in fields(Messages)}


@pytest.mark.parametrize(("kind", "field", "text", "good", "bad"), ON_DRIVE)
def test_what_a_phone_shows_and_keeps_can_fail(
    kind: str, field: str, text: str, good: Seen, bad: Seen, tmp_path: Path
) -> None:
    expected = expected_of(tmp_path, f"{kind}: {text}")
    assert not fails(expected, evidence(moment(**good)))
    assert fails(expected, evidence(moment(**bad)))


@pytest.mark.parametrize(("kind", "field", "text", "good", "bad"), ON_DRIVE)
def test_it_can_fail_at_an_instant_too(kind: str, field: str, text: str, good: Seen, bad: Seen, tmp_path: Path) -> None:
    expected = replace(expected_of(tmp_path, f"{kind}: {text}"), at=SECOND)
    assert not fails(expected, evidence(moment(**bad), {SECOND: moment(SECOND, **good)}))
    assert fails(expected, evidence(moment(**good), {SECOND: moment(SECOND, **bad)}))
    assert fails(expected, evidence(moment(**good)))


@pytest.mark.parametrize(("kind", "field", "text", "good", "bad"), PASSED)
def test_messages_can_fail(
    kind: str, field: str, text: str, good: tuple[Passed, ...], bad: tuple[Passed, ...], tmp_path: Path
) -> None:
    expected = expected_of(tmp_path, f"{kind}: {text}")
    assert not fails(expected, evidence(messages=good))
    assert fails(expected, evidence(messages=bad))


@pytest.mark.parametrize("kind", ["files", "account"])
def test_a_recording_that_is_named_is_the_one_that_is_judged(kind: str, tmp_path: Path) -> None:
    text = {"files": "{duration: 10 s}", "account": "{reason: record key}"}[kind]
    other = account(reason="call ended", parts=[{"path": "/stick/Record_2.wav"}])
    both = evidence(moment(files=(file(), file("Record_2.wav", 4)), accounts=(account(), other)))
    expected = expected_of(tmp_path, f"{kind}: {text}")
    assert not fails(replace(expected, recording=1), both)
    assert fails(replace(expected, recording=2), both)
    assert fails(replace(expected, recording=3), both)
