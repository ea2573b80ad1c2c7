"""The phone's player: one recording, what is shown after its end, and starts at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phone_recorder import control_api as api
from phone_recorder.adapters.record_player import RecordPlayer
from phone_recorder.desk.player import Player
from phone_recorder.errors import DriveError, UsageError
from tests.record_bytes import record, speech


def recording(directory: Path, number: int = 1, data: bytes | None = None) -> Path:
    path = directory / f"Record_2026031415092{number}.wav"
    path.write_bytes(record(speech(80000)) if data is None else data)
    return path


def always() -> bool:
    return True


def start(player: Player, path: Path, present: Callable[[], bool] = always) -> None:
    player.start(api.StartPlayback(path.name), path, present, "browser")


class Opening:
    """Opens what is asked for, and number 1 once it is `let`; `asked` is when that is to be opened."""

    def __init__(self, let: bool = True) -> None:
        self.asked, self.let = threading.Event(), threading.Event()
        self.opened: list[RecordPlayer] = []
        if let:
            self.let.set()

    def __call__(self, path: Path, *rest: Any) -> RecordPlayer:
        if path.stem.endswith("1"):
            self.asked.set()
            assert self.let.wait(20)
        self.opened.append(RecordPlayer(path, *rest))
        return self.opened[-1]

    def playing(self) -> list[str]:
        """Those that are not stopped; whoever was stopped is really silent."""
        ended = [player for player in self.opened if player.view.ended]
        assert all(player.wait(20) for player in ended)
        return [player.view.name for player in self.opened if player not in ended]


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
    opens = Opening()
    player = Player(opens)
    start(player, recording(tmp_path), lambda: False)
    assert opens.opened[0].wait(20)
    shown = player.shown
    assert (shown.name, shown.problem, shown.ended) == ("Record_20260314150921.wav", "the drive was removed", True)
    start(player, recording(tmp_path, 2))
    assert (player.shown.name, player.shown.problem, player.shown.ended) == ("Record_20260314150922.wav", "", False)
    player.stop()


def test_of_many_started_at_once_one_plays_and_can_be_stopped(tmp_path: Path) -> None:
    opens = Opening()
    player = Player(opens)
    paths = [recording(tmp_path, number) for number in range(8)]
    starts = [threading.Thread(target=start, args=(player, path)) for path in paths]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join(20)
    assert opens.playing() == [player.shown.name]
    player.stop()
    assert opens.playing() == []


def test_one_that_is_stopped_while_it_is_opened_does_not_play(tmp_path: Path) -> None:
    opens = Opening(let=False)
    player = Player(opens)
    thread = threading.Thread(target=start, args=(player, recording(tmp_path)))
    thread.start()
    assert opens.asked.wait(20)
    player.control(api.ControlPlayback("stop"))
    opens.let.set()
    thread.join(20)
    assert len(opens.opened) == 1 and opens.playing() == [] and player.shown == api.Playback()


def test_a_drive_that_hangs_is_told_and_plays_nothing_later_and_another_one_is_not_held_up(tmp_path: Path) -> None:
    opens, other = Opening(let=False), recording(tmp_path, 3)
    player = Player(opens, patience_s=0.5)
    for _ in range(2):
        with pytest.raises(DriveError, match="does not answer"):
            start(player, recording(tmp_path))
    start(player, other, lambda: True)
    opens.let.set()
    for thread in threading.enumerate():
        if thread.name == "lane":
            thread.join(20)
    assert len(opens.opened) == 2 and opens.playing() == ["Record_20260314150923.wav"] == [player.shown.name]
    player.stop()
