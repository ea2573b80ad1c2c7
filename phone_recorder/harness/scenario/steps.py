"""The steps of a scenario: `{at: 2 s, stick: pull}` is an instant and one thing that happens then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from phone_recorder.control_api import KEYS
from phone_recorder.harness.scenario.actions import (
    Action,
    ClockJump,
    Press,
    RtpFault,
    Standstill,
    Step,
    Stick,
    Talk,
    Type,
)
from phone_recorder.harness.scenario.phone_settings import ChangeShape
from phone_recorder.harness.scenario.phrases import Phrase
from phone_recorder.harness.scenario.places import Node, Table, one_line
from phone_recorder.harness.scenario.servers import NETWORK_STEP, SERVER_STEP, SIP_SERVER
from phone_recorder.harness.scenario.shapes import Choice, Field, Fields, Of, Phrases, Schema, Shape, Text
from phone_recorder.harness.scenario.words import TIME
from phone_recorder.recording.record_key import NAMES

AT = "at"
ZERO: Schema = {"const": 0}
"""The one time that goes without its unit."""

_STICK = (
    Phrase("plug [{amount:size}] [{file_system:filesystem}]", partial(Stick, "plug")),
    Phrase("pull", partial(Stick, "pull")),
    Phrase("swap", partial(Stick, "swap")),
    Phrase("fill [leaving {amount:size}]", partial(Stick, "fill", amount=0)),
    Phrase("lock", partial(Stick, "lock")),
    Phrase("unlock", partial(Stick, "unlock")),
    Phrase("slow {amount:ms}", partial(Stick, "slow")),
    Phrase("fast", partial(Stick, "slow", 0)),
    Phrase("bad sector", partial(Stick, "bad")),
    Phrase("bad sector once", partial(Stick, "bad once")),
    Phrase("good", partial(Stick, "good")),
)
_RTP = (
    Phrase("[{leg:leg}] new ssrc", partial(RtpFault, "new ssrc")),
    Phrase("[{leg:leg}] jump timestamp {number:timestamps}", partial(RtpFault, "jump timestamp")),
    Phrase("[{leg:leg}] jump sequence {number:sequence}", partial(RtpFault, "jump sequence")),
    Phrase("[{leg:leg}] reset", partial(RtpFault, "reset")),
    Phrase("wrong source {number:count} packet(s)", partial(RtpFault, "wrong source")),
    Phrase("[{leg:leg}] ptime {number:ptime}", partial(RtpFault, "ptime")),
    Phrase("[{leg:leg}] codec {text:codec}", partial(RtpFault, "codec")),
    Phrase("[{leg:leg}] dtmf {text:digits}", partial(RtpFault, "dtmf")),
    Phrase("[{leg:leg}] comfort noise {number:time}", partial(RtpFault, "comfort noise")),
    Phrase("[{leg:leg}] stop", partial(RtpFault, "stop")),
    Phrase("[{leg:leg}] go on", partial(RtpFault, "go on")),
    Phrase("[{leg:leg}] stall {number:time}", partial(RtpFault, "stall")),
    Phrase("[{leg:leg}] malformed {number:count} packet(s)", partial(RtpFault, "malformed")),
    Phrase("[{leg:leg}] drift {number:ppm}", partial(RtpFault, "drift")),
)
_CALL = (
    Phrase("hold", partial(Talk, "hold")),
    Phrase("resume", partial(Talk, "resume")),
    Phrase("hang up", partial(Talk, "hang up")),
    Phrase("begin [{direction:direction}]", partial(Talk, "begin")),
    Phrase("begin [{direction:direction}] {number:word} [{name:text}]", partial(Talk, "begin")),
)


@dataclass(frozen=True, slots=True)
class Made:
    """Another shape, and what is made of its value."""

    shape: Shape
    make: Any

    def read(self, node: Node) -> Action:
        action: Action = self.make(self.shape.read(node))
        return action

    def schema(self) -> Schema:
        return self.shape.schema()


ACTIONS: dict[str, Field] = {
    "press": Field(
        Made(Choice(tuple(dict.fromkeys((*NAMES, *KEYS)))), Press),
        "Presses a key: record, start, stop, pause, resume, or a key of the phone such as dss1, ok, up, 1.",
    ),
    "type": Field(Made(Text("letters or digits", 200), Type), "Types into the field that is open, or dials."),
    "stick": Field(Phrases("thing that a stick does", _STICK), "What is done with the stick, or becomes of it."),
    "server": Field(SERVER_STEP, "How the record server is from now on."),
    "sip server": Field(SIP_SERVER, "How the SIP server answers INFO from now on."),
    "network": Field(NETWORK_STEP, "How the network between far party and phone is from now on."),
    "rtp": Field(Phrases("thing that a party's RTP does", _RTP), "What the far party's RTP does, or the near party's."),
    "clock": Field(
        Phrases("thing that the clock does", (Phrase("jump {units:jump}", ClockJump),)),
        "The system's time leaps; nothing else notices.",
    ),
    "phone": Field(
        Phrases("thing that the phone's program does", (Phrase("stand still {units:time}", Standstill),)),
        "The phone's own program stands still; what comes meanwhile waits.",
    ),
    "call": Field(
        Phrases("thing that is done with a call", _CALL), "Holds, resumes, ends the call, or begins another."
    ),
    "settings": Field(ChangeShape(), "Changes settings; they count from the next recording on."),
}
_INSTANT = Field(Of(TIME, ZERO), "When it happens, from the start of the first call: 0 s, 3.5 s, 17 min 30 s.", True)
_STEP = Fields("step", {AT: _INSTANT, **ACTIONS})


@dataclass(frozen=True, slots=True)
class StepShape:
    """A step."""

    def read(self, node: Node) -> Step:
        values = _STEP.read(node)
        assert isinstance(node, Table), "what has fields is a mapping"
        at = values.pop(AT)
        if len(values) != 1:
            given = f"{' and '.join(values)} are too many" if values else "nothing happens in it"
            raise node.place.error(f"{given}: write at: and one of {', '.join(ACTIONS)}")
        text = next(f"{key}: {one_line(below)}" for key, below in node.entries.items() if key != AT)
        (action,) = values.values()
        return Step(at, action, node.place.line, text)

    def schema(self) -> Schema:
        return {**_STEP.schema(), "minProperties": 2, "maxProperties": 2}


STEP = StepShape()
