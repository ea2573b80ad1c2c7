"""Where recordings stand in time, by what a record key's states tell."""

from __future__ import annotations

from typing import Any

from phone_recorder.harness.playing.trail import EVER
from phone_recorder.harness.subjects.tracks import Tracks


def account(name: str, state: str = "recording") -> dict[str, Any]:
    return {"id": name, "state": state}


def test_a_recording_begins_with_the_press_even_if_its_account_comes_later() -> None:
    tracks = Tracks()
    tracks.follow(790, 800, "recording", [])
    tracks.follow(1590, 1600, "recording", [account("a")])
    [track] = tracks.all
    assert (track.asked, track.start) == (790, 800)


def test_each_recording_has_its_own_beginning() -> None:
    tracks = Tracks()
    tracks.follow(0, 0, "recording", [account("a")])
    tracks.follow(800, 800, "idle", [account("a", "recorded")])
    tracks.follow(1600, 1600, "recording", [account("a", "recorded"), account("b")])
    assert [(track.account["id"], track.start) for track in tracks.all] == [("a", 0), ("b", 1600)]


def test_a_pause_lasts_from_one_key_to_the_other() -> None:
    tracks = Tracks()
    tracks.follow(0, 0, "recording", [account("a")])
    tracks.follow(80, 80, "paused", [account("a")])
    assert tracks.all[0].pauses == [(80, EVER)]
    tracks.follow(160, 160, "paused", [account("a")])
    tracks.follow(240, 240, "recording", [account("a")])
    assert tracks.all[0].pauses == [(80, 240)]


def test_it_is_saved_when_the_key_is_idle_and_no_account_goes_on() -> None:
    tracks = Tracks()
    assert tracks.saved
    tracks.follow(0, 0, "recording", [account("a")])
    assert not tracks.saved
    tracks.follow(8, 8, "idle", [account("a")])
    assert not tracks.saved
    tracks.follow(16, 16, "idle", [account("a", "recorded")])
    assert tracks.saved
