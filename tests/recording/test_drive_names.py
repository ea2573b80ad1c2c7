"""EDGE-CASES S10: what record files are called, which are older, and which folders a FAT drive takes."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.recording.drive_names import parse_folder, part_names, record_order, time_for_name


def test_the_names_of_one_second() -> None:
    assert list(islice(part_names(datetime(2024, 1, 2, 3, 4, 5, 999_999)), 3)) == [
        "Record_20240102030405.wav",
        "Record_20240102030405-2.wav",
        "Record_20240102030405-3.wav",
    ]


def test_s10_a_clock_that_was_never_set_gives_names_too() -> None:
    assert list(islice(part_names(datetime(1970, 1, 1)), 2)) == [
        "Record_19700101000000.wav",
        "Record_19700101000000-2.wav",
    ]


@pytest.mark.parametrize("year", [1970, 1999, 2038, 9999])
def test_a_name_has_the_same_length_in_any_year(year: int) -> None:
    assert next(part_names(datetime(year, 1, 1))) == f"Record_{year:04}0101000000.wav"


@pytest.fixture
def berlin() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("berlin")
def test_s10_the_hour_that_daylight_saving_repeats_gives_names_that_are_taken_and_numbered() -> None:
    first = datetime.fromtimestamp(1729989000)  # 2024-10-27 02:30 in summer time
    second = datetime.fromtimestamp(1729989000 + 3600)  # an hour later it is 02:30 again
    assert str(first) == str(second) == "2024-10-27 02:30:00"
    taken = {next(part_names(first))}
    assert next(name for name in part_names(second) if name not in taken) == "Record_20241027023000-2.wav"


def named(*times: datetime) -> list[str]:
    """What files made at these times are called, each beside those before it."""
    names: list[str] = []
    for time_ in times:
        names.append(next(name for name in part_names(time_for_name(time_, names)) if name not in names))
    return names


@pytest.mark.usefixtures("berlin")
def test_s10_the_order_is_kept_through_the_hour_that_daylight_saving_repeats() -> None:
    made = named(*(datetime.fromtimestamp(1729989000 + minutes * 60) for minutes in range(0, 150, 17)))
    assert sorted(made, key=lambda name: record_order(name) or ("", 0)) == made
    assert made[1:4] == ["Record_20241027024700.wav", "Record_20241027024700-2.wav", "Record_20241027024700-3.wav"]
    assert made[-1] == "Record_20241027034600.wav"


NOON, EARLIER = datetime(2024, 5, 1, 12), datetime(2023, 5, 1, 12)


@pytest.mark.parametrize(
    ("times", "last"),
    [
        ([datetime(1970, 1, 1)], "Record_19700101000000.wav"),
        ([datetime(1970, 1, 1, 0, 5), datetime(1970, 1, 1, 0, 3)], "Record_19700101000500-2.wav"),
        ([datetime(1970, 1, 1, 0, 5), NOON], "Record_20240501120000.wav"),
        ([EARLIER, NOON, datetime(1970, 1, 1, 0, 5)], "Record_20240501120000-2.wav"),
        ([EARLIER, NOON, datetime(1970, 1, 1, 0, 5), datetime(1970, 1, 1)], "Record_20240501120000-3.wav"),
        # A clock that is set, and was wrong before: its names tell the time again.
        ([datetime(2031, 1, 1), NOON], "Record_20240501120000.wav"),
        ([NOON, NOON - timedelta(hours=2)], "Record_20240501120000-2.wav"),
        ([NOON, NOON - timedelta(hours=2, seconds=1)], "Record_20240501095959.wav"),
        ([datetime(9999, 12, 31), datetime(1970, 1, 1)], "Record_19700101000000.wav"),
    ],
)
def test_s10_no_new_file_is_named_as_if_it_were_older_than_those_there(times: list[datetime], last: str) -> None:
    assert named(*times)[-1] == last


def test_names_that_tell_no_time_are_passed_over() -> None:
    names = ["Record_20250231000000.wav", "Record_00000101000000.wav", "Record_speech.wav", "song.wav"]
    assert time_for_name(datetime(1970, 1, 1), names) == datetime(1970, 1, 1)


def test_only_characters_that_fat_allows() -> None:
    names = [
        name for hours in range(50) for name in islice(part_names(datetime(2024, 1, 1) + timedelta(hours=hours)), 12)
    ]
    assert not set("".join(names)) & set('\\/:*?"<>|+,;=[] ')
    assert len(set(map(str.upper, names))) == len(names)


def test_s10_names_are_sorted_as_they_were_made() -> None:
    made = [name for second in (9, 10) for name in islice(part_names(datetime(2024, 1, 1, 0, 0, second)), 12)]
    shuffled = random.Random(1).sample(made, len(made))
    assert sorted(shuffled, key=lambda name: record_order(name) or ("", 0)) == made


@pytest.mark.parametrize(
    "name",
    [
        "song.mp3",
        "Record_.wav",
        "Record_20240101000000",
        "Record_20240101000000.wav.bak",
        "Record_2024010100000.wav",
        "record_20240101000000.wav",
        "Record_20240101000000-.wav",
        "Record_20240101000000-x.wav",
        "Record_speech.wav",
        "Record_20240101000000.wav\n",
        "xRecord_20240101000000.wav",
        "Record_٢٠٢٤٠١٠١٠٠٠٠٠٠.wav",
    ],
)
def test_other_files_are_none_of_ours(name: str) -> None:
    assert record_order(name) is None


@pytest.mark.parametrize(
    ("folder", "parts"),
    [
        ("", ()),
        ("/", ()),
        ("calls", ("calls",)),
        ("/phone/calls/", ("phone", "calls")),
        ("录音", ("录音",)),
        ("two words", ("two words",)),
        ("console", ("console",)),
        ("x" * 255, ("x" * 255,)),
    ],
)
def test_a_folder_is_a_path_below_the_root(folder: str, parts: tuple[str, ...]) -> None:
    assert parse_folder(folder) == parts


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("..", "leads elsewhere"),
        ("a/../b", "leads elsewhere"),
        (".", "leads elsewhere"),
        ("a:b", "character"),
        ("a\\b", "character"),
        ("what?", "character"),
        ("a\nb", "character"),
        ("\0", "character"),
        ("dot.", "ends in a dot"),
        ("space ", "ends in a dot or a space"),
        ("CON", "device"),
        ("lpt1.txt", "device"),
        ("x" * 256, "too long"),
        ("\N{GRINNING FACE}" * 128, "too long"),
    ],
)
def test_a_folder_that_fat_does_not_take(folder: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse_folder(folder)
