"""Files beside a call: for their owner alone, never over others, and no call ends with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phone_recorder.adapters.side_file import SideFile
from phone_recorder.errors import UsageError
from tests.adapters.file_limit import no_file_above


def side_file(path: Path, notes: list[str] | None = None, force: bool = False) -> SideFile:
    return SideFile(path, "capture", (notes if notes is not None else []).append, force)


def test_what_is_written_is_there_at_once_and_nobody_elses_to_read(tmp_path: Path) -> None:
    file = side_file(tmp_path / "file")
    file.write(b"one")
    file.write(b"two")
    assert (tmp_path / "file").read_bytes() == b"onetwo"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    file.close()


def test_a_full_disk_ends_the_file_with_one_note(tmp_path: Path) -> None:
    notes: list[str] = []
    path = tmp_path / "file"
    file = side_file(path, notes)
    with no_file_above(5):
        file.write(b"abc")
        assert file.open
        for _ in range(3):
            file.write(b"defg")
    assert not file.open
    file.write(b"never")
    file.close()
    assert path.read_bytes() == b"abcde"
    assert notes == [f"the capture {path} ends here: file too large"]


def test_it_may_be_closed_twice_and_written_afterwards(tmp_path: Path) -> None:
    notes: list[str] = []
    file = side_file(tmp_path / "file", notes)
    file.close()
    file.close()
    file.write(b"late")
    assert ((tmp_path / "file").read_bytes(), notes) == (b"", [])


def test_what_is_there_stays_unless_force_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"mine")
    path.chmod(0o644)
    with pytest.raises(UsageError, match="exists already"):
        side_file(path)
    assert path.read_bytes() == b"mine"
    side_file(path, force=True).close()
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"", 0o600)


@pytest.mark.parametrize("force", [False, True])
def test_links_pipes_and_directories_are_refused(force: bool, tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "there")
    (tmp_path / "dangling").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "directory").mkdir()
    for name in ("link", "dangling", "pipe", "directory", "no/such/place", "x" * 300):
        with pytest.raises(UsageError):
            side_file(tmp_path / name, force=force)
    assert (tmp_path / "there").read_bytes() == b"mine"
    assert not (tmp_path / "elsewhere").exists()
