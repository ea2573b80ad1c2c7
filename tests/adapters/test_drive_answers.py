from __future__ import annotations

import os
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_answers import Answer, ask
from tests.adapters.mounts import tmpfs


def test_what_is_free_is_told(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "stick", "size=64k") as stick:
        assert ask(stick, 1) == Answer(64 << 10)


def test_a_file_that_is_mounted_and_what_is_not_there_are_no_place_for_recordings(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert not ask(tmp_path / "file", 1).directory
    assert not ask(tmp_path / "none", 1).directory


@pytest.mark.parametrize(
    ("root", "folder", "wanted", "permitted"),
    [
        (0o755, 0o755, "calls", True),
        (0o555, 0o755, "calls", True),
        (0o555, 0o755, "", False),
        (0o555, 0o755, "other", False),
        (0o755, 0o555, "calls", False),
        (0o755, 0o555, "/calls/new", False),
        (0o755, 0o755, "/calls/new/newer/", True),
    ],
)
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_whether_this_user_may_write_is_asked_of_the_folder(
    tmp_path: Path, root: int, folder: int, wanted: str, permitted: bool
) -> None:
    (tmp_path / "calls").mkdir(mode=folder)
    tmp_path.chmod(root)
    try:
        assert ask(tmp_path, 1, wanted).permitted == permitted
    finally:
        tmp_path.chmod(0o755)
