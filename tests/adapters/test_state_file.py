from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from phone_recorder.adapters.state_file import MAX_SIZE, StateFile, boot_id


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "agent.state"


def test_what_was_written_is_read_by_the_next_run_and_is_its_owners_alone(path: Path) -> None:
    old = os.umask(0)
    try:
        StateFile(path).write(b"one")
    finally:
        os.umask(old)
    assert StateFile(path).read() == b"one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [*path.parent.iterdir()] == [path]


def test_what_is_there_already_is_not_written_again(path: Path) -> None:
    file = StateFile(path)
    file.write(b"one")
    number = path.stat().st_ino
    file.write(b"one")
    assert path.stat().st_ino == number
    file.write(b"two")
    assert path.read_bytes() == b"two"


def test_where_there_is_none_nothing_is_read_and_that_is_no_problem(path: Path) -> None:
    file = StateFile(path)
    assert (file.read(), file.problem) == (b"", "")
    file.remove()
    assert file.problem == ""


def test_removed_it_can_be_written_again(path: Path) -> None:
    file = StateFile(path)
    file.write(b"one")
    file.remove()
    assert not path.exists()
    file.write(b"one")
    assert path.read_bytes() == b"one"


def test_a_file_that_cannot_be_written_is_told_until_it_can(tmp_path: Path) -> None:
    path = tmp_path / "run" / "agent.state"
    file = StateFile(path)
    file.write(b"one")
    assert file.problem == f"cannot write {path}: there is no such file"
    path.parent.mkdir()
    file.write(b"one")
    assert (file.problem, path.read_bytes()) == ("", b"one")


def test_a_write_that_fails_leaves_what_was_there_and_is_made_up_for(path: Path) -> None:
    file = StateFile(path)
    file.write(b"one")
    beside = path.with_name("agent.state.new")
    beside.mkdir()
    file.write(b"two")
    assert file.problem.startswith(f"cannot write {path}")
    assert path.read_bytes() == b"one"
    beside.rmdir()
    file.write(b"one")
    assert (file.problem, path.read_bytes()) == ("", b"one")


def test_what_an_earlier_run_left_half_written_is_replaced(path: Path) -> None:
    beside = path.with_name("agent.state.new")
    beside.write_bytes(b"half")
    beside.chmod(0o644)
    StateFile(path).write(b"one")
    assert path.read_bytes() == b"one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_in_its_place_is_neither_read_nor_written_through(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"of somebody else")
    path.symlink_to(other)
    path.with_name("agent.state.new").symlink_to(other)
    file = StateFile(path)
    assert file.read() == b""
    assert file.problem.startswith(f"cannot read {path}")
    file.write(b"one")
    assert (other.read_bytes(), path.is_symlink(), path.read_bytes()) == (b"of somebody else", False, b"one")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_pipe_or_a_directory_in_its_place_holds_nobody_up(path: Path, make: object) -> None:
    make(path)  # type: ignore[operator]
    file = StateFile(path)
    assert file.read() == b""
    assert file.problem == f"cannot read {path}: it is not permitted"


def test_a_directory_in_its_place_is_a_problem_and_no_more(path: Path) -> None:
    (path / "full").mkdir(parents=True)
    file = StateFile(path)
    file.write(b"one")
    assert file.problem.startswith(f"cannot write {path}")
    file.remove()
    assert file.problem.startswith(f"cannot remove {path}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_believed(path: Path) -> None:
    path.write_bytes(b"of somebody else")
    os.chown(path, 12345, -1)
    assert StateFile(path).read() == b""


def test_of_a_file_without_end_only_so_much_is_read(path: Path) -> None:
    path.write_bytes(b"x" * (MAX_SIZE + 1))
    assert len(StateFile(path).read()) == MAX_SIZE


def test_the_boot_has_a_name_and_a_kernel_that_has_none_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "boot_id").write_text("d00f-1\n")
    assert boot_id(tmp_path / "boot_id") == "d00f-1"
    assert boot_id(tmp_path / "none") == ""
    assert boot_id() == boot_id() != ""
