"""Results of made-up cases: a call of two seconds with a recording of it, and whatever a test wants to be otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from phone_recorder.control_api import Screen
from phone_recorder.control_api.shown import Line
from phone_recorder.harness.evidence import Carried, Evidence, Failure, FileSeen, Moment, Passed, Recorded
from phone_recorder.harness.report.replay import Command
from phone_recorder.harness.runner.result import Outcome, Result
from phone_recorder.harness.scenario.actions import Press, Step
from phone_recorder.harness.scenario.case import CallPlan, Case, PartyPlan
from phone_recorder.harness.scenario.expected import Expectation, StateIs
from phone_recorder.media import g711
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.indicator import Indicator
from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpPacket

COMMAND = Command(42)
BEGAN_AT = datetime(2026, 3, 14, 15, 9, 26)
FRAME = from_ms(20)
PHONE, FAR, SERVER = ("192.0.2.1", 4000), ("192.0.2.2", 5000), ("192.0.2.3", 10000)
NAME = "Record_20260302100000.wav"
ATTACK = "<script>alert(1)</script>\"'><img src=http://x.invalid/ onerror=alert(1)>"
FAILURE = Failure("at 1 s, state recording", "it is idle", SECOND, 12)


def case(name: str = "stick", **more: Any) -> Case:
    """`path` and `title` follow from the name, unless they are given."""
    given: dict[str, Any] = {
        "path": Path(f"{name.partition('[')[0]}.scenario.yaml"),
        "title": f"What {name} is about",
        "expected": (Expectation(StateIs("recording"), SECOND, line=12), Expectation(StateIs("idle"), line=13)),
    } | more
    party = PartyPlan("tone:440")
    steps = (Step(0, Press("record"), 9, "press: record"), Step(2 * SECOND, Press("stop"), 10, "press: stop"))
    plan = CallPlan(2 * SECOND)
    return Case(name=name, settings=PhoneSettings(), near=party, far=party, call=plan, steps=steps, **given)


def result(outcome: Outcome = "passed", name: str = "stick", **more: Any) -> Result:
    """One that failed has FAILURE, unless others are given."""
    failures = {"failures": (FAILURE,)} if outcome == "failed" else {}
    return Result(**{"case": case(name), "outcome": outcome, "seed": 7, "took_s": 0.044} | failures | more)


def hostile(text: str = ATTACK) -> Result:
    """One that failed, with that text wherever others can put one; the scenario's own are an ATTACK."""
    bad = case(ATTACK, title=ATTACK, description=ATTACK, tags=(ATTACK,), path=Path(ATTACK))
    seen = evidence(
        messages=(Passed(0, "control", True, text), Passed(0, "sip", False, text)),
        screens=((0, Indicator(prompt=text, left=text)),),
        happened=((0, text),),
        moments={5: moment(5, text, prompt=text, call=text)},
        end=replace(moment(9), files=(FileSeen(text, 1, None, text),)),
    )
    failures = (Failure(text, text, 5, 1),)
    return result("failed", case=bad, failures=failures, evidence=seen, why=text)


def voice(payload: bytes, seconds: int = 2) -> list[Datagram]:
    """The same payload all the time, as a party sends it."""
    return [
        (number * FRAME, bytes(RtpPacket(0, number, number * FRAME, 1, payload)))
        for number in range(seconds * SECOND // FRAME)
    ]


def loud(level: int = 8000) -> bytes:
    """A frame of a square wave of 500 Hz in G.711."""
    code = [g711.encode_table(PCMU)[level & 0xFFFF], g711.encode_table(PCMU)[-level & 0xFFFF]]
    return bytes(code[n // 8 % 2] for n in range(FRAME))


def recorded(directory: Path, payload: bytes, seconds: int = 2) -> Recorded:
    """A recording of that payload, in a file in that directory."""
    data = payload * (seconds * SECOND // FRAME)
    path = directory / NAME
    path.write_bytes(bytes(RecordHeader(PCMU, FRAME, FRAME, len(data))) + data)
    account = {"id": "1", "state": "recorded", "duration_s": seconds, "gaps": [], "reason": "<b>key</b>"}
    return Recorded(account, 0, (path,))


def moment(instant: int, key: str = "idle", **screen: Any) -> Moment:
    """What was so then; the screen shows a menu."""
    shown = Screen("Menu", "en", lines=(Line("Record", "on"),), soft=("OK", "", "", "Back"), **screen)
    file = FileSeen(NAME, 16_076, RecordHeader(PCMU, FRAME, FRAME, 16_000))
    return Moment(instant, shown, key, "connected", instant, (file,), (), 0)


def messages() -> tuple[Passed, ...]:
    return (
        Passed(100, "control", True, "cmd=RecordStartRequest&id=1"),
        Passed(200, "control", False, "cmd=RecordStartResponse&id=1&result=success"),
        Passed(300, "sip", True, "INFO sip:1002@192.0.2.2 SIP/2.0\r\nRecord: on\r\n\r\n"),
    )


def carried(count: int = 10) -> tuple[Carried, ...]:
    """Packets from the far party to the phone, and one message each way between the phone and the server."""
    rtp = [Carried(at, "UDP", FAR, PHONE, data) for at, data in voice(loud())[:count]]
    return (
        *rtp,
        Carried(50, "TCP", PHONE, SERVER, b"cmd=RecordStartRequest&id=1\n"),
        Carried(60, "TCP", SERVER, PHONE, b"cmd=RecordStartResponse&id=1\n"),
    )


def evidence(recordings: Sequence[Recorded] = (), **more: Any) -> Evidence:
    """Of a call of two seconds, with something in each of its fields."""
    screens = ((0, Indicator("idle")), (160, Indicator("recording", prompt="Recording", lamp="on")))
    given: dict[str, Any] = {
        "moments": {SECOND: moment(SECOND, "recording")},
        "end": moment(2 * SECOND),
        "said": {"near": voice(loud(1000)), "far": voice(loud())},
        "messages": messages(),
        "screens": screens,
        "carried": carried(),
        "happened": ((0, "press: record"), (2 * SECOND, "press: stop")),
        "lasted": 2 * SECOND,
    }
    return Evidence(recordings=tuple(recordings), **given | more)
