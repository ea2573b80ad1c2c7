"""EDGE-CASES M16: clocks that differ, for hours. What is measured is where each packet stands against its sending."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from phone_recorder.recording.placement import ByArrival
from phone_recorder.recording.timeline import Timeline
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from tests.recording.streams import MS, SECOND, rtp

LOUD = b"\x20"


def limit(size: int, ppm: int) -> int:
    """How far a leg may get from where its anchor put it: ten seconds of looking, two of patience, two begun."""
    return size * 3 // 4 + 14 * SECOND * abs(ppm) // 1_000_000 + 1


def standings(ppm: int, size: int, hours: int) -> Iterator[tuple[int, int]]:
    """Of a packet a second: the instant it is sent at, and where it stands, of a sender whose clock is off."""
    line = Timeline(size, SECOND, ByArrival(0))
    for number in range(0, hours * 3600 * SECOND // size, SECOND // size):
        sent = number * size * (1_000_000 + ppm) // 1_000_000
        line.receive(sent, rtp(number, number * size, LOUD * size))
        yield sent, line._end - size
        line.close(sent)


@pytest.mark.parametrize(("ppm", "hours"), [(150, 8), (-150, 4), (200, 2), (-200, 2), (50, 2), (-50, 2)])
def test_m16_legs_drift_150_ppm_for_8_hours(ppm: int, hours: int) -> None:
    # One leg keeps our clock, as a phone's own handset does: then this is how far the legs are apart.
    apart = [place - sent for sent, place in standings(ppm, 160, hours)]
    assert max(map(abs, apart)) <= limit(160, ppm) < 20 * MS
    assert hours * 3600 * SECOND * abs(ppm) / 1_000_000 > 300 * MS


@pytest.mark.parametrize("size", [80, 320, 480])
@pytest.mark.parametrize("ppm", [-200, 200])
def test_m16_a_leg_stays_within_three_quarters_of_a_frame_and_what_it_drifts_in_14_s(size: int, ppm: int) -> None:
    assert max(abs(place - sent) for sent, place in standings(ppm, size, 1)) <= limit(size, ppm)


def test_m16_legs_that_drift_apart_stay_within_twice_that() -> None:
    fast = [place - sent for sent, place in standings(-75, 160, 2)]
    slow = [place - sent for sent, place in standings(75, 160, 2)]
    worst = max(abs(a - b) for a, b in zip(fast, slow, strict=False))
    assert 20 * MS < worst <= 2 * limit(160, 75)


def test_a_sender_that_keeps_time_is_never_moved_whatever_the_jitter() -> None:
    line = Timeline(160, SECOND, ByArrival(0))
    for number in range(3000):
        line.receive(number * 160 + number * 37 % 101 * MS, rtp(number, number * 160, LOUD * 160))
        line.close(number * 160)
    assert (line.counts.drifts, line.counts.late) == (0, 0)


def shifted(by: int, quiet_from: int | None = None, gap_s: int = 0) -> tuple[Timeline, list[int]]:
    """A stream whose delay changes after 15 s, for 20 s; the seconds at which its anchor moved."""
    line = Timeline(160, SECOND, ByArrival(0))
    seconds = []
    for number in range(35 * 50):
        sent = number * 160
        arrival = 300 * MS + sent + (by if number >= 750 else 0)
        if 0 <= number - 750 < gap_s * 50:
            continue
        quiet = quiet_from is not None and number >= quiet_from
        before = line.counts.drifts
        line.receive(arrival, rtp(number, sent, (b"\xf8" if quiet else LOUD) * 160))
        line.close(arrival)
        if line.counts.drifts > before:
            seconds.append(arrival // SECOND)
    return line, seconds


@pytest.mark.parametrize(("by", "moves"), [(119, 0), (120, 1), (-119, 0), (-120, 1), (279, 1), (280, 2), (-280, 2)])
def test_three_quarters_of_a_frame_call_for_a_shift(by: int, moves: int) -> None:
    assert len(shifted(by)[1]) == moves


def test_a_delay_that_grew_is_seen_when_ten_whole_seconds_had_it_and_waits_two_for_silence() -> None:
    # The second that begins at 16 is the first whose packets all have it.
    assert shifted(120)[1] == [28]
    assert shifted(120, quiet_from=0)[1] == [26]


def test_a_delay_that_shrank_is_seen_at_the_next_second() -> None:
    assert shifted(-120)[1] == [18]
    assert shifted(-120, quiet_from=0)[1] == [16]


def test_seconds_without_packets_do_not_count() -> None:
    assert shifted(120, gap_s=4)[1] == [31]


def test_a_shift_comes_with_the_first_quiet_packet_and_not_before() -> None:
    line, _ = shifted(120, quiet_from=26 * 50 + 20)
    assert line.counts.drifts == 1
    # Packet 1320 was sent at 26.4 s and is the first that is quiet; its frame is the one that was doubled.
    later = Timeline(160, SECOND, ByArrival(0))
    words = []
    for number in range(27 * 50):
        arrival = 300 * MS + number * 160 + (120 if number >= 750 else 0)
        later.receive(arrival, rtp(number, number * 160, (b"\xf8" if number >= 1320 else LOUD) * 160))
        words += later.close(arrival)
    words += later.close(40 * SECOND)
    gaps = [index for index, piece in enumerate(words[:1360]) if piece is None]
    assert gaps == [*range(15), 1335]


@pytest.mark.parametrize(
    ("codec", "code", "quiet"),
    [
        *((PCMU, code, True) for code in (0xF0, 0xFF, 0x70, 0x7F)),
        *((PCMU, code, False) for code in (0xEF, 0x6F, 0x80)),
        *((PCMA, code, True) for code in (0xD5, 0x55, 0xD5 ^ 0x07, 0x55 ^ 0x07)),
        *((PCMA, code, False) for code in (0xD5 ^ 0x08, 0x55 ^ 0x08, 0xAA)),
        (G722, G722.silence_byte, False),
    ],
)
def test_quiet_is_within_a_256th_of_full_scale(codec: Codec, code: int, quiet: bool) -> None:
    line = Timeline(160, SECOND, ByArrival(0))
    moved_at: list[int] = []
    for number in range(35 * 50):
        arrival = 300 * MS + number * 160 + (120 if number >= 750 else 0)
        line.receive(arrival, rtp(number, number * 160, bytes([code]) * 160, payload_type=codec.payload_type))
        line.close(arrival)
        if line.counts.drifts and not moved_at:
            moved_at.append(arrival // SECOND)
    assert moved_at == [26 if quiet else 28]


def test_a_delay_that_comes_back_in_time_is_left_alone() -> None:
    line = Timeline(160, SECOND, ByArrival(0))
    for number in range(40 * 50):
        away = 750 <= number < 1270
        line.receive(300 * MS + number * 160 + 120 * away, rtp(number, number * 160, LOUD * 160))
        line.close(number * 160)
    assert line.counts.drifts == 0


def test_a_new_anchor_forgets_the_delay_of_the_old() -> None:
    line = Timeline(160, SECOND, ByArrival(0))
    for number in range(60 * 50):
        leap = 1 << 20 if number >= 1000 else 0
        late = 15 * MS if number >= 1000 else 0
        line.receive(300 * MS + number * 160 + late, rtp(number, number * 160 + leap, LOUD * 160))
        line.close(number * 160)
    assert (line.counts.jumps, line.counts.drifts) == (1, 0)


@pytest.mark.parametrize(("first_late_ms", "moves"), [(100, 0), (250, 0), (279, 0), (280, 1), (300, 2), (1000, 37)])
def test_a_first_packet_that_was_slow_is_put_right_down_to_a_quarter_of_a_second(
    first_late_ms: int, moves: int
) -> None:
    line = Timeline(160, SECOND, ByArrival(0))
    line.receive(first_late_ms * MS, rtp(0, 0, LOUD * 160))
    for number in range(1, 90 * 50, 10):
        line.receive(max(number * 160, first_late_ms * MS), rtp(number, number * 160, LOUD * 160))
        line.close(number * 160)
    assert line.counts.drifts == moves
