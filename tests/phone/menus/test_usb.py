"""The USB pages: drives, and the recordings on them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields

from phone_recorder.control_api import (
    DeleteRecording,
    Drive,
    DriveList,
    ExportRecording,
    Line,
    ListRecordings,
    Recording,
    RecordingList,
    StartPlayback,
)
from phone_recorder.phone.face.text_face import ROWS
from phone_recorder.settings.phone import Language
from tests.phone.menus.desk import DRIVE, FACTS, Desk, facts_in, recording

NO_DRIVE = "no USB drive is plugged in: plug in one formatted with FAT32 or exFAT"


def opened(*recordings: Recording, problem: str = "") -> Desk:
    """The list of these."""
    facts = replace(FACTS, recordings=RecordingList(list(recordings), problem))
    desk = Desk("usb", facts)
    desk.press("ok")
    return desk


def test_the_drive_says_what_fits_on_it() -> None:
    desk = Desk("usb")
    assert desk.view.lines == (
        Line("DATA", "3.2 GB of 8.0 GB free"),
        Line("Can record", "111 h"),
        Line("Recordings", "3"),
    )
    assert desk.selected == "Recordings" and desk.view.prompt == ""


def test_the_drive_says_so_in_chinese() -> None:
    desk = Desk("usb", facts_in("zh"))
    assert desk.view.lines == (
        Line("DATA", "剩余 3.2 GB / 8.0 GB"),
        Line("可录时长", "111 小时"),
        Line("录音文件", "3"),
    )


@pytest.mark.parametrize(
    ("drive", "value"),
    [
        (with_fields(DRIVE, size=None), "3.2 GB free"),
        (with_fields(DRIVE, free=None), "in use"),
        (with_fields(DRIVE, free=None, used=False), ""),
        (with_fields(DRIVE, problem="it is not mounted: mount it"), "cannot be used"),
    ],
)
def test_what_is_not_known_of_a_drive_is_left_out(drive: Drive, value: str) -> None:
    assert Desk("usb", replace(FACTS, drives=DriveList([drive]))).values[0] == value


def test_drives_of_one_name_can_each_be_selected() -> None:
    other = with_fields(DRIVE, used=False, remaining_s=None)
    desk = Desk("usb", replace(FACTS, drives=DriveList([other, other, DRIVE])))
    desk.press("1", "down", "down")
    assert desk.view.selected == 2


@pytest.mark.parametrize(
    ("language", "line", "prompt"),
    [
        ("en", "No USB drive that can be used", f"N{NO_DRIVE[1:]}"),
        ("zh", "没有可用的U盘", "未插入U盘：请插入 FAT32 或 exFAT 格式的U盘"),  # noqa: RUF001
    ],
)
def test_without_a_drive_the_page_says_why(language: Language, line: str, prompt: str) -> None:
    desk = Desk("usb", facts_in(language, replace(FACTS, drives=DriveList([], NO_DRIVE))))
    assert desk.texts == [line] and desk.view.prompt == prompt
    assert desk.press("ok") == [] and desk.texts == [line]


def test_an_empty_drive_has_no_recordings() -> None:
    desk = opened()
    assert desk.texts == ["No recordings"] and desk.view.soft == ("", "", "", "Back")


def test_a_drive_that_cannot_be_read_says_why() -> None:
    desk = opened(problem="the drive was removed")
    assert desk.texts == ["Cannot be listed"] and desk.view.prompt == "The drive was removed"


def test_a_recording_shows_when_and_how_long_it_was_and_whether_it_is_damaged() -> None:
    nameless = Recording("Record_20260231064112.wav", 1000, 61.0)
    desk = opened(recording(2, running=True), recording(1, "the codec is unknown"), nameless)
    assert desk.view.lines == (
        Line("2026-11-28 06:00", "0:12", "●"),
        Line("2026-11-28 06:00", "0:12", "!"),
        Line("Record_20260231064112.wav", "1:01"),
    )
    assert desk.view.soft == ("Play", "Delete", "Export", "Back")


def test_ok_plays_the_selected_one() -> None:
    desk = opened(recording(2), recording(1))
    assert desk.press("down", "ok") == [StartPlayback(recording(1).name)]


def test_opening_the_list_asks_for_it_anew() -> None:
    assert Desk("usb").press("ok") == [ListRecordings()]


def test_delete_asks_first_and_begins_at_no() -> None:
    desk = opened(recording(2), recording(1))
    assert desk.press("soft2") == []
    assert desk.view.prompt == f"Delete {recording(2).name}?"
    assert desk.texts == ["Yes", "No"] and desk.selected == "No"
    assert desk.press("ok") == [] and desk.view.title == "Recordings"


@pytest.mark.parametrize("keys", [("soft4",), ("back",), ("1", "2", "ok")])
def test_a_question_is_left_without_a_yes(keys: tuple[str, ...]) -> None:
    desk = opened(recording(1))
    desk.press("soft2", *keys)
    assert desk.view.title == "Recordings" and not any(isinstance(one, DeleteRecording) for one in desk.asked)


def test_yes_deletes_and_the_page_says_so_once_it_is_gone() -> None:
    desk = opened(recording(2), recording(1))
    assert desk.press("soft2", "up", "ok") == [DeleteRecording(recording(2).name), ListRecordings()]
    assert desk.texts == ["2026-11-28 06:00"] and desk.view.prompt == f"{recording(2).name} was deleted"
    desk.press("down")
    assert desk.view.prompt == ""


@pytest.mark.parametrize("left", [RecordingList([recording(1)]), RecordingList([], "the drive was removed")])
def test_nothing_is_said_to_be_deleted_that_may_be_there(left: RecordingList) -> None:
    desk = opened(recording(1))
    desk.press("soft2", "up", "ok")
    desk.change(recordings=left)
    assert "deleted" not in desk.view.prompt


def test_export_asks_for_nothing_else() -> None:
    desk = opened(recording(1))
    assert desk.press("soft3") == [ExportRecording(recording(1).name), ListRecordings()]
    assert desk.view.title == "Recordings"


def test_a_hundred_recordings_are_seen_through_a_window() -> None:
    desk = opened(*(recording(number) for number in range(100, 0, -1)))
    assert (desk.view.first, desk.view.total, desk.view.selected) == (0, 100, 0)
    desk.press(*["down"] * ROWS)
    assert (desk.view.first, desk.view.selected) == (1, ROWS - 1)
    desk.press("up")
    assert (desk.view.first, desk.view.selected) == (1, ROWS - 2)
    desk.press(*["up"] * ROWS)
    assert (desk.view.first, desk.view.selected) == (94, ROWS - 1)
    desk.press("2")
    assert (desk.view.first, desk.view.selected) == (94, 1)


def test_the_selected_recording_stays_so_when_another_is_made() -> None:
    desk = opened(recording(2), recording(1))
    desk.press("down")
    desk.change(recordings=RecordingList([recording(3), recording(2), recording(1)]))
    assert desk.view.selected == 2
    desk.press("soft2")
    assert desk.view.prompt == f"Delete {recording(1).name}?"


def test_when_the_selected_recording_is_gone_the_next_one_is_selected() -> None:
    desk = opened(recording(3), recording(2), recording(1))
    desk.press("up")
    desk.change(recordings=RecordingList([recording(3)]))
    assert desk.view.selected == 0
    desk.change(recordings=RecordingList([]))
    assert desk.press("ok") == []
