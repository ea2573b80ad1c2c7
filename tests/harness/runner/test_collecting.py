from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.runner.collecting import collect, explained, find_files, read_file

ONE = "scenario: One\n"
TWO = "scenario: Two\nmatrix: {codec: [PCMU, PCMA]}\nphone: {settings: {record.codec: '${codec}'}}\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """b, and below it a and another b; the working directory."""
    for name, text in {"b": ONE, "sub/a": TWO, "sub/b": ONE}.items():
        path = tmp_path / f"{name}.scenario.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "other.yaml").write_text("no: scenario")
    (tmp_path / "odd.scenario.yaml").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_directory_is_all_scenarios_in_and_below_it(tree: Path) -> None:
    names = [str(path) for path in find_files([Path()])]
    assert names == ["b.scenario.yaml", "sub/a.scenario.yaml", "sub/b.scenario.yaml"]


def test_a_file_is_read_whatever_it_is_called_and_once(tree: Path) -> None:
    paths = [Path("other.yaml"), Path("sub/b.scenario.yaml"), tree / "sub", Path("sub")]
    assert find_files(paths) == (Path("other.yaml"), Path("sub/b.scenario.yaml"), tree / "sub/a.scenario.yaml")


def test_cases_of_files_of_one_name_are_told_apart(tree: Path) -> None:
    names = [case.name for case in collect([Path("sub"), Path("b.scenario.yaml")])]
    assert names == ["a[PCMU]", "a[PCMA]", "sub/b", "./b"]
    assert [case.name for case in collect([Path("sub")])] == ["a[PCMU]", "a[PCMA]", "b"]


def test_directories_of_one_name_too(tree: Path) -> None:
    deep = tree / "deep" / "sub"
    deep.mkdir(parents=True)
    (deep / "b.scenario.yaml").write_text(ONE)
    names = [case.name for case in collect([deep, Path("sub")])]
    assert names == ["sub/b", "a[PCMU]", "a[PCMA]", "sub/b~2"]


def test_a_number_that_a_file_has_itself_is_not_given_again(tree: Path) -> None:
    deep = tree / "deep" / "sub"
    deep.mkdir(parents=True)
    for place in (deep, tree / "sub"):
        (place / "b~2.scenario.yaml").write_text(ONE)
        (place / "b.scenario.yaml").write_text(ONE)
    names = [case.name for case in collect([deep, Path("sub")])]
    assert names == ["sub/b", "sub/b~2", "a[PCMU]", "a[PCMA]", "sub/b~3", "sub/b~2~2"]


def test_without_a_path_it_is_the_usual_directory_or_this_one(tree: Path) -> None:
    assert len(collect()) == 4
    usual = tree / "tests" / "scenarios"
    usual.mkdir(parents=True)
    (usual / "c.scenario.yaml").write_text(ONE)
    assert [case.name for case in collect()] == ["c"]


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        (["sub/none"], "there is no sub/none: name a scenario's file, or a directory with some"),
        (["other.yaml/x"], "there is no other.yaml/x: name a scenario's file, or a directory with some"),
        (
            ["loop"],
            "cannot read loop: too many levels of symbolic links: name a scenario's file, or a directory with so",
        ),
        (["x" * 300], f"cannot read '{'x' * 59}...: its name is too long: name a scenario's file, or a directory with"),
        (["a\0b"], "cannot read 'a\\x00b': no name has a NUL in it: name a scenario's file, or a directory with some"),
        (["empty"], "there is no scenario in empty: name a file, or a directory with *.scenario.yaml in it"),
    ],
)
def test_where_there_is_none_it_says_so(tree: Path, paths: list[str], sentence: str) -> None:
    (tree / "empty").mkdir()
    (tree / "loop").symlink_to("loop")
    with pytest.raises(UsageError) as caught:
        collect([Path(path) for path in paths])
    assert str(caught.value).startswith(sentence)


def make_too_deep() -> None:
    """Directories below this one, the last of which nobody can name from here, root neither."""
    here = os.open(".", os.O_RDONLY)
    try:
        for _ in range(20):
            Path("d" * 250).mkdir()
            os.chdir("d" * 250)
    finally:
        os.fchdir(here)
        os.close(here)


def test_a_directory_that_cannot_be_read_is_not_left_out(tree: Path) -> None:
    make_too_deep()
    with pytest.raises(
        UsageError, match=r"^cannot read 'd{59}\.\.\.: its name is too long: let it be read, or name oth"
    ):
        collect()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_nor_is_one_that_one_may_not_read(tree: Path) -> None:
    (tree / "sub").chmod(0)
    try:
        with pytest.raises(UsageError) as caught:
            collect()
        assert str(caught.value) == "cannot read sub: you have no permission: let it be read, or name other paths"
    finally:
        (tree / "sub").chmod(0o700)


def test_a_tree_may_be_deep(tmp_path: Path) -> None:
    """Deeper than Python calls itself, and so it is not left to others to delete."""
    deep = tmp_path
    for _ in range(1500):
        deep /= "d"
        deep.mkdir()
    file = deep / "a.scenario.yaml"
    file.touch()
    assert find_files([tmp_path]) == (file,)
    file.unlink()
    while deep != tmp_path:
        deep.rmdir()
        deep = deep.parent


def test_links_that_lead_nowhere_and_links_to_directories_are_left_out(tree: Path) -> None:
    """Editors leave such links; a link to a directory may lead round in a ring."""
    (tree / "sub" / ".#a.scenario.yaml").symlink_to("somebody@host")
    (tree / "sub" / "loop.scenario.yaml").symlink_to("loop.scenario.yaml")
    (tree / "sub" / "up").symlink_to("..")
    (tree / "sub" / "c.scenario.yaml").symlink_to("a.scenario.yaml")
    names = [path.name for path in find_files([Path("sub")])]
    assert names == ["a.scenario.yaml", "b.scenario.yaml"]


def test_the_first_bad_file_is_told(tree: Path) -> None:
    (tree / "sub" / "a.scenario.yaml").write_text("scenario: Bad\nnonsense: 1\n")
    with pytest.raises(UsageError, match=r"sub/a\.scenario\.yaml:2: "):
        collect()


def test_a_package_of_the_extra_that_is_missing_is_a_sentence() -> None:
    error = explained(ModuleNotFoundError("No module named 'yaml.nodes'", name="yaml.nodes"))
    assert str(error) == "scenarios need yaml: install phone-recorder[test]"
    assert isinstance(error, UsageError)


def test_any_other_is_not_of_the_users_making() -> None:
    error = ModuleNotFoundError("No module named 'ours'", name="ours")
    assert explained(error) is error


def test_without_yaml_a_scenario_cannot_be_read() -> None:
    """In a process of its own, in which there is no yaml."""
    program = (
        "import sys; sys.modules['yaml'] = None\n"
        "from pathlib import Path\n"
        "from phone_recorder.errors import UsageError\n"
        "from phone_recorder.harness.runner.collecting import read_file\n"
        "try: read_file(Path('x'))\n"
        "except UsageError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("scenarios need yaml: install phone-recorder[test]\n", "")


def test_one_file_is_read(tree: Path) -> None:
    assert [case.title for case in read_file(Path("sub/a.scenario.yaml"))] == ["Two", "Two"]
