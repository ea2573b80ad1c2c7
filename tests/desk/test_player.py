"""The phone's player: one recording, what is shown after its end, and starts at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from phone_recorder import control_api as api
from phone_recorder.desk.player import Player
from phone_recorder.errors import UsageError
from tests.record_bytes import record, speech


def recording(directory: Path, number: int = 1, data: bytes | None = None) -> Path:
    path = directory / f"Record_2026031415092{number}.wav"
    path.write_bytes(record(speech(80000)) if data is None else data)
    return path


def start(player: Player, path: Path, present: Callable[[], bool] = lambda: True) -> None:
    player.start(api.StartPlayback(path.name), path, present, "browser")


def playing() -> int:
    return sum(thread.name == "record player" for thread in threading.enumerate())


def until_ended(player: Player) -> api.Playback:
    for _ in range(2000):
        if player.shown.ended:
            break
        threading.Event().wait(0.01)
    return player.shown


def test_nothing_was_ever_played() -> None:
    assert Player().shown == api.Playback("", ended=False)
    with pytest.raises(UsageError, match="nothing is being played"):
        Player().control(api.ControlPlayback("stop"))


def test_what_was_stopped_is_still_named_and_can_be_stopped_again(tmp_path: Path) -> None:
    player = Player()
    start(player, recording(tmp_path))
    assert (player.shown.name, player.shown.ended) == ("Record_20260314150921.wav", False)
    for _ in range(2):
        player.control(api.ControlPlayback("stop"))
        assert (player.shown.name, player.shown.ended) == ("Record_20260314150921.wav", True)
    with pytest.raises(UsageError, match="nothing is being played"):
        player.control(api.ControlPlayback("pause"))


def test_the_problem_that_has_ended_it_is_told_with_its_name(tmp_path: Path) -> None:
    player = Player()
    start(player, recording(tmp_path), lambda: False)
    shown = until_ended(player)
    assert (shown.name, shown.problem) == ("Record_20260314150921.wav", "the drive was removed")
    start(player, recording(tmp_path, 2))
    assert (player.shown.name, player.shown.problem) == ("Record_20260314150922.wav", "")
    player.stop()


def test_of_many_started_at_once_one_plays_and_can_be_stopped(tmp_path: Path) -> None:
    player, before = Player(), playing()
    paths = [recording(tmp_path, number) for number in range(8)]
    starts = [threading.Thread(target=start, args=(player, path)) for path in paths]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join(20)
    assert not player.shown.ended and playing() <= before + 1
    player.stop()
    until_gone(before)
    assert playing() <= before


def until_gone(before: int) -> None:
    for thread in threading.enumerate():
        if thread.name == "record player" and playing() > before:
            thread.join(20)


def test_one_that_is_stopped_while_it_is_opened_does_not_begin(tmp_path: Path) -> None:
    player, path = Player(), tmp_path / "Record_20260314150921.wav"
    other = recording(tmp_path, 2)
    start(player, other)
    recording(tmp_path)
    closing = threading.Event()

    class Slow(type(player._player)):  # type: ignore[misc]
        pass

    del Slow, closing
    start(player, path)
    player.stop()
    assert player.shown.ended
