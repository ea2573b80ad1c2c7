from __future__ import annotations

from pathlib import Path

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
