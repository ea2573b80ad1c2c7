"""Evidence of a recording of ten seconds that went well, and what an expectation makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from msgspec.structs import replace as with_struct

from phone_recorder.control_api import DssKey, Line, Screen
from phone_recorder.harness.evidence import Evidence, Failure, FileSeen, Moment, Passed, Recorded
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.case import CallPlan, Case, PartyPlan
from phone_recorder.harness.scenario.expected import Expectation, What
from phone_recorder.recording.account import Account, GapLog, Part, StreamCounts
from phone_recorder.recording.units import SECOND
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader

NAME = "Record_20260302100000.wav"


def screen(**changes: Any) -> Screen:
    """A phone that records to its drive."""
    usual = Screen(
        title="BX5S 1001 Near Party",
        language="en",
        clock="Mon 2 Mar 10:00",
        call="Far Party 1002",
        call_state="00:10",
        icon="recording",
        timer="00:02",
        left="12 min",
        prompt="Recording",
        soft=("Hold", "", "Stop", "End"),
        dss=(DssKey("pause", "Pause"), DssKey("record", "Record", "on")),
    )
    return with_struct(usual, **changes)


MENU = screen(title="Record manager", prompt="", lines=(Line("Record mode", "Local"), Line("Codec", "PCMU")))


def file(name: str = NAME, seconds: float = 10, header: bool = True, problem: str = "", more: int = 0) -> FileSeen:
    """A record file; `more` bytes are there that its header does not know of."""
    size = round(seconds * SECOND)
    return FileSeen(name, HEADER_SIZE + size + more, RecordHeader(PCMU, 160, 160, size) if header else None, problem)


def account(**changes: Any) -> dict[str, Any]:
    """Of ten seconds in a file, with two packets of the far party lost, which are a gap."""
    gaps = GapLog()
    gaps.add("far", 3 * SECOND, 320)
    made = Account("00ff", "local", "PCMU", "recorded", "record key", recorded=10 * SECOND, paused=2 * SECOND)
    made.parts = (Part(f"/stick/{NAME}", 80_076, 500, 10.0),)
    made.gaps = gaps
    made.streams = {"near": StreamCounts(500), "far": StreamCounts(498, lost=2)}
    return made.document() | changes


def moment(instant: int = 0, **changes: Any) -> Moment:
    usual: dict[str, Any] = {
        "screen": screen(),
        "key": "recording",
        "call": "connected",
        "recorded": 2 * SECOND,
        "files": (file(),),
        "accounts": (account(),),
        "messages": 0,
    }
    return Moment(instant, **usual | changes)


def evidence(
    end: Moment | None = None,
    moments: dict[int, Moment] | None = None,
    recordings: tuple[Recorded, ...] | None = None,
    messages: tuple[Passed, ...] = (),
) -> Evidence:
    end = end or moment()
    recordings = (Recorded(account(), 0, (Path(NAME),)),) if recordings is None else recordings
    return Evidence(moments or {}, end, recordings, {}, messages)


def one_message(text: str, protocol: Literal["control", "sip"] = "control") -> Evidence:
    """Of one message that the phone has received."""
    return evidence(messages=(Passed(0, protocol, False, text),))


def case(*expected: Expectation, **changes: Any) -> Case:
    usual: dict[str, Any] = {
        "name": "ten_seconds",
        "path": Path("scenarios/ten_seconds.scenario.yaml"),
        "title": "Ten seconds are recorded",
        "settings": PhoneSettings(),
        "near": PartyPlan("tone:440:0"),
        "far": PartyPlan("tone:660:1"),
        "call": CallPlan(10 * SECOND),
    }
    return Case(**usual | changes, expected=expected)


def failures(expectation: Expectation, seen: Evidence) -> tuple[Failure, ...]:
    return judge(case(expectation), seen)


def told(what: What, seen: Evidence, recording: int | None = None) -> list[str]:
    """The lines of an expectation at the end."""
    return [str(failure) for failure in failures(Expectation(what, recording=recording), seen)]


def told_of(what: What, **changes: Any) -> list[str]:
    """The same, of an end that differs in something."""
    return told(what, evidence(moment(**changes)))


def exactly(number: float) -> Bound:
    return Bound(number, number, f"{number:g}")


def around(units: int, by: int, text: str) -> Bound:
    return Bound(units - by, units + by, text)
