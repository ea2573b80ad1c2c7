"""The keys of a scenario's file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from phone_recorder.harness.scenario.case import Subject
from phone_recorder.harness.scenario.expanding import MATRIX, VARIABLES
from phone_recorder.harness.scenario.expectations import EXPECTATION
from phone_recorder.harness.scenario.including import INCLUDE
from phone_recorder.harness.scenario.parties import CALL, PARTY, Clock
from phone_recorder.harness.scenario.phone_settings import PHONE
from phone_recorder.harness.scenario.places import Leaf, Node
from phone_recorder.harness.scenario.servers import NETWORK, SERVER, SIP_SERVER
from phone_recorder.harness.scenario.shapes import Choice, Field, Fields, ListOf, Schema, Text, Whole, or_variable
from phone_recorder.harness.scenario.steps import STEP
from phone_recorder.harness.scenario.sticks import STICK
from phone_recorder.settings.kinds import quoted

_LIVE = {True: None, False: False, "only": True}
"""As Case.live has it: a scenario that may be live may be under the virtual clock too."""


@dataclass(frozen=True, slots=True)
class Live:
    """Which clocks can play it."""

    def read(self, node: Node) -> bool | None:
        value = node.value if isinstance(node, Leaf) else None
        if value not in _LIVE or not isinstance(value, bool | str):
            said = quoted(node.text) if isinstance(node, Leaf) else "this"
            raise node.place.error(f"{said} is no way to play it: write false (virtual clock only), only, or true")
        return _LIVE[value]

    def schema(self) -> Schema:
        return or_variable({"enum": [True, False, "only"]})


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is gone from the tree before it is read as a case; here for the schema alone."""

    said: Schema

    def read(self, node: Node) -> None:
        raise node.place.error("it cannot stand here: write it at the beginning of a line")

    def schema(self) -> Schema:
        return self.said


_NAMED: Schema = {"type": "object", "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}}

_FILE: Schema = {"type": "string", "pattern": r"\.ya?ml$"}

EARLIER = {
    INCLUDE: Field(
        Earlier({"anyOf": [_FILE, {"type": "array", "items": _FILE, "minItems": 1}]}),
        "Files that this one is put on top of, as seen from here: mappings merge, steps and expectations are joined.",
    ),
    VARIABLES: Field(Earlier(_NAMED), "Values that ${name} stands for."),
    MATRIX: Field(
        Earlier(
            {
                "anyOf": [
                    {**_NAMED, "additionalProperties": {"type": "array", "minItems": 1}, "minProperties": 1},
                    {"type": "array", "items": {**_NAMED, "minProperties": 1}, "minItems": 1},
                ]
            }
        ),
        "Variables with a list of values each: every combination is a case. Or a list of mappings: each is a case.",
    ),
}
CASE = {
    "scenario": Field(Text("one sentence that says what is so"), "One sentence that says what is so.", True),
    "description": Field(Text("some sentences", 10_000), "More about it."),
    "tags": Field(ListOf(Text("a word", 50)), "Words to choose scenarios by."),
    "phone": Field(PHONE, "The phone: its model, number, name, language and settings."),
    "call": Field(CALL, "The first call; none: no call at the beginning."),
    "near": Field(PARTY, "Who speaks here: a voice, or a mapping."),
    "far": Field(PARTY, "Who speaks there: a voice, or a mapping."),
    "stick": Field(STICK, "The USB stick; none: there is none, and none comes."),
    "server": Field(SERVER, "How the record server is in the beginning."),
    "sip server": Field(SIP_SERVER, "How the SIP server answers INFO in the beginning."),
    "network": Field(NETWORK, "How the network between far party and phone is in the beginning."),
    "clock": Field(Clock(), "The system's time when it begins, from 1970 to 2099: 2026-03-02 10:00:00."),
    "seed": Field(Whole(0, (1 << 63) - 1), "Fixes all that is random, whatever the run's seed."),
    "subject": Field(
        Choice(get_args(Subject)),
        "phone: our own; agent: a real agent alone (--agent); arrivals: any phone that records to us (--arrivals).",
    ),
    "arrivals": Field(Whole(1, 10_000), "Of a phone that records to us: so many recordings, and then it is over."),
    "live": Field(Live(), "false: under the virtual clock only; only: in real time only; without it, both."),
    "steps": Field(ListOf(STEP, alone=False, empty=None), "What happens, in the order of its times."),
    "expect": Field(ListOf(EXPECTATION, alone=False), "What has to be so, at times and at the end."),
}
TOP = Fields("scenario", {**CASE, **EARLIER})
