"""The program under its virtual clock on a real file system: what is left of the room, what gives way, which folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.call import Document, audio, document
from tests.record_bytes import record, speech
from tests.system.aftermath import SECOND, in_order, look
from tests.system.loop_fs import MIB, LoopDrive, loop_fs

pytestmark = pytest.mark.peer

OLD = record(speech(100_000 // 160 * 160), b"PCMU", 160, 160)


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[LoopDrive]:
    with loop_fs(tmp_path, 4 * MIB) as drive:
        yield drive


def recorded(drive: LoopDrive, *words: str | int | float, exit_code: int = 0) -> Document:
    return document("--fast", "--usb", drive.path, *words, exit_code=exit_code)


def lasting_s(free: int, reserve: int) -> float:
    """Seconds of audio for which there is room, in one part."""
    return (free - reserve - 76) // 160 * 160 / SECOND


def test_how_long_the_drive_can_still_record_is_what_its_file_system_has_free(drive: LoopDrive) -> None:
    reserve = 100_000
    found = recorded(drive, "--duration", 20, "--reserve", reserve, "--size-limit", 0, "--keys", "1 record, 15 record")
    [recording] = found["recordings"]
    assert recording["state"] == "recorded"
    assert recording["remaining_s"] == lasting_s(drive.free, reserve)
    assert found["drive"]["free"] == drive.free
    assert found["screen"][-1]["left"] == f"{minutes(drive.free, reserve)} min"


def minutes(free: int, reserve: int) -> int:
    return int(lasting_s(free, reserve) // 60)


@pytest.mark.parametrize(("left_s", "low"), [(320, False), (290, True)])
def test_below_five_minutes_the_screen_says_that_the_drive_is_almost_full(
    drive: LoopDrive, left_s: int, low: bool
) -> None:
    reserve = drive.free - left_s * SECOND
    found = recorded(drive, "--reserve", reserve, "--duration", 3, "--size-limit", 0)
    prompts = [screen["prompt"] for screen in found["screen"]]
    assert (("Recording, the drive is almost full" in prompts), ("Recording" in prompts)) == (low, not low)


def test_recorded_full_nothing_is_said_to_be_left(drive: LoopDrive) -> None:
    """The second recording cannot begin."""
    words = ("--reserve", drive.free - 200_000, "--duration", 40, "--keys", "0 record, 30 record")
    found = recorded(drive, *words, exit_code=1)
    first, second = found["recordings"]
    assert (first["state"], second["state"]) == ("cut short", "failed")
    assert first["remaining_s"] == 0
    assert found["screen"][-1]["left"] == "0 s"
    assert found["drive"]["free"] == drive.free


def test_older_recordings_give_way_oldest_first_and_others_files_never(drive: LoopDrive) -> None:
    for number in range(6):
        (drive.path / f"Record_2023010100000{number}.wav").write_bytes(OLD)
    (drive.path / "photo").write_bytes(b"photo")
    os.link(drive.path / "Record_20230101000000.wav", drive.path / "kept.wav")
    with (drive.path / "film").open("wb") as film:
        film.write(bytes(drive.free - 50_000))
    found = recorded(drive, "--cover", "--reserve", 0, "--size-limit", "150K", "--duration", 25)
    [recording] = found["recordings"]
    assert recording["state"] == "recorded"
    assert look([Path(part["path"]) for part in recording["parts"]]).audio == audio(recording)
    assert len(audio(recording)) == 25 * SECOND
    gone = [Path(path).name for path in recording["covered"]]
    # The first one has another name: deleting it would make no room.
    assert gone == [f"Record_2023010100000{number}.wav" for number in range(1, len(gone) + 1)]
    assert 2 <= len(gone) < 5
    assert {"photo", "kept.wav", "film", "Record_20230101000000.wav"} <= {path.name for path in drive.path.iterdir()}
    assert len(in_order(drive.path)) == 6 - len(gone) + len(recording["parts"])
    assert recording["remaining_s"] is None


@pytest.mark.parametrize("words", [("--reserve", "1G"), ("--reserve", "0")], ids=["all in reserve", "all linked"])
def test_where_deleting_makes_no_room_nothing_is_deleted(drive: LoopDrive, words: tuple[str, ...]) -> None:
    names = {f"Record_2023010100000{number}.wav" for number in range(4)}
    for name in names:
        (drive.path / name).write_bytes(OLD)
        os.link(drive.path / name, drive.path / f"link to {name}")
    with (drive.path / "film").open("wb") as film:
        film.write(bytes(drive.free - 1024))
    found = recorded(drive, "--cover", *words, "--duration", 1, exit_code=1)
    [recording] = found["recordings"]
    assert recording["covered"] == []
    assert "is full" in recording["reason"]
    assert {path.name for path in in_order(drive.path)} >= names


def test_recordings_go_to_the_folder_that_is_asked_for(drive: LoopDrive) -> None:
    found = recorded(drive, "--reserve", 0, "--duration", 1, "--usb-folder", "phone/calls")
    [part] = found["recordings"][0]["parts"]
    assert Path(part["path"]).parent == drive.path / "phone" / "calls"
    assert in_order(drive.path / "phone" / "calls") == [Path(part["path"])]
    assert in_order(drive.path) == []
