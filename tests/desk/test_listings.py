"""The list of recordings: of looks that overlap the newest counts, and a drive that hangs holds up one thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from phone_recorder.adapters.lane import Lane
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.control_api import RecordingList
from phone_recorder.desk.listings import Listings
from phone_recorder.errors import DriveError, NoDrive
from tests.record_bytes import record, speech

OLD, NEW = "Record_20260314150926.wav", "Record_20260314150927.wav"


class SlowDrive(MountedDrive):
    """Names what is on it when it is let; `looks` is how often it was looked at."""

    def __init__(self, path: Path) -> None:
        path.mkdir(exist_ok=True)
        (path / OLD).write_bytes(record(speech(800)))
        self.plugged, self.looks = True, 0
        self.begun, self.let = threading.Event(), threading.Event()
        super().__init__(path, present=lambda: self.plugged)

    def names(self) -> list[str]:
        self.looks += 1
        found = super().names()
        self.begun.set()
        assert self.let.wait(20)
        return found


def lane(patience_s: float = 20.0) -> Lane:
    return Lane(lambda: DriveError("the drive does not answer"), patience_s, 4)


def names(found: RecordingList) -> list[str]:
    return [one.name for one in found.recordings]


@contextmanager
def looked_at(listings: Listings, drive: SlowDrive, lane: Lane) -> Iterator[None]:
    """Somebody waits for the list of this drive, which lets nobody look before the end of this."""
    thread = threading.Thread(target=lambda: asyncio.run(listings.look(drive, lane)))
    thread.start()
    assert drive.begun.wait(20)
    try:
        yield
    finally:
        drive.let.set()
        thread.join(20)


def test_two_hundred_looks_at_a_drive_that_hangs_are_two(tmp_path: Path) -> None:
    listings, drive, one = Listings(), SlowDrive(tmp_path), lane()

    async def run() -> list[RecordingList]:
        looks = [asyncio.create_task(listings.look(drive, one)) for _ in range(200)]
        await asyncio.to_thread(drive.begun.wait, 20)
        threads.append(sum(thread.name == "lane" for thread in threading.enumerate()))
        drive.let.set()
        return await asyncio.gather(*looks)

    threads = [sum(thread.name == "lane" for thread in threading.enumerate())]
    assert [names(found) for found in asyncio.run(run())] == [[OLD]] * 200
    assert drive.looks <= 2 and threads[1] <= threads[0] + 1


def test_a_drive_that_hangs_is_told_and_what_it_says_late_counts(tmp_path: Path) -> None:
    listings, drive, one = Listings(), SlowDrive(tmp_path), lane(0.01)
    for _ in range(3):
        assert asyncio.run(listings.look(drive, one)).problem == "the drive does not answer"
    drive.let.set()
    one_more = threading.Event()
    while not names(listings.newest):
        one_more.wait(0.001)
    assert names(listings.newest) == [OLD]


def test_a_look_that_has_begun_does_not_serve_whoever_comes_later(tmp_path: Path) -> None:
    listings, drive, one = Listings(), SlowDrive(tmp_path), lane()
    with looked_at(listings, drive, one):
        (tmp_path / NEW).write_bytes(record(speech(800)))
        drive.let.set()
        assert names(asyncio.run(listings.look(drive, one))) == [NEW, OLD]
    assert names(listings.newest) == [NEW, OLD]


def test_a_look_at_a_drive_that_was_pulled_out_does_not_replace_what_is_newer(tmp_path: Path) -> None:
    listings, drive = Listings(), SlowDrive(tmp_path)
    with looked_at(listings, drive, lane()):
        assert listings.none(NoDrive("no USB drive is plugged in")).problem == "no USB drive is plugged in"
    assert listings.newest == RecordingList([], "no USB drive is plugged in")


def test_what_was_read_of_a_drive_that_is_gone_is_no_list(tmp_path: Path) -> None:
    listings, drive = Listings(), SlowDrive(tmp_path)
    with looked_at(listings, drive, lane()):
        drive.plugged = False
    assert listings.newest == RecordingList([], "the drive was removed")


@pytest.mark.parametrize("broken", ["20260231000000", "20260314150926"])
def test_when_a_recording_began_is_told_if_that_can_be(tmp_path: Path, broken: str) -> None:
    drive = SlowDrive(tmp_path)
    (tmp_path / OLD).rename(tmp_path / f"Record_{broken}.wav")
    drive.let.set()
    found = asyncio.run(Listings().look(drive, lane())).recordings
    assert [one.started_at for one in found] == ["" if "0231" in broken else "2026-03-14T15:09:26"]
