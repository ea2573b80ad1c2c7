from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.scenario.including import MOST_FILES, read_with_includes
from phone_recorder.harness.scenario.places import ScenarioError
from tests.harness.scenario.everything import case_of, plain, written, wrong


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
        ("include: folder.yaml", "include: cannot read .*: it is a directory"),
        ("include: .", "include: '.' is no YAML file: write a name that ends in .yaml or .yml"),
        ("include: []", "include: the list says nothing: write a file's name"),
    ],
)
def test_an_include_that_cannot_be_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    written(tmp_path, "b: 1", "x.yaml")
    (tmp_path / "folder.yaml").mkdir()
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError, match=f"made.scenario.yaml.*{sentence}"):
        read_with_includes(path)


def test_no_tower_of_includes_is_built(tmp_path: Path) -> None:
    for number in range(8):
        written(tmp_path, f"include: [{', '.join([f'{number + 1}.yaml'] * 9)}]", f"{number}.yaml")
    written(tmp_path, "a: 1", "8.yaml")
    assert f"more than {MOST_FILES} files are included" in told(tmp_path / "0.yaml")


@pytest.mark.parametrize("name", ["secret", "secret.txt", "secret.yaml.txt"])
def test_what_stands_in_a_file_that_is_no_yaml_is_not_told(tmp_path: Path, name: str) -> None:
    written(tmp_path, "password:of:a user: 1", name)
    assert told(written(tmp_path, f"include: {name}")) == (
        f"{tmp_path}/made.scenario.yaml:1: include: '{name}' is no YAML file: write a name that ends in .yaml or .yml"
    )


@pytest.mark.parametrize("text", ["include: base.yaml", "include: folder/base.yaml"])
def test_a_link_by_a_good_name_leads_to_no_other_file_either(tmp_path: Path, text: str) -> None:
    (tmp_path / "folder").mkdir()
    secret = written(tmp_path, "password:of:a user: 1", "secret")
    for link in (tmp_path / "base.yaml", tmp_path / "folder" / "base.yaml"):
        link.symlink_to(secret)
    assert "base.yaml:1: it is a link to a file that is not YAML" in told(written(tmp_path, text))


def test_a_link_to_a_yaml_file_is_that_file(tmp_path: Path) -> None:
    written(tmp_path, "a: 1", "true.yml")
    (tmp_path / "base.yaml").symlink_to("true.yml")
    assert plain(read_with_includes(written(tmp_path, "include: base.yaml"))) == {"a": 1}


def test_variables_of_an_included_file_need_not_be_used(tmp_path: Path) -> None:
    written(tmp_path, "variables: {a: 1, b: 2}", "library.yaml")
    assert case_of(tmp_path, "include: library.yaml\nseed: ${a}").seed == 1
    assert wrong(tmp_path, "include: library.yaml\nseed: ${a}\nvariables: {b: 3}").startswith("4: variables.b: nothing")
