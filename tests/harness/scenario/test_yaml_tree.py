from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.places import Leaf, ScenarioError, Table, one_line
from phone_recorder.harness.scenario.yaml_tree import LOADER, MAX_SIZE, parse_tree, read_tree
from tests.harness.scenario.everything import EVERYTHING, document

PATH = Path("made.yaml")
BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("off", "off"),
        ("00:02", "00:02"),
        ("2026-03-02", "2026-03-02"),
        ("1_000", "1_000"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0100", 100),
        ("-3", -3),
        ("0x1F", 31),
        ("0o17", 15),
        ("2.5", 2.5),
        ("1e3", 1000.0),
        ("'true'", "true"),
        ('"1"', "1"),
        ("|\n  3", "3"),
        ("tone:440", "tone:440"),
    ],
)
def test_scalars_are_those_of_the_core_schema(text: str, value: Any) -> None:
    read = document(f"key: {text}")["key"]
    assert read == value and type(read) is type(value)


def test_each_value_knows_its_line_and_its_path() -> None:
    tree = parse_tree("a:\n  b: 1\nc:\n- x\n- {d: 2}\n", PATH)
    b = tree.entries["a"].entries["b"]  # type: ignore[union-attr]
    d = tree.entries["c"].items[1].entries["d"]  # type: ignore[union-attr]
    assert (b.place.line, b.place.key) == (2, "a.b")
    assert (d.place.line, d.place.key) == (5, "c.2.d")


def test_a_scalar_keeps_how_it_was_written() -> None:
    tree = parse_tree("number: 0100", PATH)
    assert tree.entries["number"] == Leaf("0100", True, tree.entries["number"].place)


def test_an_alias_is_what_it_stands_for() -> None:
    assert document("a: &x {b: [1, 2]}\nc: *x") == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}}


def test_one_line_is_as_an_author_would_write_it() -> None:
    tree = parse_tree("a:\n  b: [1, x y]\n  'no clicks':\n", PATH)
    assert one_line(tree.entries["a"]) == "{b: [1, x y], no clicks}"


@pytest.mark.parametrize("loader", [LOADER, yaml.SafeLoader])
def test_both_parsers_make_the_same_tree(loader: Any) -> None:
    assert parse_tree(EVERYTHING, PATH, loader) == parse_tree(EVERYTHING, PATH)


@pytest.mark.parametrize("loader", [LOADER, yaml.SafeLoader])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ":1: it is no scenario: write keys"),
        ("# nothing", ":1: it is no scenario"),
        ("- a", ":1: it is no scenario"),
        ("hello", ":1: it is no scenario"),
        ("a: 1\nb: \0", r":2: no text has the character U\+0000 in it: remove it"),
        ("a: " + "[" * 100_000, ":1: (this is not YAML|a.1.1.1).*: no scenario is"),
        ("- " * 500 + "x", "nested deeper than 30 levels"),
        ("\n".join(" " * n + "a:" for n in range(100)), ":31: a.a.a.*nested deeper than 30 levels"),
        (BOMB, "more than 50000 values"),
        ("a: [" + "1," * 60_000 + "]", "more than 50000 values"),
        ("a: &a [*a]", ":1: a.1: nothing before it is called &a"),
        ("a: *b", ":1: a: nothing before it is called &b: text that begins with \\* goes in quotes"),
        ("a: !!python/object/apply:os.system [ls]", ":1: a: the tag .* means nothing here"),
        ("a: !!str 1", ":1: a: the tag .* means nothing here"),
        ("a: 1\n---\nb: 2", ":2: another document begins here"),
        ("a: 1\nb: 2\na: 3", ":3: a: it stands here twice"),
        ("a: 1\nb:\n\tc: 1", ":3: this is not YAML .*: indent with blanks, not with tabs"),
        ("? [a]\n: b", "a key is one word"),
        ("a: b: c", ":1: this is not YAML .*: put text that has a colon"),
        ("a: {b: 1\nc: 2", "this is not YAML"),
        ("a: {b: *}", ":1: this is not YAML .*quotes"),
        ("a:\n  b: %x", ":2: this is not YAML .*: put text that begins with a mark in quotes"),
        ("a: {b: ${c}}", r":1: this is not YAML .*: put \$\{name\} in quotes between \{ and \}"),
        ("a: [${c}]", r":1: this is not YAML .*: put \$\{name\} in quotes between"),
        ("a: {b: #}", "this is not YAML .*: write a value, and put text that begins with # or another mark in quotes"),
    ],
)
def test_what_is_no_scenario_is_told_in_one_sentence(text: str, told: str, loader: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_tree(text, PATH, loader)
    assert re.search(f"^made.yaml.*{told}", str(caught.value)) and "\n" not in str(caught.value)


def test_quotes_without_an_end_are_told_where_they_begin() -> None:
    with pytest.raises(ScenarioError, match=r"^made.yaml:2: .*: end the quotes that begin here$"):
        parse_tree('a: 1\nb: "x\nc: 2\nd: 3\n', PATH)


@pytest.mark.parametrize("loader", [LOADER, yaml.SafeLoader])
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1\nb: 'x\nc: {name: 'y'}\n", (2, 3)),
        ('a: "x\n\nc: {name: "y"}\nd: 1\n', (1, 3)),
        ("a:\n- {b: 'x}\n- {b: 'y'}\n", (2, 3)),
    ],
)
def test_quotes_that_other_quotes_end_are_told_where_they_begin(text: str, lines: tuple[int, int], loader: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_tree(text, PATH, loader)
    first, last = lines
    assert str(caught.value) == (
        f"made.yaml:{first}: this is not YAML: the quotes that begin here end in line {last} only: "
        "end them where their text ends"
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (bytes(range(256)), ":2: it is not UTF-8: save it as that"),
        ("a: x".encode("utf-16"), ":1: it is not UTF-8"),
        ("a: 1\nb: é".encode("latin-1"), ":2: it is not UTF-8"),
        (b"a: " + b"x" * MAX_SIZE, ":1: it is larger than 1 MiB"),
    ],
)
def test_bytes_that_are_no_text_are_told(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "made.yaml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError, match=re.escape(str(path)) + told):
        read_tree(path)


def test_a_file_as_some_editors_leave_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "made.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    tree = read_tree(path)
    assert isinstance(tree, Table) and list(tree.entries) == ["a", "b"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*none\.yaml: there is no such file"):
        read_tree(tmp_path / "none.yaml")
