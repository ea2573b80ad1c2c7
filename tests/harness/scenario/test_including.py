from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.scenario.including import MOST_FILES, read_with_includes
from phone_recorder.harness.scenario.places import ScenarioError
from tests.harness.scenario.everything import plain, written


def told(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_with_includes(path)
    return str(caught.value)


def test_mappings_are_merged_and_lists_of_steps_and_expectations_are_joined(tmp_path: Path) -> None:
    written(tmp_path, "phone: {model: BX6, name: A}\ntags: [a]\nsteps: [1]\nexpect: [x]\nseed: 1\n", "base.yaml")
    path = written(tmp_path, "include: base.yaml\nphone: {name: B}\ntags: [b]\nsteps: [2]\nexpect: [y]\nseed: 2\n")
    assert plain(read_with_includes(path)) == {
        "phone": {"model": "BX6", "name": "B"},
        "tags": ["b"],
        "steps": [1, 2],
        "expect": ["x", "y"],
        "seed": 2,
    }


def test_the_later_of_two_includes_counts_and_files_are_found_beside_their_own(tmp_path: Path) -> None:
    written(tmp_path, "seed: 1\ncall: none", "a.yaml")
    written(tmp_path, "include: deeper.yaml\nseed: 2", "sub/b.yaml")
    written(tmp_path, "server: hang\nseed: 3", "sub/deeper.yaml")
    path = written(tmp_path, "include: [a.yaml, sub/b.yaml]\nscenario: it")
    assert plain(read_with_includes(path)) == {"seed": 2, "call": "none", "server": "hang", "scenario": "it"}


def test_a_file_may_be_included_twice_but_not_by_itself(tmp_path: Path) -> None:
    written(tmp_path, "steps: [1]", "leaf.yaml")
    written(tmp_path, "include: leaf.yaml", "a.yaml")
    assert plain(read_with_includes(written(tmp_path, "include: [a.yaml, leaf.yaml]"))) == {"steps": [1, 1]}
    written(tmp_path, "include: loop.yaml", "back.yaml")
    path = written(tmp_path, "seed: 1\ninclude: back.yaml", "loop.yaml")
    assert told(path).endswith("back.yaml:1: include: loop.yaml includes this file in turn: leave one of them out")


def test_errors_name_the_file_that_they_are_in(tmp_path: Path) -> None:
    written(tmp_path, "\n\na: *", "base.yaml")
    assert f"{tmp_path / 'base.yaml'}:3: this is not YAML" in told(written(tmp_path, "include: base.yaml"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("include: none.yaml", ":1: include: cannot read .*none.yaml: there is no such file: write a file's name"),
        ("a: 1\ninclude: [x.yaml, none.yaml]", ":2: include.2: cannot read .*there is no such file"),
        ("include: {a: 1}", "include: it is no file's name: write one such as base.yaml"),
        ("include:", "include: it is no file's name"),
        ('include: "a\\0b"', "include: it is no file's name"),
        ("include: .", "include: cannot read .*: it is a directory"),
    ],
)
def test_an_include_that_cannot_be_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    written(tmp_path, "b: 1", "x.yaml")
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError, match=f"made.scenario.yaml.*{sentence}"):
        read_with_includes(path)


def test_no_tower_of_includes_is_built(tmp_path: Path) -> None:
    for number in range(8):
        written(tmp_path, f"include: [{', '.join([f'{number + 1}.yaml'] * 9)}]", f"{number}.yaml")
    written(tmp_path, "a: 1", "8.yaml")
    assert f"more than {MOST_FILES} files are included" in told(tmp_path / "0.yaml")
