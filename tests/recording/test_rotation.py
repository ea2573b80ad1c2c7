"""EDGE-CASES S9, S11: when a part is full, and whether there is room for the next."""

from __future__ import annotations

import pytest

from phone_recorder.errors import DriveFull
from phone_recorder.recording.rotation import SpacePolicy

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


@pytest.mark.parametrize(
    ("free", "size_limit", "packets"),
    [
        (1000 + 76 + 160, 0, 1),
        (1000 + 76 + 159, 0, 0),
        (0, 0, 0),
        (-5, 0, 0),
        (1000 + 3 * (76 + 320), 76 + 320, 6),  # three parts, a header each
        (1000 + 2 * (76 + 320) + 76 + 160, 76 + 320, 5),
        (1000 + 2 * (76 + 320) + 76, 76 + 320, 4),
        (1000 + 5 * (76 + 320 + 100), 76 + 320 + 100, 6 * 2),  # parts are not filled up with half packets
    ],
)
def test_what_remains_is_whole_packets_and_a_header_for_each_part(free: int, size_limit: int, packets: int) -> None:
    assert SpacePolicy(size_limit, reserve=1000).remaining(free, 160) == packets


def test_older_recordings_make_room_for_a_part_and_the_reserve() -> None:
    assert SpacePolicy(5000, reserve=1000, cover=True).wanted == 6000
    assert SpacePolicy(0, reserve=1000, cover=True).wanted == 1000 + (1 << 20)
