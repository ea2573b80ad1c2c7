from __future__ import annotations

import os
from pathlib import Path

import pytest

from phone_recorder.adapters.room import Room


def test_all_of_the_capacity_is_left_at_first() -> None:
    room = Room(1000)
    assert (room.capacity, room.left) == (1000, 1000)


def test_files_are_counted_unless_somebody_writes_there(tmp_path: Path) -> None:
    room = Room(1000)
    room.come()
    (tmp_path / "song.mp3").write_bytes(bytes(300))
    room.take(76)
    assert room.look(tmp_path) == 924
    room.go()
    assert room.look(tmp_path) == 700


def test_what_is_left_can_be_stated_and_the_capacity_follows(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(bytes(300))
    room = Room(1000)
    room.look(tmp_path)
    room.leave(50)
    assert (room.capacity, room.left, room.look(tmp_path)) == (350, 50, 50)


def test_files_are_counted_at_any_depth_and_what_is_none_is_not(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    deep = stick / "a" / "b" / "c"
    deep.mkdir(parents=True)
    for path in (tmp_path / "elsewhere", stick / ".hidden", stick / "a" / "song", deep / "song"):
        path.write_bytes(bytes(100))
    os.mkfifo(stick / "pipe")
    (stick / "file").symlink_to(tmp_path / "elsewhere")
    (deep / "round").symlink_to(stick)
    (deep / "dangling").symlink_to(tmp_path / "none")
    os.link(deep / "song", deep / "again")
    assert Room(1000).look(stick) == 600


def test_a_stick_that_is_a_link_is_the_directory_and_one_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "song").write_bytes(bytes(100))
    (tmp_path / "link").symlink_to(tmp_path / "stick")
    assert (Room(1000).look(tmp_path / "link"), Room(1000).look(tmp_path / "none")) == (900, 1000)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list everything")
def test_a_folder_that_this_user_may_not_list_counts_nothing(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    for path in (tmp_path / "song", closed / "song"):
        path.write_bytes(bytes(100))
    closed.chmod(0)
    try:
        assert Room(1000).look(tmp_path) == 900
    finally:
        closed.chmod(0o700)
