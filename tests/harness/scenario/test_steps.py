from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.call.network import Impairment
from phone_recorder.harness.scenario.actions import (
    Action,
    Change,
    ClockJump,
    Network,
    Press,
    RtpFault,
    ServerActs,
    SipActs,
    Standstill,
    Step,
    Stick,
    Talk,
    Type,
)
from tests.harness.scenario.everything import case_of, wrong

SERVER_MODE = "phone: {settings: {record.mode: network}}\n"


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("press: record", Press("record")),
        ("press: dss1", Press("dss1")),
        ("press: 1", Press("1")),
        ('press: "#"', Press("#")),
        ("press: resume", Press("resume")),
        ("type: hello", Type("hello")),
        ("type: 1002", Type("1002")),
        ("stick: plug", Stick("plug")),
        ("stick: plug 8 MiB", Stick("plug", 8 << 20)),
        ("stick: plug 8 MiB exFAT", Stick("plug", 8 << 20, "exFAT")),
        ("stick: plug exFAT", Stick("plug", None, "exFAT")),
        ("stick: pull", Stick("pull")),
        ("stick: swap", Stick("swap")),
        ("stick: fill", Stick("fill", 0)),
        ("stick: fill leaving 2 MiB", Stick("fill", 2 << 20)),
        ("stick: lock", Stick("lock")),
        ("stick: unlock", Stick("unlock")),
        ("stick: slow 2 s", Stick("slow", 2000)),
        ("stick: fast", Stick("slow", 0)),
        ("stick: bad sector", Stick("bad")),
        ("stick: bad sector once", Stick("bad once")),
        ("stick: good", Stick("good")),
        ("server: ours", ServerActs("ours")),
        ("server: refuse no licence", ServerActs("refuse", "no licence")),
        ("server: refuse", ServerActs("refuse")),
        ("server: hang", ServerActs("hang")),
        ("server: reset", ServerActs("reset")),
        ("server: close", ServerActs("close")),
        ("server: unreachable", ServerActs("unreachable")),
        ("server: answer cmd=X&id=1&result=failed", ServerActs("answer", "cmd=X&id=1&result=failed")),
        ("server: split 3 bytes", ServerActs("split", number=3)),
        ("server: restart", ServerActs("restart")),
        ("sip server: hang", SipActs(0, "")),
        ("sip server: answers 200", SipActs(200, "OK")),
        ("sip server: answers 488", SipActs(488, "Not Acceptable Here")),
        ("sip server: answers 603 No Way after 300 ms", SipActs(603, "No Way", 2400)),
        ("network: loss 10 %", Network(Impairment(loss=0.1))),
        ("network: clear", Network()),
        ('network: "loss 0.02, burst 3, reorder 1 %, duplicate 1 %, jitter 30 ms, stall 500 ms"',
         Network(Impairment(0.02, 0.01, 0.01, 240), 3, 4000)),
        ("rtp: new ssrc", RtpFault("new ssrc")),
        ("rtp: near new ssrc", RtpFault("new ssrc", "near")),
        ("rtp: jump timestamp 2147483648", RtpFault("jump timestamp", number=2147483648)),
        ("rtp: jump timestamp 5 s", RtpFault("jump timestamp", number=40_000)),
        ("rtp: jump timestamp -5 s", RtpFault("jump timestamp", number=-40_000)),
        ("rtp: far jump sequence 1000", RtpFault("jump sequence", number=1000)),
        ("rtp: reset", RtpFault("reset")),
        ("rtp: ptime 40 ms", RtpFault("ptime", number=40)),
        ("rtp: codec PCMA", RtpFault("codec", text="PCMA")),
        ("rtp: dtmf 123", RtpFault("dtmf", text="123")),
        ("rtp: comfort noise 1 s", RtpFault("comfort noise", number=8000)),
        ("rtp: stop", RtpFault("stop")),
        ("rtp: near go on", RtpFault("go on", "near")),
        ("rtp: stall 2 s", RtpFault("stall", number=16_000)),
        ("rtp: malformed 1 packet", RtpFault("malformed", number=1)),
        ("rtp: drift 150 ppm", RtpFault("drift", number=150)),
        ("rtp: drift -150 ppm", RtpFault("drift", number=-150)),
        ("clock: jump 1 h", ClockJump(28_800_000)),
        ("clock: jump -1 h", ClockJump(-28_800_000)),
        ("phone: stand still 500 ms", Standstill(4000)),
        ("call: hold", Talk("hold")),
        ("call: resume", Talk("resume")),
        ("call: hang up", Talk("hang up")),
        ("call: begin", Talk("begin", "1002", "Far Party")),
        ("call: begin in", Talk("begin", "1002", "Far Party", "in")),
        ("call: begin 1003", Talk("begin", "1003")),
        ("call: begin in 1003 Somebody Else", Talk("begin", "1003", "Somebody Else", "in")),
        ("settings: {record.pause: silence, record.size_limit: 1 MiB, record.tone: true, server.port: 9}",
         Change({"record.pause": "silence", "record.size_limit": "1M", "record.tone": "on", "server.port": "9"})),
    ],
)  # fmt: skip
def test_what_can_happen(tmp_path: Path, text: str, action: Action) -> None:
    (step,) = case_of(tmp_path, f"steps:\n- at: 2 s\n  {text}\n").steps
    assert (step.at, step.action, step.line) == (16_000, action, 3)


