"""The allowance of a page."""

from __future__ import annotations

from phone_recorder.harness.report.room import Room, data_uri


def test_an_allowance_is_given_until_it_is_used_up() -> None:
    room = Room(100)
    assert [room.take(60), room.take(60), room.take(60), room.left] == [60, 40, 0, 0]


def test_data_is_its_own_address() -> None:
    assert data_uri("audio/wav", b"\0\1\2") == "data:audio/wav;base64,AAEC"
