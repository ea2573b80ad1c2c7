"""A scenario in which there is something of everything, and helpers to read texts as scenarios' files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expected import Expectation
from phone_recorder.harness.scenario.places import Items, Leaf, Node, ScenarioError
from phone_recorder.harness.scenario.reading import read_cases
from phone_recorder.harness.scenario.yaml_tree import parse_tree

EVERYTHING = r"""
scenario: A stick that is full ends the recording, and the file is whole
description: >
  More about it,
  in two lines.
tags: [drive, S2]
variables: {codec: PCMU}
matrix: {codec: [PCMU, PCMA], model: [BX5S, BX6]}
phone:
  model: ${model}
  settings: {record.mode: local, record.size_limit: 1 MiB, record.codec: "${codec}", server.port: 9, record.tone: true}
  number: "1001"
  name: Near Party
  language: en
call: {length: 10 s, direction: out, number: "1002", name: Far Party, codec: PCMU}
near: tone:440
far: {voice: tone:660, codec: PCMA, ptime: 30 ms, dtx: true, repeat: true}
stick:
  size: 16 MiB
  left: 2 MiB
  file system: FAT32
  largest file: 8 MiB
  most files: 3
  plugged: true
  locked: false
  slow: 200 ms
  files: {Record_20260101000000.wav: 30 s}
server: ours
sip server: answers 488 Not Acceptable Here after 300 ms
network: loss 2 %, burst 3, reorder 1 %, duplicate 1 %, jitter 30 ms
clock: 2026-03-02 10:00:00
seed: 7
live: false
steps:
  - {at: 0 s, press: record}
  - {at: 1 s, type: hello}
  - {at: 2 s, stick: pull}
  - at: 2 s
    stick: plug 8 MiB exFAT
  - {at: 2 s, server: refuse no licence}
  - {at: 2 s, sip server: hang}
  - {at: 2 s, network: "loss 10 %, stall 500 ms"}
  - {at: 2 s, rtp: near new ssrc}
  - {at: 2 s, clock: jump -1 h}
  - {at: 2 s, phone: stand still 500 ms}
  - {at: 2 s, call: begin in 1003 Somebody Else}
  - {at: 2 s, settings: {record.pause: silence}}
expect:
  - at: 2 s
    screen:
      {icon: recording, prompt: Recording, lamp: on, timer: 2 s ± 200 ms, left: '/\d+ s/', call: Far Party, shows: a,
       shows not: [b, c]}
  - {at: 2 s, state: {key: recording, call: connected}}
  - state: idle
  - files:
      {count: 1, names: ["Record_*.wav"], size: at most 8 MiB, duration: 10 s ± 20 ms, total: 9 s to 10 s, codec: PCMU,
       whole: true}
  - audio:
      contains: far between 2 s and 5 s, likeness > 0.95
      lacks: [near between 2 s and 5 s, far from 3 s]
      silent: between 5 s and 6 s
      level: -20 dB ± 1 dB between 1 s and 2 s
      tone: 440 Hz between 0 s and 1 s
      only: far
      no clicks:
      equals: near + far
      in step: near, far within 20 ms
  - recording: 1
    account: {state: recorded, gaps: 0, streams.far.lost: at most 2, paused_s: 2 s ± 20 ms}
  - control: [sent RecordStartRequest dir=out, received RecordStartResponse result=success]
  - control: none
  - control: {all: [sent RecordStartRequest], counts: {sent RecordStartRequest: at most 2, "received INFO a: b": 0}}
  - sip: ["sent INFO Record: on", received 200]
"""


def written(directory: Path, text: str, name: str = "made.scenario.yaml") -> Path:
    """A file with that text."""
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def case_of(directory: Path, text: str) -> Case:
    """The one case of a scenario that says that and no more."""
    (case,) = read_cases(written(directory, f"scenario: made\n{text}"))
    return case


def expected_of(directory: Path, text: str) -> Expectation:
    """What the one expectation of a scenario is read as."""
    (expectation,) = case_of(directory, f"expect:\n- {text}\n").expected
    return expectation


def wrong(directory: Path, text: str) -> str:
    """What is told of a scenario that says that and no more, without the file's name: `LINE: KEY: SENTENCE`."""
    path = written(directory, f"scenario: made\n{text}")
    with pytest.raises(ScenarioError) as caught:
        read_cases(path)
    told = str(caught.value)
    assert told.startswith(f"{path}:") and not told.endswith(".")
    return told.removeprefix(f"{path}:")


def plain(node: Node) -> Any:
    """The tree as values alone."""
    if isinstance(node, Leaf):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {key: plain(item) for key, item in node.entries.items()}


def document(text: str) -> Any:
    """The values of a text."""
    return plain(parse_tree(text, Path("made.yaml")))
