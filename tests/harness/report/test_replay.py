"""The command that plays cases again. What a shell makes of it is seen in tests/cli/test_test_again.py."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from phone_recorder.harness.report.replay import Command, shell_word
from tests.harness.report.results import case

ALL = Command(5, ("--live", "--repeat", "3"), ("-k", "a or b", "--tag", "x y"), (Path("some where"), Path("b")))


def test_all_of_a_run_is_played_again_as_it_was_asked_for() -> None:
    assert ALL.again() == "phone-recorder test --seed 5 --live --repeat 3 -k 'a or b' --tag 'x y' 'some where' b"
    assert Command(5).again() == "phone-recorder test --seed 5"


def test_a_few_cases_are_named_with_their_files_alone() -> None:
    two = (case("file[PCMU,BX6]"), case("file[PCMA,BX6]"))
    assert Command(5, (), ("--tag", "x"), (Path("tests"),)).again(two) == (
        "phone-recorder test --seed 5 -k '=file[PCMU,BX6] or =file[PCMA,BX6]' file.scenario.yaml"
    )


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("sub/b", "sub/b.scenario.yaml"),
        ("./b~2", "b.scenario.yaml"),
        ("bb/b", "bb/b.scenario.yaml"),
        ("a\N{REPLACEMENT CHARACTER}", "a\x01.scenario.yaml"),
        ("server/answers", "--server=127.0.0.1"),
    ],
)
def test_a_case_that_is_called_after_more_than_its_file_needs_all_paths(name: str, path: str) -> None:
    """Without the others it had another name, and by that another seed."""
    words = shlex.split(Command(5, paths=(Path("x"), Path("y"))).again([case(name, path=Path(path))]))
    assert words[-2:] == ["x", "y"] and path not in words


def test_a_path_that_looks_like_an_option_is_none() -> None:
    again = Command(5).again([case("-x", path=Path("-x.scenario.yaml"))])
    assert again == "phone-recorder test --seed 5 -k =-x -- -x.scenario.yaml".replace("=-x", "'=-x'")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("plain", "plain"),
        ("a b", "'a b'"),
        ("it's", "'it'\"'\"'s'"),
        ("=name", "'=name'"),
        ("~2", "'~2'"),
        ("a\nb%\\'", "\"$(printf 'a\\012b\\045\\134\\047')\""),
        ("\udcff", "\"$(printf '\\377')\""),
    ],
)
def test_a_word_is_written_for_any_shell(text: str, word: str) -> None:
    assert shell_word(text) == word
