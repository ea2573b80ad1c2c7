"""The player's page."""

from __future__ import annotations

import pytest

from phone_recorder.control_api import (
    ControlPlayback,
    DeleteRecording,
    ExportRecording,
    Line,
    ListRecordings,
    Playback,
    RecordingList,
    StartPlayback,
)
from phone_recorder.settings.phone import Language
from tests.phone.menus.desk import FACTS, Desk, facts_in, recording

NAME = recording(3).name


def player(language: Language = "en") -> Desk:
    """The newest recording is being played, six seconds in."""
    desk = Desk("usb", facts_in(language, FACTS))
    desk.press("ok", "ok")
    return desk


def test_it_shows_where_it_is() -> None:
    view = player().view
    assert view.lines == (
        Line("2026-11-28 06:00:03", "PCMU"),
        Line("Position", "0:06 / 0:12"),
        Line("Speed", "1x"),
        Line("State", "Playing"),
    )
    assert view.soft == ("Pause", "Stop", "Delete", "Export") and view.selected is None


@pytest.mark.parametrize("key", ["ok", "soft1"])
def test_one_key_pauses_and_goes_on(key: str) -> None:
    desk = player()
    assert desk.press(key) == [ControlPlayback("pause")]
    assert desk.values[3] == "Paused" and desk.view.soft[0] == "Play"
    assert desk.press(key) == [ControlPlayback("resume")]


def test_one_that_was_stopped_or_is_over_begins_again() -> None:
    desk = player()
    assert desk.press("soft2") == [ControlPlayback("stop")]
    assert desk.values[1:4] == ["0:00 / 0:12", "1x", "Stopped"]
    assert desk.press("soft2") == [] and desk.press("left") == []
    assert desk.press("ok") == [StartPlayback(NAME)]


@pytest.mark.parametrize(
    ("position", "key", "to"), [(6.0, "left", 1.0), (3.0, "left", 0.0), (6.0, "right", 11.0), (9.0, "right", 12.5)]
)
def test_left_and_right_wind_five_seconds(position: float, key: str, to: float) -> None:
    desk = player()
    desk.change(playback=Playback(NAME, position, 12.5))
    assert desk.press(key) == [ControlPlayback(position_s=to)]


def test_up_and_down_go_through_the_speeds_and_no_further() -> None:
    desk = player()
    asked = [desk.press("up") for _ in range(4)]
    assert asked == [*([ControlPlayback(speed=speed)] for speed in (1.25, 1.5, 2.0)), []]
    asked = [desk.press("down") for _ in range(6)]
    assert asked == [*([ControlPlayback(speed=speed)] for speed in (1.5, 1.25, 1.0, 0.75, 0.5)), []]
    assert desk.values[2] == "0.5x"


def test_back_stops_it() -> None:
    desk = player()
    assert desk.press("back") == [ControlPlayback("stop")]
    assert desk.view.title == "Recordings"
    desk = player()
    desk.press("soft2")
    assert desk.press("back") == []


def test_it_can_be_exported_while_it_is_played() -> None:
    assert player().press("soft4") == [ExportRecording(NAME), ListRecordings()]


def test_delete_asks_stops_and_leaves_for_the_list() -> None:
    desk = player()
    desk.press("soft3")
    assert desk.view.prompt == f"Delete {NAME}?"
    assert desk.press("up", "ok") == [ControlPlayback("stop"), DeleteRecording(NAME), ListRecordings()]
    assert desk.view.title == "Recordings" and len(desk.texts) == 2
    assert desk.view.prompt == f"{NAME} was deleted"


def test_one_that_has_ended_is_deleted_without_a_stop() -> None:
    desk = player()
    desk.press("soft2", "soft3")
    assert desk.press("up", "ok") == [DeleteRecording(NAME), ListRecordings()]


def test_no_leads_back_to_the_player() -> None:
    desk = player()
    desk.press("soft3", "ok")
    assert desk.view.soft[0] == "Pause"


@pytest.mark.parametrize(
    ("language", "mark", "prompt"),
    [
        ("en", "Damaged: plays as far as it goes", "Damaged, what is there is played: dataSize is 500, but only"),
        ("zh", "文件已损坏，播放到损坏处为止", "文件已损坏，仅播放现有内容：dataSize 为 500，但"),  # noqa: RUF001
    ],
)
def test_a_damaged_one_says_so(language: Language, mark: str, prompt: str) -> None:
    desk = Desk("usb", facts_in(language))
    desk.press("ok", "down", "ok")
    assert desk.view.lines[-1] == Line(mark, mark="!") and desk.view.prompt.startswith(prompt)


def test_what_has_ended_it_is_said() -> None:
    desk = player()
    desk.change(playback=Playback(NAME, 3.0, 9.0, problem="the device reports an I/O error", ended=True))
    assert desk.view.prompt == "The device reports an I/O error"
    assert desk.values[1:4] == ["0:00 / 0:12", "1x", "Stopped"]
    assert desk.press("ok") == [StartPlayback(NAME)]


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("name", [recording(1).name, ""])
def test_another_recording_that_is_or_was_played_is_not_this_one(name: str, ended: bool) -> None:
    desk = player()
    desk.change(playback=Playback(name, 3.0, 9.0, problem="trouble", ended=ended))
    assert desk.values[3] == "Stopped" and desk.view.prompt == ""


def test_a_recording_that_vanishes_is_gone_and_nothing_can_be_done_with_it() -> None:
    desk = player()
    desk.change(playback=Playback(), recordings=RecordingList([], "the drive was removed"))
    assert desk.texts == ["This recording is gone"] and desk.view.prompt == "The drive was removed"
    assert desk.view.soft == ("", "", "", "Back")
    assert [desk.press(key) for key in ("ok", "soft2", "soft3", "left", "up")] == [[]] * 5
    desk.press("soft4")
    assert desk.view.title == "Recordings"


def test_one_that_vanishes_from_the_list_plays_on() -> None:
    desk = player()
    desk.change(recordings=RecordingList([]))
    assert desk.texts[0] == NAME and desk.values[1] == "0:06 / 0:12"
