"""What else a stream can do to a timeline: bursts, strays, SSRCs by the hundred, packets of any size."""

from __future__ import annotations

import pytest

from phone_recorder.recording.account import StreamCounts
from phone_recorder.wire.payload import PCMA, PCMU
from tests.recording.streams import FRAME, MS, SECOND, Sent, drawn, packet, picture, rtp, run, talk, timeline

STEADY = "A" * 50


def burst(length: int, after: int) -> list[Sent]:
    """A second of As; what follows for `length` is held up and comes all at once; `after` packets of Cs on time."""
    held = [Sent(SECOND + length, data) for _, data in talk("B" * (length // FRAME), sequence=50, timestamp=SECOND)]
    return talk(STEADY) + held + talk("C" * after, SECOND + length, 50 + length // FRAME, SECOND + length)


def test_a_hiccup_within_the_horizon_changes_nothing() -> None:
    drawing, line = drawn(burst(980 * MS, 50), 2980 * MS)
    assert drawing.split() == ["A"] * 50 + ["B"] * 49 + ["C"] * 50
    assert line.counts == StreamCounts(received=149)


def test_a_hiccup_of_1500_ms_loses_what_is_older_than_the_horizon_and_shifts_nothing() -> None:
    drawing, line = drawn(burst(1500 * MS, 50), 3500 * MS)
    assert drawing.split() == ["A"] * 50 + ["."] * 25 + ["B"] * 50 + ["C"] * 50
    assert line.counts == StreamCounts(received=175, late=25)


@pytest.mark.parametrize(("length_s", "jumps", "ahead"), [(3, 2, 49), (5, 3, 48)])
def test_a_hiccup_of_seconds_leaves_the_stream_ahead_and_it_comes_back(length_s: int, jumps: int, ahead: int) -> None:
    """The first of them cannot be told from a sender that stalled: it is an anchor, and so is each one 2 s ahead."""
    length = length_s * SECOND
    line = timeline()
    words = picture(run(line, burst(length, 120 * 50), SECOND + length + 120 * SECOND)).split()
    assert words[: 50 + length // FRAME] == ["A"] * 50 + ["."] * (length // FRAME)
    assert words[50 + length // FRAME :] == ["B"] * 101 + ["C"] * (120 * 50 - 101)
    # A quarter of a second may stay, and what is less than three quarters of a frame.
    assert (line.counts.jumps, line.counts.drifts) == (jumps, ahead - 13)


def test_a_stream_that_stands_ahead_loses_quiet_packets_first() -> None:
    start = 600 * MS
    quiet = b"\xfa" * FRAME
    sent = [packet("A", 0, 0, start)]
    for n in range(1, 15 * 50):
        payload = quiet if n % 10 == 0 else bytes([n % 96]) * FRAME
        sent.append(Sent(max(start, n * FRAME), rtp(n, n * FRAME, payload)))
    line = timeline()
    frames = run(line, sent, 15 * SECOND)
    kept = [piece.payload for piece in frames if piece]
    lost = [n for n in range(1, 15 * 50) if n % 10 and bytes([n % 96]) * FRAME not in kept]
    assert lost == []
    # 600 ms ahead, of which 250 may stay: 17 frames and a half.
    assert line.counts.drifts == line.counts.duplicate == 17


def test_a_packet_two_seconds_late_does_not_move_the_stream() -> None:
    sent = talk("A" * 50 + " " + "A" * 149)
    stray = packet("X", 50, 50 * FRAME, 50 * FRAME + 2100 * MS)
    drawing, line = drawn([*sent, stray], 200 * FRAME)
    assert drawing.split() == ["A"] * 50 + ["."] + ["A"] * 149
    assert line.counts == StreamCounts(received=200, late=1)


def test_a_stream_may_last_longer_than_its_timestamps_reach() -> None:
    """31 bits are 74 hours; here a packet comes every 37."""
    line = timeline()
    for n in range(9):
        line.receive(n << 30, rtp(n, n << 30, b"A" * FRAME))
    assert line.counts == StreamCounts(received=9)


@pytest.mark.parametrize("timestamp", [1 << 31, 30 * SECOND, -30 * SECOND])
def test_an_old_number_with_a_timestamp_out_of_all_reason_is_dropped(timestamp: int) -> None:
    sent = [*talk("AB DEF"), packet("X", 2, timestamp, 3 * FRAME)]
    drawing, line = drawn(sent, 6 * FRAME)
    assert drawing == "A B . D E F"
    assert line.counts == StreamCounts(received=6, late=1)


def test_late_packets_now_and_then_do_not_move_the_stream() -> None:
    sent = talk("A" * 300)
    late = [s._replace(arrival=s.arrival + 1200 * MS) for s in sent[::2]]
    _, line = drawn(sent[1::2] + late, 300 * FRAME)
    assert (line.counts.jumps, line.counts.late) == (0, 150)


@pytest.mark.parametrize(("late_ms", "jumps"), [(499, 0), (500, 1)])
def test_half_a_second_in_which_all_came_late_is_a_shift(late_ms: int, jumps: int) -> None:
    sent = [packet("A", 0, 0, 0), packet("B", 1, FRAME, 1500 * MS), packet("C", 2, 2 * FRAME, (1500 + late_ms) * MS)]
    drawing, line = drawn(sent, 3 * SECOND)
    assert ("C" in drawing, line.counts.jumps, line.counts.late) == (bool(jumps), jumps, 2 - jumps)


def test_one_packet_in_time_and_the_half_second_begins_anew() -> None:
    late = [packet("B", n, n * FRAME, 1500 * MS + n * FRAME) for n in range(1, 20)]
    in_time = packet("C", 95, 95 * FRAME, 1500 * MS + 20 * FRAME)
    more = [packet("D", 96 + n, n * FRAME, 1500 * MS + (21 + n) * FRAME) for n in range(20)]
    _, line = drawn([packet("A", 0, 0, 0), *late, in_time, *more], 3 * SECOND)
    assert (line.counts.jumps, line.counts.late) == (0, 39)


def test_a_frame_that_was_given_out_never_changes() -> None:
    line = timeline()
    line.receive(0, rtp(0, 0, b"A" * FRAME))
    assert picture(line.close(FRAME)) == "A"
    line.receive(FRAME, rtp(1, 0, b"X" * FRAME))
    line.receive(FRAME, rtp(2, 80, b"B" * FRAME))
    assert picture(line.close(2 * FRAME)) == ""
    assert picture(line.close(2 * FRAME + SECOND)) == "B_"
    assert line.counts == StreamCounts(received=3, duplicate=1)
    assert line.given == 2


def test_what_was_given_out_is_forgotten() -> None:
    line = timeline()
    for arrival, data in talk("A" * 1000):
        line.receive(arrival, data)
        line.close(arrival)
    assert len(line._frames) <= 2


def test_a_frame_is_given_out_when_it_is_whole_and_over_and_not_a_unit_before() -> None:
    line = timeline()
    line.receive(0, rtp(0, 0, b"A" * FRAME))
    assert [len(line.close(now)) for now in (0, FRAME - 1, FRAME)] == [0, 0, 1]


def test_a_frame_that_misses_something_is_given_out_after_the_horizon_and_not_a_unit_before() -> None:
    line = timeline()
    line.receive(0, rtp(0, 0, b"A" * 159))
    line.receive(0, rtp(2, FRAME, b"B" * FRAME))
    assert [picture(line.close(FRAME + SECOND + late)) for late in (-1, 0)] == ["", "A_ B"]


@pytest.mark.parametrize("shift", [1, 79, 80, 159])
def test_timestamps_that_do_not_fit_the_frames_are_laid_where_they_stand(shift: int) -> None:
    sent = talk("AB") + talk("CD", 2 * FRAME, 2, 2 * FRAME + shift)
    frames = run(timeline(), sent, 5 * FRAME)
    heard = b"".join(piece.payload if piece else bytes(FRAME) for piece in frames)
    gap = PCMU.silence(shift)
    assert heard == b"A" * FRAME + b"B" * FRAME + gap + b"C" * FRAME + b"D" * FRAME + PCMU.silence(FRAME - shift)


def test_what_came_first_in_a_frame_stays_and_the_rest_is_filled() -> None:
    sent = [packet("B", 1, 240, 10), packet("A", 0, 0, 11, size=400), packet("C", 2, 400, 12, size=80)]
    line = timeline()
    # The anchor: B's 240 at place 0, so A stands from -240 to 160.
    assert picture(run(line, sent, 3 * FRAME)) == "B C_ ."
    assert line.counts == StreamCounts(received=3, duplicate=1)


def test_a_packet_laid_over_several_others_fills_what_they_left() -> None:
    sent = [packet("A", 0, 0, 0, 40), packet("B", 2, 100, 1, 40), packet("C", 3, 0, 2, 330)]
    line = timeline()
    frames = run(line, sent, 3 * FRAME)
    assert picture(frames) == "ACBC C C_"
    assert frames[0] is not None
    assert frames[0].payload == b"A" * 40 + b"C" * 60 + b"B" * 40 + b"C" * 20
    assert line.counts == StreamCounts(received=3, lost=1)


def test_a_payload_of_8000_bytes_is_a_second() -> None:
    line = timeline()
    audio = bytes(i // 100 for i in range(8000))
    frames = run(line, [Sent(0, rtp(0, 0, audio)), *talk("Z", SECOND, 1, SECOND)], 51 * FRAME)
    assert b"".join(piece.payload for piece in frames if piece) == audio + b"Z" * FRAME
    assert line.counts == StreamCounts(received=2)


def test_each_packet_is_refused_once_however_many_frames_it_covers() -> None:
    line = timeline()
    sent = [packet("A", 0, 0, 0, 480), packet("B", 1, 0, 1, 480), packet("C", 2, 160, 9 * SECOND, 480)]
    sent.append(packet("D", 3, 9 * SECOND, 9 * SECOND))
    assert picture(run(line, sent[:2], 480)) == "A A A"
    assert line.counts == StreamCounts(received=2, duplicate=1)


def test_before_the_start_nothing_is_late_and_nothing_counts() -> None:
    drawing, line = drawn(talk("ABCD", -3 * FRAME), 2 * FRAME)
    assert drawing == "D ."
    assert line.counts == StreamCounts(received=1)


@pytest.mark.parametrize("size", [80, 160, 240])
def test_what_ends_where_the_recording_starts_is_before_it(size: int) -> None:
    sent = [packet("B", 1, 0, 0), packet("A", 0, -size, SECOND + FRAME, size), packet("C", 2, FRAME, FRAME)]
    _, line = drawn(sent, 3 * SECOND)
    assert line.counts == StreamCounts(received=2)


def test_an_old_ssrc_overtaken_by_the_next_finds_its_place() -> None:
    sent = talk("AB DE") + talk("FGH", 5 * FRAME, 0, 0, ssrc=2) + [packet("C", 2, 2 * FRAME, 6 * FRAME)]
    drawing, line = drawn(sent, 8 * FRAME)
    assert drawing == "A B C D E F G H"
    assert line.counts == StreamCounts(received=8, ssrc_changes=1)


def test_what_came_last_is_the_last_in_order_and_not_the_last_to_arrive() -> None:
    sent = [*talk("A C"), packet("B", 1, FRAME, 3 * FRAME - 1), *talk("DE", 3 * FRAME, 0, 0, ssrc=2)]
    assert drawn(sent, 5 * FRAME)[0] == "A B C D E"


def test_two_ssrcs_at_once_what_came_first_stays() -> None:
    sent = talk("ABCDEF") + [s._replace(arrival=s.arrival + 1) for s in talk("UVW", 3 * FRAME, 0, 0, ssrc=2)]
    drawing, line = drawn(sent, 8 * FRAME)
    assert drawing == "A B C D U V W ."
    assert line.counts == StreamCounts(received=9, duplicate=2, ssrc_changes=1)


def test_a_fifth_ssrc_makes_the_one_heard_longest_ago_forgotten_but_not_its_counts() -> None:
    sent = [s for n in range(5) for s in talk("A B", n * 3 * FRAME, 0, 0, ssrc=n)]
    drawing, line = drawn([*sent, packet("A", 0, 0, 15 * FRAME, ssrc=0)], 16 * FRAME)
    assert drawing == "A . B " * 5 + "A"
    assert line.counts == StreamCounts(received=11, lost=5, ssrc_changes=5)


def test_the_one_who_speaks_is_never_forgotten() -> None:
    """It came first of all, and its anchor is what places it, however many strays come in between."""
    sent = talk("A" * 60)
    late = [s._replace(arrival=s.arrival + 40 * MS) for s in sent[1:]]
    strays = [Sent(n * FRAME + 1, rtp(n, 0, b"\x40", ssrc=100 + n, payload_type=13)) for n in range(60)]
    drawing, line = drawn([sent[0], *late, *strays], 60 * FRAME)
    assert drawing.split() == ["A"] * 60
    assert line.counts == StreamCounts(received=120, other=60, ssrc_changes=60)


def test_a_flood_of_ssrcs_and_timestamps_needs_no_memory() -> None:
    line = timeline()
    for n in range(20_000):
        line.receive(n, rtp(n, n * 99_991, b"A" * 200, ssrc=n % 977))
        if n % SECOND == 0:
            line.close(n)
    assert len(line._streams) == 4
    # What is over, the horizon, and what a packet may stand ahead.
    assert len(line._frames) <= 4 * SECOND // FRAME
    assert line.counts.received == 20_000


def test_counts_of_legs_go_on_over_a_wrap_of_numbers() -> None:
    line = timeline()
    for n in range(70_000):
        if n % 7:
            line.receive(n * FRAME, rtp(n, n * FRAME, b"A" * FRAME))
        line.close(n * FRAME)
    assert line.counts == StreamCounts(received=60_000, lost=9_999)


def test_a_law_and_mu_law_of_one_byte_each() -> None:
    sent = [Sent(0, rtp(n, n, bytes([n]), payload_type=(0, 8)[n % 2])) for n in range(4)]
    frames = run(timeline(frame=2), sent, 4)
    assert [(piece.codec, piece.payload) for piece in frames if piece] == [(PCMU, b"\0\xff"), (PCMU, b"\2\xff")]
    assert PCMA not in [piece.codec for piece in frames if piece]
