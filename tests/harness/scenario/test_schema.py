from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario import schema as schema_module
from phone_recorder.harness.scenario.reading import read_cases
from phone_recorder.harness.scenario.schema import schema
from tests.harness.scenario.everything import EVERYTHING, document, written

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


ALIKE = """
call: {length: 0.5 s}
call: {name: ''}
call: {codec: pcmu}
near: ''
near: tone:440:1
near: tone:19
near: tone:3401
near: {ptime: 25 ms}
near: {ptime: 060 ms}
far: {}
clock: 2026-03-02T10:00:00
clock: 2026-3-2 1:00:00
clock: 2026-13-02 10:00:00
clock: 2100-01-01 00:00:00
live: 'true'
live: true
tags: ['']
description: ' '
include: base.txt
stick: {slow: 0}
stick: {files: {a.wav: 3 s}}
stick: {files: {Record_20261301000000.wav: 3 s}}
stick: {files: {Record_20260101000000-2.wav: 0}}
network: loss 101 %
network: loss 100.0 %
network: loss 1.1
network: "loss 2 %, burst 0"
network: "loss 2 %, burst 1000001"
network: "loss 2 %, burst 1000000"
network: "loss 1 %, loss 2 %"
network: burst 3
network: burst 1
server: split 0 bytes
server: split 000 bytes
phone: {number: ''}
phone: {model: bx6}
phone: {model: BX99}
phone: {settings: {record.mode: SIP-INFO}}
phone: {settings: {record.mode: 3}}
phone: {settings: {record.mode: usb}}
phone: {settings: {record.codec: G711u}}
phone: {settings: {record.enabled: Enable}}
phone: {settings: {record.enabled: maybe}}
phone: {settings: {record.enabled: 2024-01-01}}
phone: {settings: {record.reserve: 1:30}}
phone: {settings: {record.reserve: 8m}}
phone: {settings: {record.ptime_ms: '20'}}
phone: {settings: {record.ptime_ms: 25}}
phone: {settings: {server.host: true}}
steps: [{at: 0 s, settings: {}}]
steps: [{at: 0 s, rtp: ptime 25 ms}]
steps: [{at: 0 s, rtp: malformed 0 packets}]
steps: [{at: 0 s, rtp: jump sequence 65535}]
steps: [{at: 0 s, rtp: jump sequence 65536}]
steps: [{at: 0 s, rtp: drift 100000 ppm}]
steps: [{at: 0 s, rtp: drift 100001 ppm}]
steps: [{at: 0 s, type: ''}]
expect: [{files: {count: -1}}]
expect: [{files: {count: 1.5}}]
expect: [{files: {count: at least 1.5}}]
expect: [{files: {names: ['']}}]
expect: [{screen: {prompt: ''}}]
expect: [{audio: {contains: "far, likeness < 0.3"}}]
expect: [{audio: {contains: "far, likeness at most 0.3"}}]
expect: [{audio: {contains: "far, likeness 0.9 ± 0.1"}}]
expect: [{audio: {contains: "far, likeness 0.9 to 1"}}]
expect: [{audio: {contains: "far, likeness 0.8 to 0.9"}}]
expect: [{audio: {contains: "far, likeness > 1.5"}}]
expect: [{audio: {contains: "far, likeness > 0"}}]
expect: [{audio: {contains: "far, likeness 0.000"}}]
expect: [{audio: {contains: "far, likeness > 0 %"}}]
expect: [{audio: {contains: "far, likeness > 95.5 %"}}]
expect: [{audio: {contains: "far, likeness at least 1"}}]
expect: [{audio: {tone: "440 Hz, share < 0.5"}}]
expect: [{audio: {tone: 19 Hz}}]
expect: [{audio: {tone: 0440.5 Hz}}]
expect: [{audio: {tone: 4000.5 Hz}}]
expect: [{audio: {level: 20 dB}}]
expect: [{audio: {level: -20 dB ± 1 dB}}]
expect: [{audio: {level: -20}}]
expect: [{audio: {level: 3}}]
expect: [{audio: {silent: below 3 dB}}]
expect: [{account: {gaps_count: 1.5}}]
expect: [{account: {gaps_count: none}}]
expect: [{account: {gaps_count: at most 3}}]
expect: [{account: {duration_s: nan}}]
expect: [{account: {duration_s: 2.5}}]
expect: [{account: {duration_s: /./}}]
expect: [{account: {remaining_s: null}}]
expect: [{account: {duration_s: null}}]
expect: [{account: {reason: ''}}]
expect: [{account: {state: //}}]
""".strip().splitlines()


@pytest.mark.parametrize("text", ALIKE)
def test_an_editor_takes_what_is_read_and_underlines_what_is_refused(validator: Any, tmp_path: Path, text: str) -> None:
    assert valid(validator, text) == is_read(written(tmp_path, f"scenario: made\n{text}\n"))


def test_of_these_some_are_read_and_some_are_refused(tmp_path: Path) -> None:
    read = [is_read(written(tmp_path, f"scenario: made\n{text}\n")) for text in ALIKE]
    assert 20 < sum(read) < len(read) - 20


def is_read(path: Path) -> bool:
    try:
        return bool(read_cases(path))
    except UsageError:
        return False
