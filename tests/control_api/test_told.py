"""What the drive, the recorder and the settings say, as the control API tells it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from phone_recorder.adapters.drive_port import PortState
from phone_recorder.adapters.drive_recordings import DriveRecording, ListedRecordings
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.control_api.shown import Drive, DriveList, Recording, SettingValue
from phone_recorder.control_api.told import drive_list, record_state, recording_list, setting_list
from phone_recorder.errors import NoDrive
from phone_recorder.recording.account import Account, Part
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.indicator import Indicator
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.units import SECOND
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import SETTINGS, with_texts
from tests.adapters.found import USABLE

NAME = "Record_20260314150926.wav"
PHONE = {key for key in SETTINGS if not key.startswith("agent.")}


def values(settings: PhoneSettings, sections: tuple[str, ...] | None = None) -> dict[str, SettingValue]:
    return {one.key: one for one in setting_list(settings, "", sections).settings}


def test_a_drive_is_told_with_what_fits_on_it(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path)
    drive.last_free = 7_000_000
    told = drive_list(PortState(drive, found=USABLE), DriveView(True, 850 * SECOND))
    assert told == DriveList([Drive("BACKUP", "/dev/sda1", "vfat", 16_000_000_000, 7_000_000, "", True, 850.0)])


def test_a_directory_is_called_by_its_path(tmp_path: Path) -> None:
    drive = MountedDrive(tmp_path)
    [told] = drive_list(PortState(drive), DriveView()).drives
    assert (told.name, told.device, told.size, told.remaining_s, told.used) == (str(tmp_path), "", None, None, True)


@pytest.mark.parametrize(("error", "why"), [(NoDrive("no USB drive is plugged in"),) * 2, (None, "")])
def test_why_there_is_no_drive_is_told(error: NoDrive | None, why: object) -> None:
    assert drive_list(PortState(error=error), DriveView(True, SECOND)) == DriveList([], str(why))


@pytest.mark.parametrize(
    ("name", "began"),
    [
        (NAME, "2026-03-14T15:09:26"),
        (NAME.replace(".wav", "-2.wav"), "2026-03-14T15:09:26"),
        ("Record_20260231000000.wav", ""),
        ("other.wav", ""),
    ],
)
def test_a_recording_is_told_with_when_it_began_if_that_can_be(name: str, began: str) -> None:
    [told] = recording_list(ListedRecordings((DriveRecording(name, 8076, 1.0, "PCMU", "cut short", True),))).recordings
    assert told == Recording(name, 8076, 1.0, began, "PCMU", "cut short", True)


def test_recordings_stay_in_their_order() -> None:
    told = recording_list(ListedRecordings(tuple(DriveRecording(name, 0, 0.0, "") for name in ("b", "c", "a"))))
    assert [one.name for one in told.recordings] == ["b", "c", "a"] and told.problem == ""


def test_recordings_that_are_too_many_are_said_to_be_more() -> None:
    told = recording_list(ListedRecordings((DriveRecording("b", 0, 0.0, ""), DriveRecording("a", 0, 0.0, "")), 5))
    assert [one.name for one in told.recordings] == ["b", "a"]
    assert told.problem == "only the newest 2 are listed, not the 5 before them"


def test_the_recorder_is_told_with_its_accounts_and_the_call() -> None:
    account = Account("0f", "local", "PCMU")
    told = record_state(Key.PAUSED, Indicator("paused", "00:07", "Recording paused", "blinking"), [account], "3")
    assert (told.key, told.icon, told.timer, told.prompt, told.lamp) == (
        Key.PAUSED.value,
        *("paused", "00:07", "Recording paused", "blinking"),
    )
    assert told.recordings == [account.document()] and told.call == "3"


def test_all_settings_of_a_phone_are_told_in_the_order_of_the_file() -> None:
    told = setting_list(PhoneSettings(), "it cannot be kept")
    assert [one.key for one in told.settings] == [key for key in SETTINGS if key in PHONE]
    assert told.problem == "it cannot be kept"


@pytest.mark.parametrize(
    ("sections", "keys"),
    [
        ((), set()),
        (("server",), {key for key in SETTINGS if key.startswith("server.")}),
        (("phone.device", "phone.name"), {"phone.device", "phone.name"}),
        (("agent",), set(SETTINGS) - PHONE),
    ],
)
def test_sections_and_single_settings_can_be_chosen(sections: tuple[str, ...], keys: set[str]) -> None:
    assert values(PhoneSettings(), sections).keys() == keys


def test_of_a_secret_it_is_told_whether_there_is_one() -> None:
    for password, is_set in (("hunter2", True), ("", False)):
        told = values(with_texts(PhoneSettings(), {"account.password": password}))["account.password"]
        assert (told.kind, told.value, told.is_set) == ("secret", "", is_set)


def test_labels_and_choices_are_in_the_phones_language() -> None:
    told = {language: values(with_texts(PhoneSettings(), {"phone.language": language})) for language in ("en", "zh")}
    modes = {language: told[language]["record.mode"] for language in told}
    assert [one.value for one in modes["en"].choices] == [one.value for one in modes["zh"].choices] != []
    assert modes["en"].label != modes["zh"].label and modes["en"].choices != modes["zh"].choices
    assert told["en"]["phone.name"].choices == []


def test_a_path_that_is_no_utf_8_can_be_told() -> None:
    account = Account("00ff", "local", "PCMU", parts=(Part("/media/\udcff/Record_1.wav", 76, 0, 0.0),))
    told = record_state(Key.IDLE, Indicator(), [account])
    [recording] = msgspec.json.decode(msgspec.json.encode(told))["recordings"]
    assert recording["parts"][0]["path"] == "/media/?/Record_1.wav"
