from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from phone_recorder.adapters.files import open_for_reading, reason, replace_when_done
from phone_recorder.errors import UsageError


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "there is no space left"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EIO, "the device reports an I/O error"),
        (errno.EBUSY, os.strerror(errno.EBUSY).lower()),
    ],
)
def test_a_refusal_in_words(number: int, words: str) -> None:
    assert reason(OSError(number, os.strerror(number))) == words


def test_a_refusal_without_a_number_still_says_something() -> None:
    assert reason(OSError("Nothing like it")) == "nothing like it"


def test_reading(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    with open_for_reading(tmp_path / "f") as file:
        assert file.read() == b"abc"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none", "there is no such file"),
        ("", "it is a directory, not a file"),
        ("f/below", "a part of its path is not a directory"),
        ("n" * 300, "its name is too long"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "f").touch()
    with pytest.raises(UsageError) as caught, open_for_reading(tmp_path / name):
        pass
    assert str(caught.value) == f"cannot read {tmp_path / name}: {why}"


def test_an_error_while_reading_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    with pytest.raises(UsageError, match=r"cannot read .*/f: the device reports"), open_for_reading(tmp_path / "f"):
        raise OSError(errno.EIO, "")


def test_a_new_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "f"
    with replace_when_done(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, ""), ValueError("of the writer"), KeyboardInterrupt()])
def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    expected = UsageError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected), replace_when_done(path, force=True) as file:
        file.write(b"new")
        raise error
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_is_taken_needs_force(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    with pytest.raises(UsageError, match="choose another name, or add --force"), replace_when_done(path):
        pass
    assert path.read_bytes() == b"old"
    with replace_when_done(path, force=True) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none/f", "there is no directory {}/none: make it first"),
        ("f/below", "a part of its path is not a directory"),
        ("n" * 250, "its name is too long"),
        ("n" * 300, "its name is too long"),
        ("", "it is a directory, not a file"),
    ],
)
def test_what_cannot_be_written_is_named(tmp_path: Path, name: str, why: str, force: bool) -> None:
    (tmp_path / "f").touch()
    with pytest.raises(UsageError) as caught, replace_when_done(tmp_path / name, force):
        pass
    assert str(caught.value) == f"cannot write {tmp_path / name}: {why.format(tmp_path)}"


@pytest.mark.parametrize("name", [".", "..", "/"])
def test_a_directory_without_a_name_of_its_own_is_a_directory_too(name: str) -> None:
    with pytest.raises(UsageError, match="it is a directory"), replace_when_done(Path(name), force=True):
        pass


def test_a_link_is_followed_or_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    (tmp_path / "link").symlink_to(tmp_path / "f")
    with open_for_reading(tmp_path / "link") as file:
        assert file.read() == b"abc"
    with (
        pytest.raises(UsageError, match="link: it is a symbolic link"),
        open_for_reading(tmp_path / "link", follow=False),
    ):
        pass


def test_what_was_left_under_the_name_of_the_unfinished_file_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".f.partial").write_bytes(b"of one that was killed")
    with replace_when_done(tmp_path / "f") as file:
        file.write(b"new")
    assert (tmp_path / "f").read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [tmp_path / "f"]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_under_the_name_of_the_unfinished_file_leads_nowhere(tmp_path: Path, there: bool) -> None:
    directory, elsewhere = tmp_path / "directory", tmp_path / "elsewhere"
    directory.mkdir()
    if there:
        elsewhere.write_bytes(b"mine")
    (directory / ".f.partial").symlink_to(elsewhere)
    with replace_when_done(directory / "f") as file:
        file.write(b"new")
    assert (elsewhere.read_bytes() == b"mine") if there else not elsewhere.exists()
    assert (directory / "f").read_bytes() == b"new" and not (directory / "f").is_symlink()


@pytest.mark.parametrize("force", [False, True])
def test_what_another_is_writing_is_left_to_it(tmp_path: Path, force: bool) -> None:
    with replace_when_done(tmp_path / "f", force) as file:
        file.write(b"of the first")
        with (
            pytest.raises(UsageError, match="f: another program is writing it"),
            replace_when_done(tmp_path / "f", force),
        ):
            pass
    assert (tmp_path / "f").read_bytes() == b"of the first"
    assert list(tmp_path.iterdir()) == [tmp_path / "f"]


class Flock:
    """In place of flock(2): what happens before each lock, or what it says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *happens: Callable[[], object]) -> None:
        self._left = list(happens)
        self._flock = fcntl.flock
        monkeypatch.setattr(fcntl, "flock", self)

    def __call__(self, file: int, how: int) -> None:
        if self._left:
            self._left.pop(0)()
        self._flock(file, how)


def test_what_another_has_written_just_now_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Flock(monkeypatch, lambda: (tmp_path / "f").write_bytes(b"of another"))
    with pytest.raises(UsageError, match="f exists already"), replace_when_done(tmp_path / "f"):
        pass
    assert (tmp_path / "f").read_bytes() == b"of another"
    assert list(tmp_path.iterdir()) == [tmp_path / "f"]


def test_a_file_that_was_taken_for_a_left_one_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Flock(monkeypatch, lambda: (tmp_path / ".f.partial").unlink())
    with replace_when_done(tmp_path / "f") as file:
        file.write(b"new")
    assert (tmp_path / "f").read_bytes() == b"new"


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    Flock(monkeypatch, *[none] * 4)
    (tmp_path / ".f.partial").write_bytes(b"of one that was killed")
    with pytest.raises(UsageError, match="another program is writing it"), replace_when_done(tmp_path / "f") as file:
        file.write(b"of the first")
        with replace_when_done(tmp_path / "f", force=True) as other:
            other.write(b"of the second")
    assert (tmp_path / "f").read_bytes() == b"of the second"
    assert list(tmp_path.iterdir()) == [tmp_path / "f"]


def test_what_does_not_become_whole_takes_nothing_of_others_with_it(tmp_path: Path) -> None:
    partial = tmp_path / ".f.partial"
    with pytest.raises(RuntimeError), replace_when_done(tmp_path / "f"):
        partial.unlink()
        partial.write_bytes(b"of another")
        raise RuntimeError
    assert partial.read_bytes() == b"of another"


def test_what_another_user_has_left_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def refuse(path: Path, flags: int, mode: int = 0o777) -> int:
        # Root may open any file, and so may tests that root runs.
        if flags & os.O_RDWR:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(path, flags, mode)

    (tmp_path / ".f.partial").touch()
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UsageError, match=r"or remove .*/\.f\.partial"), replace_when_done(tmp_path / "f"):
        pass


def test_an_error_of_the_body_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="temporarily unavailable"), replace_when_done(tmp_path / "f"):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_has_the_rights_that_a_new_file_has(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with replace_when_done(tmp_path / "f"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o640


def test_in_an_open_directory_a_file_is_found_wherever_its_path_leads_by_now(tmp_path: Path) -> None:
    directory = tmp_path / "directory"
    directory.mkdir()
    (directory / "f").write_bytes(b"abc")
    folder = os.open(directory, os.O_RDONLY)
    directory.rename(tmp_path / "moved")
    directory.mkdir()
    (directory / "f").write_bytes(b"another")
    with open_for_reading(directory / "f", follow=False, folder=folder) as file:
        assert file.read() == b"abc"
    (tmp_path / "moved" / "link").symlink_to("f")
    with (
        pytest.raises(UsageError, match="link: it is a symbolic link"),
        open_for_reading(directory / "link", follow=False, folder=folder),
    ):
        pass
    os.close(folder)
