from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phone_recorder.harness.scenario.expanding import expand
from phone_recorder.harness.scenario.places import Node, ScenarioError
from phone_recorder.harness.scenario.variables import MOST_VALUES
from phone_recorder.harness.scenario.yaml_tree import parse_tree
from tests.harness.scenario.everything import plain

PATH = Path("dir/file.scenario.yaml")


def expanded(text: str, path: Path = PATH) -> dict[str, object]:
    return {name: plain(tree) for name, tree in expand(parse_tree(text, path), path)}


def told(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        expanded(text)
    return str(caught.value).removeprefix(f"{PATH}:")


def test_each_combination_of_the_matrix_is_a_case_named_by_its_values() -> None:
    cases = expanded("matrix: {codec: [PCMU, PCMA], n: [1, 20 ms]}\na: ${codec} ${n}")
    assert cases == {
        "file[PCMU,1]": {"a": "PCMU 1"},
        "file[PCMU,20 ms]": {"a": "PCMU 20 ms"},
        "file[PCMA,1]": {"a": "PCMA 1"},
        "file[PCMA,20 ms]": {"a": "PCMA 20 ms"},
    }


def test_values_that_are_no_text_are_named_by_their_number() -> None:
    assert list(expanded("matrix: {s: [{at: 1}, none, [1]]}\na: ${s}")) == ["file[1]", "file[none]", "file[3]"]


@pytest.mark.parametrize("name", ["file.scenario.yaml", "file.yaml", "file.yml", "file"])
def test_a_case_is_called_by_the_stem_of_its_file(name: str) -> None:
    assert list(expanded("a: 1", Path(name))) == ["file"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${n}", 3),
        ("'${n}'", 3),
        ("${n} s", "3 s"),
        ("x${n}${w}y", "x3wordy"),
        ("${ n }", 3),
        ("${list}", [1, 2]),
        ("${map}", {"k": 3}),
        ("[a, '${w}']", ["a", "word"]),
        ("{k: '${w}'}", {"k": "word"}),
        ("{'k_${n}': 1}", {"k_3": 1}),
        ("${both}", "word 3"),
        ("${yes}", True),
        ("${quoted}", "3"),
        ("$${n} costs $3", "${n} costs $3"),
        ("$n {n}", "$n {n}"),
    ],
)
def test_a_variable_stands_for_its_value_and_keeps_its_type(text: str, value: object) -> None:
    variables = "{n: 3, w: word, list: [1, 2], map: {k: '${n}'}, both: '${w} ${n}', yes: true, quoted: '3'}"
    used = "b: ['${n}', '${w}', '${list}', '${map}', '${both}', '${yes}', '${quoted}']"
    cases: Any = expanded(f"variables: {variables}\n{used}\na: {text}")
    assert cases["file"]["a"] == value


def test_the_matrix_counts_more_than_a_variable_of_its_name() -> None:
    assert expanded("variables: {n: 1, m: '${n}'}\nmatrix: {n: [2]}\na: ${m}") == {"file[2]": {"a": 2}}


def test_what_comes_of_a_variable_stands_where_it_is_named() -> None:
    text = "variables:\n  step: {at: 1}\nsteps:\n- ${step}\n"
    ((_, tree),) = expand(parse_tree(text, PATH), PATH)
    at: Node = tree.entries["steps"].items[0].entries["at"]  # type: ignore[union-attr]
    assert (at.place.line, at.place.key) == (4, "steps.1.at")


def test_each_mapping_of_a_list_is_a_case() -> None:
    cases = expanded("matrix:\n- {model: BX6, codec: PCMU}\n- {model: BX5S, codec: G722}\na: ${model} ${codec}")
    assert cases == {"file[BX6,PCMU]": {"a": "BX6 PCMU"}, "file[BX5S,G722]": {"a": "BX5S G722"}}


def test_what_a_case_of_a_list_does_not_say_the_variables_say() -> None:
    assert expanded("variables: {n: 1}\nmatrix: [{w: x}, {w: y, n: 2}]\na: ${w}${n}") == {
        "file[x]": {"a": "x1"},
        "file[y,2]": {"a": "y2"},
    }


def test_values_of_a_list_that_are_no_text_are_named_by_their_case() -> None:
    assert list(expanded("matrix: [{s: [1]}, {s: [2]}, {s: none}]\na: ${s}")) == ["file[1]", "file[2]", "file[none]"]


