from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from phone_recorder.harness.scenario import schema as schema_module
from phone_recorder.harness.scenario.schema import schema
from tests.harness.scenario.everything import EVERYTHING, document

SHIPPED = Path(schema_module.__file__).with_name("scenario.schema.json")
WRITER = Path(__file__).parents[3] / "docs" / "write_scenario_schema.py"


@pytest.fixture(scope="module")
def validator() -> Any:
    return Draft202012Validator(schema())


def valid(validator: Any, text: str) -> bool:
    return bool(validator.is_valid(document(f"scenario: made\n{text}")))


def test_the_shipped_file_is_what_the_tables_say() -> None:
    text: str = runpy.run_path(str(WRITER))["text"]()
    assert SHIPPED.read_text("utf-8") == text, "run: python docs/write_scenario_schema.py"


def test_it_is_a_schema_and_takes_what_is_read(validator: Any) -> None:
    Draft202012Validator.check_schema(schema())
    assert [error.message for error in validator.iter_errors(document(EVERYTHING))] == []


def test_every_key_is_explained() -> None:
    def unexplained(key: str, said: dict[str, Any]) -> list[str]:
        own = [] if "description" in said or key in ("", "settings", "variable") else [key]
        below = [
            found
            for form in (said, *said.get("anyOf", ()))
            for name, entry in form.get("properties", {}).items()
            for found in unexplained(name, entry)
        ]
        return own + below

    assert unexplained("", schema()) == []
    assert unexplained("settings", schema()["$defs"]["settings"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "near: {voice: silence}",
        "call: none",
        "call: {number: 1002, length: '${n} s'}",
        "stick: none",
        "stick: ${stick}",
        "steps: ['${step}', {at: 0, press: 1}]",
        "steps: [{at: 1 min 30 s, rtp: near jump timestamp -5 s}]",
        "steps: [{at: 0 s, stick: plug exFAT}]",
        "steps: [{at: 0 s, settings: {record.mode: SIP INFO, server.port: '9'}}]",
        "network: clear",
        "live: only",
        "expect: [{audio: {no clicks: , silent: , level: -30 dB to -20 dB, contains: [near, far]}}]",
        "expect: [{files: {size: 1024, count: at least 1}}, {state: paused}, {control: sent RecordStopRequest}]",
        "expect: [{account: {gaps.0.start_s: 1, state: recorded, remaining_s: null}}]",
        "expect: [{screen: {timer: 00:02, shows: USB}}]",
        "expect: [{at: 1 s, recording: 2, files: {names: []}}, {recording: 1, audio: {only: far}}]",
        "expect: [{sip: {all: received 200, counts: {'sent INFO Record: on': 1}}}, {control: ['${line}']}]",
        "expect: [{account: {state: /cut|recorded/, mode: '${mode}', codec: PCMA}}]",
        "steps: []",
        "stick: {largest file: 1 MiB, most files: 3}",
        "matrix: [{a: 1, b: [2]}, {a: 2}]",
    ],
)
def test_good_ones_are_good(validator: Any, text: str) -> None:
    assert valid(validator, text)


@pytest.mark.parametrize(
    "text",
    [
        "colour: red",
        "phone: {settings: {record.mod: local}}",
        "phone: {settings: {server.port: 0}}",
        "call: {length: 3}",
        "call: {direction: up}",
        "near: {ptime: 25}",
        "near: {dtx: yes}",
        "stick: {size: big}",
        "server: restart",
        "network: loss 2 % and more",
        "clock: today",
        "seed: -1",
        "steps: {at: 0 s}",
        "steps: [{press: record}]",
        "steps: [{at: 0 s}]",
        "steps: [{at: 0 s, press: ok, type: a}]",
        "steps: [{at: 3, press: ok}]",
        "steps: [{at: 0 s, press: recrod}]",
        "steps: [{at: 0 s, stick: eat}]",
        "steps: [{at: 0 s, rtp: pull}]",
        "expect: [{at: 2 s}]",
        "expect: [{state: idle, sip: none}]",
        "expect: [{screen: {}}]",
        "expect: [{files: {duration: 3}}]",
        "expect: [{audio: {contains: everything}}]",
        "expect: [{account: {reson: x}}]",
        "expect: [{control: [RecordStart]}]",
        "matrix: {a: []}",
        "matrix: {}",
        "matrix: []",
        "matrix: [{a-b: 1}]",
        "matrix: [{}]",
        "include: []",
        "tags: []",
        "expect: []",
        "expect: [{screen: {shows: []}}]",
        "expect: [{audio: {silent: []}}]",
        "expect: [{at: 2 s, audio: {contains: far}}]",
        "expect: [{recording: 1, screen: {icon: idle}}]",
        "expect: [{recording: 1, state: idle}]",
        "expect: [{recording: 1, control: none}]",
        "expect: [{recording: 1, sip: none}]",
        "expect: [{control: []}]",
        "expect: [{control: {}}]",
        "expect: [{control: {counts: {A: 1}}}]",
        "expect: [{sip: {counts: {}}}]",
        "expect: [{account: {state: a}}]",
        "expect: [{account: {mode: usb}}]",
        "stick: {most files: -1}",
        "variables: {a-b: 1}",
    ],
)
def test_bad_ones_are_bad(validator: Any, text: str) -> None:
    assert not valid(validator, text)


def test_a_scenario_without_its_sentence_is_bad(validator: Any) -> None:
    assert not validator.is_valid({"seed": 1})