def test_packets_of_a_wrong_source_come_to_a_record_server(tmp_path: Path) -> None:
    (step,) = case_of(tmp_path, f"{SERVER_MODE}steps: [{{at: 0 s, rtp: wrong source 10 packets}}]").steps
    assert step == Step(0, RtpFault("wrong source", number=10), 3, "rtp: wrong source 10 packets")


def test_a_step_keeps_what_its_author_wrote(tmp_path: Path) -> None:
    (step,) = case_of(tmp_path, "steps:\n- settings:\n    record.pause: silence\n  at: 1 min 5 s\n").steps
    assert (step.at, step.text) == (520_000, "settings: {record.pause: silence}")


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("{at: 0 s}", "2: steps: it is no list: begin each of its items with a -"),
        ("[press]", "2: steps.1: it is no step: write keys and values, of at, press"),
        ("[{press: record}]", "2: steps.1: at is missing: write at: and when it happens"),
        ("[{at: 0 s}]", "2: steps.1: nothing happens in it: write at: and one of press"),
        ("[{at: 0 s, press: ok, type: a}]", "2: steps.1: press and type are too many"),
        ("[{at: soon, press: ok}]", "2: steps.1.at: 'soon' is no time: write one with its unit"),
        ("[{at: 3, press: ok}]", "2: steps.1.at: '3' is no time"),
        ("[{at: -1 s, press: ok}]", "2: steps.1.at: '-1 s' is no time"),
        ("[{at: 0 s, press: recrod}]", "2: steps.1.press: 'recrod' is none of what it can be: did you mean record"),
        ("[{at: 0 s, pres: record}]", "2: steps.1.pres: there is no such key: did you mean press"),
        ("[{at: 0 s, stick: eat}]", "2: steps.1.stick: 'eat' is no thing that a stick does: write one of plug [SIZE]"),
        ("[{at: 0 s, stick: [pull]}]", "2: steps.1.stick: it is no single value: write a thing that a stick does"),
        ("[{at: 0 s, stick: }]", "2: steps.1.stick: it says nothing"),
        ("[{at: 0 s, server: on fire}]", "2: steps.1.server: 'on fire' is no step of a server: write one of ours |"),
        ("[{at: 0 s, server: answer}]", "2: steps.1.server: 'answer' is no step of a server"),
        ("[{at: 0 s, server: split 0 bytes}]", "2: steps.1.server: 0 is no number from 1 to 1000000"),
        ("[{at: 0 s, sip server: answers 100}]", "2: steps.1.sip server: 'answers 100' is no SIP server"),
        (
            "[{at: 0 s, network: rain}]",
            "2: steps.1.network: 'rain' is no trouble of a network: write one of loss SHARE",
        ),
        ("[{at: 0 s, network: loss 2, burst 3}]", "2: steps.1.burst 3: there is no such key: text with a comma in it"),
        ("[{at: 0 s, network: burst 3}]", "2: steps.1.network: nothing is lost, and so no burst of it"),
        ('[{at: 0 s, network: "loss 1 %, loss 2 %"}]', "2: steps.1.network: loss stands here twice"),
        ("[{at: 0 s, rtp: explode}]", "2: steps.1.rtp: 'explode' is no thing that a party's RTP does: write one of"),
        ("[{at: 0 s, rtp: codec Opus}]", "2: steps.1.rtp: 'codec Opus' is no thing"),
        ("[{at: 0 s, rtp: drift 999999 ppm}]", "2: steps.1.rtp: 999999 ppm is no drift from -100000 to 100000 ppm"),
        (
            "[{at: 0 s, rtp: wrong source 5 packets}]",
            "2: steps.1: packets of a wrong source can come to a record server",
        ),
        ("[{at: 0 s, clock: stop}]", "2: steps.1.clock: 'stop' is no thing that the clock does: write jump TIME"),
        ("[{at: 0 s, phone: explode}]", "2: steps.1.phone: 'explode' is no thing that the phone's program does"),
        ("[{at: 0 s, call: end}]", "2: steps.1.call: 'end' is no thing that is done with a call: write one of hold"),
        ("[{at: 0 s, settings: {}}]", "2: steps.1.settings: nothing changes: write settings and values"),
        (
            "[{at: 0 s, rtp: stall 2 sec}]",
            "2: steps.1.rtp: 'stall 2 sec' is no thing that a party's RTP does: write s in",
        ),
        ("[{at: 0 s, settings: {record.paus: x}}]", "2: steps.1.settings.record.paus: there is no setting record.paus"),
        ("[{at: 0 s, settings: {record.pause: x}}]", "2: steps.1.settings.record.pause: 'x' is none of skip, silence"),
    ],
)
def test_what_cannot_happen_is_told_with_its_line_and_key(tmp_path: Path, steps: str, told: str) -> None:
    assert wrong(tmp_path, f"steps: {steps}").startswith(told)
