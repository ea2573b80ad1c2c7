"""Each action of a scenario in words."""

from __future__ import annotations

from typing import get_args

import pytest

from phone_recorder.harness.call.network import Impairment
from phone_recorder.harness.judging.action_words import words
from phone_recorder.harness.scenario.actions import (
    Action,
    Change,
    ClockJump,
    Network,
    Press,
    RtpFault,
    RtpKind,
    ServerActs,
    ServerKind,
    SipActs,
    Standstill,
    Stick,
    Talk,
    Type,
)
from phone_recorder.recording.units import SECOND

SAID: list[tuple[Action, str]] = [
    (Press("record"), "press record"),
    (Type("hello"), 'type "hello"'),
    (Talk("hold"), "hold the call"),
    (Talk("resume"), "take the call back"),
    (Talk("hang up"), "hang up"),
    (Talk("begin", "1003", "Somebody Else", "in"), "a call begins, from 1003 Somebody Else"),
    (Talk("begin"), "a call begins, to the same party"),
    (Stick("plug"), "plug the stick in"),
    (Stick("plug", 8 << 20, "exFAT"), "plug the stick in, 8 MiB of exFAT"),
    (Stick("pull"), "pull the stick out"),
    (Stick("swap"), "another stick, which is empty, takes the stick's place"),
    (Stick("fill"), "fill the stick, nothing is left"),
    (Stick("fill", 2 << 20), "fill the stick, 2 MiB is left"),
    (Stick("lock"), "write-protect the stick"),
    (Stick("unlock"), "make the stick writable"),
    (Stick("slow", 2000), "the stick takes 2 s for each write"),
    (Stick("slow", 0), "the stick is fast"),
    (Stick("bad"), "the stick reports an error at each sync"),
    (Stick("bad once"), "the stick reports an error at the next sync"),
    (Stick("good"), "the stick reports no more errors"),
    (ServerActs(), "the record server is ours"),
    (ServerActs("refuse", "no licence"), "the record server refuses each start: no licence"),
    (ServerActs("hang"), "the record server answers nothing"),
    (ServerActs("reset"), "the record server resets each connection"),
    (ServerActs("close"), "the record server closes each connection"),
    (ServerActs("unreachable"), "the record server cannot be reached"),
    (ServerActs("answer", "cmd=X&id={id}"), 'the record server answers "cmd=X&id={id}"'),
    (ServerActs("split", number=3), "the record server answers in pieces of 3 bytes"),
    (ServerActs("restart"), "the record server restarts, and is ours"),
    (ServerActs("vanish"), "the record server vanishes, and what is sent to it comes nowhere"),
    (SipActs(), "the SIP server answers 200 OK"),
    (SipActs(488, "Not Acceptable Here", 2400), "the SIP server answers 488 Not Acceptable Here after 300 ms"),
    (SipActs(0), "the SIP server answers nothing"),
    (Network(), "the network delivers all"),
    (
        Network(Impairment(0.02, 0.01, 0.005, 240), 3, 4000),
        "the network loses 2 % in bursts of 3, reorders 1 %, duplicates 0.5 %, delays by up to 30 ms,"
        " stalls for 500 ms",
    ),
    (RtpFault("new ssrc"), "the far party goes on with a new SSRC"),
    (RtpFault("jump timestamp", number=40_000), "the far party leaps by 40000 (5 s) in its timestamps"),
    (RtpFault("jump sequence", number=1000), "the far party leaps by 1000 in its sequence numbers"),
    (RtpFault("reset"), "the far party begins anew with sequence number and timestamp 0"),
    (RtpFault("wrong source", number=10), "the far party is spoken over by a stranger, for 10 packets"),
    (RtpFault("ptime", "near", 40), "the near party goes on in packets of 40 ms"),
    (RtpFault("codec", text="PCMA"), "the far party goes on in PCMA"),
    (RtpFault("dtmf", text="123"), "the far party dials 123"),
    (RtpFault("comfort noise", number=SECOND), "the far party sends comfort noise for 1 s"),
    (RtpFault("stop"), "the far party stops sending"),
    (RtpFault("go on"), "the far party goes on sending"),
    (RtpFault("stall", number=2 * SECOND), "the far party stalls for 2 s"),
    (RtpFault("malformed", number=5), "the far party sends 5 malformed packets"),
    (RtpFault("drift", number=150), "the far party has a clock that is 150 ppm off"),
    (ClockJump(3600 * SECOND), "the clock leaps ahead by 1 h"),
    (ClockJump(-3600 * SECOND), "the clock leaps back by 1 h"),
    (Standstill(4000), "the phone stands still for 500 ms"),
    (Change({"record.pause": "silence", "server.host": ""}), "set record.pause to silence, server.host to nothing"),
]


@pytest.mark.parametrize(("action", "text"), SAID)
def test_an_action_is_a_line_of_prose(action: Action, text: str) -> None:
    assert words(action) == text


def test_every_action_has_words() -> None:
    actions = [action for action, _ in SAID]
    assert {type(action) for action in actions} == set(get_args(Action))
    assert {action.kind for action in actions if isinstance(action, RtpFault)} == set(get_args(RtpKind))
    assert {action.kind for action in actions if isinstance(action, ServerActs)} == set(get_args(ServerKind))
