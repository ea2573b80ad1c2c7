"""The face of the phone in virtual time: what keys and menus ask for is done, and the screen says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.scenario.actions import Action, Change, Press, Stick, Talk, Type
from phone_recorder.harness.scenario.case import CallPlan, StickPlan
from tests.harness.playing.cases import RECORD, SERVER, audio, case, played, states

SECOND = 8000
OLD = StickPlan(files=(("Record_20260101000000.wav", 30.0),))
NO_DRIVE = "No USB drive is plugged in: plug in one formatted with FAT32 or exFAT"
NO_CALL = CallPlan(5 * SECOND, first=False)


def keys(*names: str, start: float = 0.0) -> tuple[tuple[float, Action], ...]:
    """Pressed one after the other, 10 ms apart."""
    return tuple((start + n / 100, Press(name)) for n, name in enumerate(names))


def prompts(evidence: Evidence) -> list[str]:
    return [moment.screen.prompt for moment in evidence.moments.values()]


def test_recording_is_switched_on_in_the_menu(tmp_path: Path) -> None:
    steps = (*keys("menu", "1", "ok", "back", "back", start=1), (2.0, Press("record")))
    refused = (0.5, Press("record"))
    evidence = played(tmp_path, case(refused, *steps, settings={"record.enabled": False}, looks=(0.5, 1.01, 1.02, 2)))
    moments = list(evidence.moments.values())
    assert moments[0].screen.prompt.startswith("Recording is switched off")
    assert [moment.screen.title for moment in moments[1:3]] == ["Record manager", "Record manager"]
    assert [moment.screen.lines[0].value for moment in moments[1:3]] == ["Off", "On"]
    assert (moments[3].key, len(audio(evidence))) == ("recording", 3 * SECOND)


def test_a_dss_key_does_what_it_is_set_to(tmp_path: Path) -> None:
    steps = (1.0, Press("dss1")), (2.0, Press("dss2")), (3.0, Press("dss3"))
    evidence = played(tmp_path, case(*steps, settings={"keys.dss3": "hold"}, looks=(1, 2, 3)))
    assert [moment.key for moment in evidence.moments.values()] == ["recording", "paused", "paused"]
    assert evidence.moments[3 * SECOND].call == "held"


def test_without_a_call_the_record_key_says_what_to_do_for_a_while(tmp_path: Path) -> None:
    evidence = played(tmp_path, case((1, Press("record")), call=NO_CALL, looks=(1, 7)))
    assert prompts(evidence) == ["There is no call to record: call somebody first", "The USB drive STICK is ready"]


def test_a_number_is_dialled_and_called_again_from_the_log(tmp_path: Path) -> None:
    dial = (*keys("1", "0", "0", "3", "ok"), (1.0, Press("hook")))
    again = (*keys("up", "ok", start=6), (7.0, Press("hook")))
    evidence = played(tmp_path, case(*dial, *again, call=NO_CALL, looks=(0.5, 1, 5, 6, 6.5)))
    assert [moment.call for moment in evidence.moments.values()] == [
        "connected",
        "ended",
        "ended",
        "ended",
        "connected",
    ]
    [line] = evidence.moments[6 * SECOND].screen.lines
    assert line.text == "-> 1003"
    assert evidence.moments[52000].screen.call == "1003"


def test_letters_are_typed_into_a_number(tmp_path: Path) -> None:
    evidence = played(tmp_path, case((0, Type("hello")), call=NO_CALL, looks=(0,)))
    assert evidence.moments[0].screen.call == "hello"


def test_recordings_are_listed_and_deleted_in_the_menu(tmp_path: Path) -> None:
    listed = keys("soft4", "ok")
    delete = keys("soft2", "up", "ok", start=1)
    evidence = played(tmp_path, case(*listed, *delete, call=NO_CALL, stick=OLD, looks=(0.5, 2)))
    before, after = evidence.moments.values()
    assert (before.screen.title, [line.value for line in before.screen.lines]) == ("Recordings", ["0:30"])
    assert after.screen.prompt == "Record_20260101000000.wav was deleted"
    assert (len(before.files), after.files) == (1, ())


def test_a_recording_is_exported_in_the_menu(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(*keys("soft4", "ok", "soft3"), call=NO_CALL, stick=OLD, looks=(1,)))
    assert evidence.moments[SECOND].screen.prompt.startswith("Exported to ")
    assert len([path for path in (tmp_path / "stick").iterdir() if path.suffix == ".wav"]) == 2


def test_that_nothing_can_be_played_back_is_said(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(*keys("soft4", "ok", "ok"), call=NO_CALL, stick=OLD, looks=(1,)))
    assert evidence.moments[SECOND].screen.prompt.startswith("Nothing can be played back under the virtual clock")


def test_of_a_stick_that_is_not_there_nothing_is_listed(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(*keys("soft4"), call=NO_CALL, stick=None, looks=(1,)))
    assert evidence.moments[SECOND].screen.prompt == NO_DRIVE


def test_settings_count_from_the_next_call_on(tmp_path: Path) -> None:
    change = (1, Change({"record.mode": "server"})), (1.9, Talk("hang up"))
    then = (3, Talk("begin", "1003")), (3.5, Press("record"))
    evidence = played(tmp_path, case(RECORD, *change, *then, length=2))
    assert [recorded.account["mode"] for recorded in evidence.recordings] == ["local", "server"]
    assert states(evidence) == ["recorded", "recorded"]


def test_that_a_setting_counts_later_is_said_to_who_sets_it(tmp_path: Path) -> None:
    pause = keys("menu", "1", "7", "down", "ok", start=1)
    evidence = played(tmp_path, case(*pause, looks=(2,)))
    assert evidence.moments[2 * SECOND].screen.prompt == "Saved: it counts from the next call on"


def test_a_setting_that_cannot_be_is_an_error_of_the_scenario(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"case: record\.codec"):
        played(tmp_path, case((1, Change({"record.codec": "MP3"}))))


def test_the_screen_speaks_the_phones_language(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, settings={"phone.language": "zh"}, looks=(1,)))
    assert evidence.moments[SECOND].screen.prompt == "正在录音"


def test_what_became_of_a_recording_is_shown_for_8_s_and_then_what_became_of_the_drive(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, (9, Stick("pull")), length=1, looks=(2, 8, 10)))
    assert prompts(evidence) == [
        "Recording saved: 1 file",
        "Recording saved: 1 file",
        NO_DRIVE,
    ]


def test_a_drive_means_nothing_to_a_phone_that_records_on_a_server(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(settings=SERVER, looks=(1,)))
    assert evidence.moments[SECOND].screen.left == ""
    assert "usb" not in evidence.moments[SECOND].screen.signs
