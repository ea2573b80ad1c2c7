"""Values in one line: what is written is what is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.recorded_session.flow import Value, flow, seconds, tenths
from phone_recorder.harness.scenario.places import Leaf, Node, Table
from phone_recorder.harness.scenario.yaml_tree import parse_tree


def read(text: str) -> Node:
    """What stands below `v`."""
    tree = parse_tree(f"v: {text}\n", Path("test.scenario.yaml"))
    return tree.entries["v"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("record", "record"),
        ("3.5 s", "3.5 s"),
        ("10 s ± 200 ms", "10 s ± 200 ms"),
        ("tone:440:0", "tone:440:0"),
        ("1002", '"1002"'),
        ("Recording saved: 1 file", '"Recording saved: 1 file"'),
        ("near, far", '"near, far"'),
        ("null", '"null"'),
        ("", '""'),
        ("录音", '"录音"'),
        ({"at": "0 s", "no clicks": None}, "{at: 0 s, no clicks: null}"),
        ([1, True, 0.5], "[1, true, 0.5]"),
    ],
)
def test_a_value_is_written_as_people_write_it(value: Value, text: str) -> None:
    assert flow(value) == text


@pytest.mark.parametrize(
    "text", ["a: b", "#1", "- x", "x #y", "{", "a}", "[", "'", '"', "*", "&x", "!", "|", "%", "@", "\\", "a\tb", "on"]
)
def test_any_text_comes_back_from_between_braces(text: str) -> None:
    node = read(flow({"key": text}))
    assert isinstance(node, Table)
    leaf = node.entries["key"]
    assert isinstance(leaf, Leaf) and leaf.value == text


def test_what_looks_like_a_variable_is_none() -> None:
    assert flow("${x}") == '"$${x}"'


@pytest.mark.parametrize(("units", "text"), [(0, "0 s"), (399, "0 s"), (400, "0.1 s"), (28_000, "3.5 s")])
def test_an_instant_is_written_to_a_tenth(units: int, text: str) -> None:
    assert seconds(tenths(units)) == text
