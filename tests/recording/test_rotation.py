"""EDGE-CASES S9, S10, S11: when a part is full, whether there is room for the next, and what it is called."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

import pytest

from phone_recorder.errors import DriveFull
from phone_recorder.recording.rotation import SpacePolicy, part_names

PLENTY = 1 << 50
FAT_LIMIT = (1 << 32) - 1


@pytest.mark.parametrize(
    ("size_limit", "packet", "room"),
    [
        (76 + 1600, 160, 1600),  # reached exactly
        (76 + 1600 + 1, 160, 1600),
        (76 + 1600 + 159, 160, 1600),
        (76 + 1600 + 160, 160, 1760),  # one packet more
        (76 + 1600 - 1, 160, 1440),  # one byte, and so one packet, less
        (76 + 160, 160, 160),  # one packet alone
        (76 + 480, 240, 480),
    ],
)
def test_s11_a_part_takes_whole_packets_up_to_its_limit(size_limit: int, packet: int, room: int) -> None:
    policy = SpacePolicy(size_limit, reserve=0)
    assert policy.room(PLENTY, packet) == room
    assert policy.takes(packet)


@pytest.mark.parametrize("size_limit", [1, 75, 76, 77, 76 + 159])
def test_s11_a_limit_below_one_packet_takes_none(size_limit: int) -> None:
    policy = SpacePolicy(size_limit, reserve=0)
    assert not policy.takes(160)
    with pytest.raises(DriveFull):
        policy.room(PLENTY, 160)


@pytest.mark.parametrize("size_limit", [0, 1 << 32, 1 << 40, FAT_LIMIT + 1])
@pytest.mark.parametrize("packet", [80, 160, 240, 320, 480])
def test_s9_without_a_limit_or_with_a_giant_one_a_file_stays_below_what_fat_takes(size_limit: int, packet: int) -> None:
    policy = SpacePolicy(size_limit, reserve=0)
    room = policy.room(PLENTY, packet)
    assert policy.takes(packet)
    assert room % packet == 0
    assert FAT_LIMIT - packet < 76 + room <= FAT_LIMIT


@pytest.mark.parametrize(
    ("free", "room"),
    [(1000 + 76 + 160, 160), (1000 + 76 + 320, 320), (1000 + 76 + 319, 160), (1000 + 76 + 10_000_000, 8000)],
)
def test_the_reserve_stays_free(free: int, room: int) -> None:
    assert SpacePolicy(76 + 8000, reserve=1000).room(free, 160) == room


@pytest.mark.parametrize("free", [1000 + 76 + 159, 1000, 999, 0, -5])
def test_no_room_for_a_packet_is_a_full_drive(free: int) -> None:
    message = f"the drive is full: {max(free, 0):,} bytes are free, of which 1,000 are kept in reserve"
    with pytest.raises(DriveFull, match=f"^{message}$"):
        SpacePolicy(0, reserve=1000).room(free, 160)


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


def test_only_characters_that_fat_allows() -> None:
    names = [
        name for hours in range(50) for name in islice(part_names(datetime(2024, 1, 1) + timedelta(hours=hours)), 12)
    ]
    assert not set("".join(names)) & set('\\/:*?"<>|+,;=[] ')
    assert len(set(map(str.upper, names))) == len(names)