def test_a_variable_that_another_one_is_made_of_is_used() -> None:
    assert expanded("variables: {a: 1, b: '${a}'}\nmatrix: {c: ['${b}']}\nx: ${c}") == {"file[${b}]": {"x": 1}}


def test_a_variable_that_one_of_the_cases_uses_is_used() -> None:
    assert expanded("variables: {a: 1}\nmatrix: {c: [x, '${a}']}\nx: ${c}") == {
        "file[x]": {"x": "x"},
        "file[${a}]": {"x": 1},
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a: 1\nmatrix:\n  codec: [PCMU, PCMA]",
            "3: matrix.codec: nothing uses it, and its cases are all the same: write ${codec} where it belongs, or",
        ),
        ("a: ${b}\nmatrix: [{b: 1},\n  {b: 2, c: 3}]", "3: matrix.2.c: nothing uses it, and its cases are all"),
        ("variables:\n  a: 1", "2: variables.a: nothing uses it: write ${a} where it belongs, or leave it out"),
        ("variables: {a: 1}\nb: $${a}", "1: variables.a: nothing uses it"),
        ("variables: {a: 1, b: '${a}'}", "1: variables.a: nothing uses it"),
        ("matrix: []", "1: matrix: it makes 0 cases: write 1 to 500"),
        ("matrix: {}", "1: matrix: it is no mapping: write variables and lists"),
        ("matrix: [{a: 1}, 3]", "1: matrix.2: it is no case: write variables and values"),
        ("matrix: [{}]", "1: matrix.1: it is no case"),
        ("matrix: [{a-b: 1}]", "1: matrix.1.a-b: 'a-b' is no variable's name"),
        ("matrix: [{a: 1},\n {a: '1'}]", "2: matrix.2: a case of 1 stands in the list twice"),
        ("matrix: [" + "{a: 1}," * 501 + "]", "1: matrix: it makes 501 cases: write 1 to 500"),
        ("a: 1\nb: ${x}", "2: b: there is no variable x: define it under variables"),
        ("variables: {codec: 1}\nb: x ${codek}", "2: b: there is no variable codek: did you mean codec"),
        ("variables: {a: [1]}\nb: x ${a}", "2: b: the variable a is no text: let it stand alone"),
        ("b: ${x", "1: b: a variable has no end: write ${name}, or $${ for the characters themselves"),
        ("variables: {a: '${b}', b: '${a}'}\nc: ${a}", "1: variables.b: the variable a is made of itself"),
        ("variables: [a]", "1: variables: it is no mapping: write names and values"),
        ("variables: {a-b: 1}", "1: variables.a-b: 'a-b' is no variable's name"),
        ("matrix: {a: 1}", "1: matrix.a: it has no list of values"),
        ("matrix: {a: []}", "1: matrix.a: it has no list of values"),
        ("matrix: a", "1: matrix: it is no mapping"),
        ("matrix:\n  a: [1,\n  '1']", "3: matrix.a.2: '1' stands in the list twice"),
        ("variables: {k: a}\nc: {a: 1, '${k}': 2}", "2: c.${k}: 'a' stands here twice"),
    ],
)
def test_what_cannot_be_filled_in_is_told(text: str, sentence: str) -> None:
    assert told(text).startswith(sentence)


def test_a_file_is_called_something() -> None:
    path = Path("dir/.scenario.yaml")
    with pytest.raises(ScenarioError, match=r"^dir/\.scenario\.yaml:1: the file has no name: call it something"):
        list(expand(parse_tree("a: 1", path), path))


def test_cases_without_number_are_refused() -> None:
    axes = ", ".join(f"{name}: [1, 2, 3, 4, 5, 6, 7, 8]" for name in "abc")
    assert told(f"matrix: {{{axes}}}") == "1: matrix: it makes 512 cases: make it 500 or fewer"


def test_variables_that_are_made_of_each_other_stay_small() -> None:
    wide = "variables:\n a: [" + "1," * 1000 + "]\n b: [" + "'${a}'," * 1000 + "]\nx: ${b}"
    assert f"the variables make more than {MOST_VALUES} values" in told(wide)
    long = "variables:\n a: " + "x" * 9000 + "\nb: ${a}${a}"
    assert "longer than 10000 characters" in told(long)
    deep = "variables: {a: 1, b: '${a}', c: '${b}', d: '${c}', e: '${d}', f: '${e}'}\nx: ${f}"
    assert "more than 5 variables are made of one another" in told(deep)
