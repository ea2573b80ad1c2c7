"""EDGE-CASES M1 to M18 on one timeline: tables of (letter, sequence, timestamp, arrival) and the frames of them."""

from __future__ import annotations

import struct

import pytest

from phone_recorder.media.mixing import Piece
from phone_recorder.recording.account import StreamCounts
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from tests.recording.streams import FRAME, MS, SECOND, Sent, drawn, packet, picture, rtp, run, talk, timeline

Row = tuple[str, int, int, int]
"""Letter, sequence, timestamp in packets, arrival in ms."""


def rows(*table: Row) -> list[Sent]:
    return [packet(letter, n, t * FRAME, ms * MS) for letter, n, t, ms in table]


ABC = [("A", 0, 0, 0), ("B", 1, 1, 20), ("C", 2, 2, 40)]


@pytest.mark.parametrize(
    ("table", "frames"),
    [
        pytest.param(ABC, "A B C .", id="in order"),
        pytest.param([("A", 0, 0, 19), ("B", 1, 1, 39), ("C", 2, 2, 59)], "A B C .", id="rounded down to a frame"),
        pytest.param([("A", 0, 0, 20), ("B", 1, 1, 40)], ". A B .", id="arrival at a frame's edge"),
        pytest.param([("A", 0, 0, 0), ("C", 2, 2, 40), ("B", 1, 1, 41)], "A B C .", id="two swapped"),
        pytest.param([("A", 0, 0, 0), ("C", 2, 2, 40)], "A . C .", id="one lost"),
        pytest.param([("A", 0, 0, 0), ("A", 0, 0, 1), ("B", 1, 1, 20)], "A B . .", id="a duplicate"),
        pytest.param([("A", 0, 0, 0), ("X", 0, 1, 1), ("B", 1, 1, 20)], "A B . .", id="a number used twice"),
        pytest.param([("A", 0, 0, 0), ("X", 1, 0, 1), ("B", 2, 1, 20)], "A B . .", id="a timestamp used twice"),
        pytest.param([("A", 0, 0, 0), ("B", 1, 1, 900)], "A B . .", id="an arrival does not place"),
        pytest.param([("A", 0, 0, 0), ("B", 1, 1, 60), ("C", 2, 2, 60), ("D", 3, 3, 60)], "A B C D", id="a burst"),
        pytest.param([("B", 1, 1, 5), ("A", 0, 0, 6), ("C", 2, 2, 40)], "B C . .", id="before the start"),
        pytest.param([("B", 7, 0, 25), ("A", 6, -1, 26), ("C", 8, 1, 45)], "A B C .", id="m7 the first overtaken"),
        pytest.param([("B", 65535, 0, 0), ("C", 65536, 1, 20)], "B C . .", id="numbers wrap"),
        pytest.param([("C", 65536, 1, 20), ("B", 65535, 0, 21)], "B C . .", id="numbers wrap out of order"),
        pytest.param([("A", 0, 0, 0), ("D", 3, 3, 1500)], "A . . .", id="later than the horizon"),
        pytest.param([("A", 0, 0, 0), ("D", 3, 3, 1079)], "A . . D", id="just within the horizon"),
        pytest.param([("A", 0, 0, 0), ("D", 3, 3, 1080)], "A . . .", id="just past the horizon"),
    ],
)
def test_packets_and_the_frames_of_them(table: list[Row], frames: str) -> None:
    assert drawn(rows(*table), 80 * MS)[0] == frames


@pytest.mark.parametrize("timestamp", [0, -1, -FRAME, -FRAME - 1, 1 << 31, (1 << 31) - 1, (1 << 31) - FRAME, 77])
@pytest.mark.parametrize("sequence", [0, 65533, 65534, 65535, 32766, 32767, 32768])
def test_m6_counters_may_wrap_anywhere(sequence: int, timestamp: int) -> None:
    drawing, line = drawn(talk("ABC EF", 0, sequence, timestamp), 6 * FRAME)
    assert drawing == "A B C . E F"
    assert line.counts == StreamCounts(received=5, lost=1)


@pytest.mark.parametrize("size", [80, 160, 240, 320, 480])
@pytest.mark.parametrize("frame", [80, 160, 240, 320, 480])
def test_m1_packets_of_any_length_make_frames_of_any_length(frame: int, size: int) -> None:
    line = timeline(frame)
    audio = bytes(i // 80 % 96 for i in range(9600))
    sent = [Sent(i + size, rtp(i // size, i, audio[i : i + size])) for i in range(0, 9600, size)]
    shift = size // frame * frame
    frames = run(line, sent, 9600 + shift)
    assert frames[: shift // frame] == [None] * (shift // frame)
    heard = b"".join(piece.payload for piece in frames if piece)
    assert heard == audio + PCMU.silence(len(heard) - 9600)
    assert line.counts == StreamCounts(received=9600 // size)


@pytest.mark.parametrize("codec", [PCMU, PCMA, G722])
def test_m2_a_byte_is_an_eighth_of_a_millisecond_in_every_codec(codec: Codec) -> None:
    frames = run(timeline(), talk("A" * 50, codec=codec), SECOND)
    assert frames == [Piece(codec, b"A" * FRAME)] * 50


def test_m3_each_frame_keeps_the_codec_it_came_in() -> None:
    sent = talk("AB") + talk("CD", 2 * FRAME, 2, 2 * FRAME, codec=PCMA)
    frames = run(timeline(), sent, 4 * FRAME)
    assert [piece.codec for piece in frames if piece] == [PCMU, PCMU, PCMA, PCMA]
    assert picture(frames) == "A B C D"


def test_m3_a_codec_that_changes_within_a_frame_leaves_silence_in_the_codec_that_came_first() -> None:
    sent = talk("A", size=80) + talk("BCD", 80, 1, 80, size=80, codec=PCMA)
    line = timeline()
    frames = run(line, sent, 2 * FRAME)
    assert picture(frames) == "A_ CD"
    assert [piece.codec for piece in frames if piece] == [PCMU, PCMA]
    assert line.counts.duplicate == 1


def comfort_noise(sequence: int, timestamp: int, arrival: int, payload_type: int = 13) -> Sent:
    return Sent(arrival, rtp(sequence, timestamp, b"\x40", payload_type=payload_type))


@pytest.mark.parametrize("payload_type", [13, 19])
def test_m4_comfort_noise_is_silence_as_long_as_it_lasted(payload_type: int) -> None:
    noise = [comfort_noise(2 + i, (2 + 10 * i) * FRAME, (2 + 10 * i) * FRAME, payload_type) for i in range(3)]
    drawing, line = drawn(talk("AB") + noise + talk("CD", 32 * FRAME, 5, 32 * FRAME), 34 * FRAME)
    assert drawing == "A B " + ". " * 30 + "C D"
    assert line.counts == StreamCounts(received=7, other=3)


@pytest.mark.parametrize("payload_type", [13, 101])
def test_m4_m14_what_is_not_audio_places_nothing_not_even_as_the_first(payload_type: int) -> None:
    sent = [Sent(0, rtp(0, 5000, bytes(4), payload_type=payload_type)), *talk("AB", FRAME, 1, 77)]
    assert drawn(sent, 3 * FRAME)[0] == ". A B"


def test_m5_dtx_five_minutes_are_five_minutes() -> None:
    word = 20
    sent = [s for i in range(10) for s in talk("A" * word, i * 30 * SECOND, i * word, i * 30 * SECOND)]
    line = timeline()
    frames = run(line, sent, 300 * SECOND)
    assert len(frames) == 15000
    assert [bool(piece) for piece in frames] == ([True] * word + [False] * (1500 - word)) * 10
    assert line.counts == StreamCounts(received=10 * word)


def test_m5_nothing_is_kept_of_what_was_given_out() -> None:
    line = timeline()
    assert sum(len(line.close(minute * 60 * SECOND)) for minute in range(1, 601)) == 600 * 3000 - 50
    assert line.close(600 * 60 * SECOND) == []


@pytest.mark.parametrize("leap", [1 << 31, -(1 << 31) + 1, (1 << 31) - 1, 1 << 30, 123_456_789, -70_000, 70_000])
def test_m6_timestamp_jumps_by_2_31_and_others(leap: int) -> None:
    drawing, line = drawn(talk("ABC") + talk("DEF", 3 * FRAME, 3, 3 * FRAME + leap), 6 * FRAME)
    assert drawing == "A B C D E F"
    assert line.counts == StreamCounts(received=6, jumps=1)


def test_m6_two_seconds_are_no_jump_and_a_unit_more_is_one() -> None:
    for ahead, jumps in ((2 * SECOND, 0), (2 * SECOND + 1, 1), (-2 * SECOND, 0), (-2 * SECOND - 1, 1)):
        _, line = drawn([packet("A", 0, 0, 0), packet("B", 1, SECOND + ahead, SECOND)], 5 * SECOND)
        assert line.counts.jumps == jumps, ahead


def test_m6_a_sender_that_starts_anew_goes_on_without_a_gap() -> None:
    drawing, line = drawn(talk("ABC", 0, 40000, 99) + talk("DEF", 3 * FRAME, 7, 1_000_000), 6 * FRAME)
    assert drawing == "A B C D E F"
    assert line.counts == StreamCounts(received=6, jumps=1)


def test_m7_first_packets_out_of_order_leave_the_duration_right() -> None:
    sent = [packet(*row) for row in (("C", 2, 320, 400), ("A", 0, 0, 401), ("B", 1, 160, 402), ("D", 3, 480, 560))]
    drawing, line = drawn(sent, 6 * FRAME)
    # The first to come stands at its arrival, 400 units, rounded down to a frame; those before it before it.
    assert drawing == "A B C D . ."
    assert line.counts == StreamCounts(received=4)


@pytest.mark.parametrize("stall_s", [3, 5, 60])
def test_m8_a_sender_that_stalled_goes_on_at_its_arrival(stall_s: int) -> None:
    later = stall_s * SECOND
    drawing, line = drawn(talk("ABC") + talk("DEF", 3 * FRAME + later, 3, 3 * FRAME), later + 6 * FRAME)
    assert drawing == "A B C " + ". " * (later // FRAME) + "D E F"
    assert line.counts == StreamCounts(received=6, jumps=1)


def test_m8_a_shift_that_is_no_jump_is_put_right_after_half_a_second() -> None:
    later = 1500 * MS
    sent = talk("A" * 50) + talk("B" * 100, SECOND + later, 50, SECOND)
    drawing, line = drawn(sent, SECOND + later + 100 * FRAME)
    assert drawing.split() == ["A"] * 50 + ["."] * (75 + 25) + ["B"] * 75
    assert line.counts == StreamCounts(received=150, late=25, jumps=1)


@pytest.mark.parametrize("stall", [500 * MS, 3 * SECOND, 10 * SECOND])
def test_m9_our_own_stall_loses_nothing(stall: int) -> None:
    sent = talk("A" * 100 + "B" * 500)
    line = timeline()
    for item in sent[:100]:
        line.receive(*item)
    frames = line.close(2 * SECOND)
    # Nothing runs here meanwhile; the kernel keeps what comes, with its instants.
    count = 100 + stall // FRAME
    for item in sent[100:count]:
        line.receive(*item)
    frames += line.close(2 * SECOND + stall)
    assert picture(frames).split() == ["A"] * 100 + ["B"] * (stall // FRAME)
    assert line.counts == StreamCounts(received=count)


@pytest.mark.parametrize("end", [0, 1, FRAME - 1, FRAME, 5 * FRAME + 7, 6 * FRAME])
def test_m10_a_recording_is_never_longer_than_the_call(end: int) -> None:
    drawing, line = drawn(talk("ABCDEFGH"), end)
    assert drawing == " ".join("ABCDEFGH"[: end // FRAME])
    # A packet comes here when its frame begins: the last one may have begun.
    assert line.counts.received == -(-end // FRAME)


def test_m11_no_rtp_at_all_is_silence_of_the_right_length() -> None:
    line = timeline()
    assert run(line, [], SECOND) == [None] * 50
    assert line.counts == StreamCounts()


@pytest.mark.parametrize("continuous", [False, True])
def test_m12_hold_for_minutes_and_back(continuous: bool) -> None:
    hold = 180 * SECOND
    timestamp = 5 * FRAME + (0 if continuous else hold)
    sent = talk("ABCDE") + talk("FGHIJ", 5 * FRAME + hold, 5, timestamp)
    drawing, line = drawn(sent, hold + 10 * FRAME)
    assert drawing == "A B C D E " + ". " * (hold // FRAME) + "F G H I J"
    assert line.counts == StreamCounts(received=10, jumps=int(continuous))


@pytest.mark.parametrize("jitter", [-FRAME, -FRAME + 1, -1, 0, 1, FRAME])
def test_m13_a_change_of_ssrc_leaves_no_gap(jitter: int) -> None:
    start = 10 * FRAME
    sent = talk("ABC", start) + talk("DEF", start + 3 * FRAME + jitter, 999, 555, ssrc=2)
    drawing, line = drawn(sent, start + 6 * FRAME)
    assert drawing == ". " * 10 + "A B C D E F"
    assert line.counts == StreamCounts(received=6, ssrc_changes=1)


def test_m13_a_change_of_ssrc_in_the_middle_of_a_frame_leaves_no_gap_and_loses_nothing() -> None:
    sent = talk("ABC", size=80) + talk("DEF", 3 * 80, size=80, ssrc=2)
    drawing, line = drawn(sent, 3 * FRAME)
    assert drawing == "AB CD EF"
    assert line.counts == StreamCounts(received=6, ssrc_changes=1)


def test_m14_telephone_events_are_no_audio_and_no_loss() -> None:
    events = [Sent((2 + i) * FRAME, rtp(2 + i, 2 * FRAME, bytes(4), payload_type=101)) for i in range(3)]
    drawing, line = drawn(talk("AB") + events + talk("CD", 5 * FRAME, 5, 5 * FRAME), 7 * FRAME)
    assert drawing == "A B . . . C D"
    assert line.counts == StreamCounts(received=7, other=3)


def test_m18_header_fields_are_skipped_and_what_is_no_rtp_is_counted() -> None:
    head = struct.pack("!BBHII", 0xB2, 0, 1, FRAME, 1)
    dressed = head + bytes(8) + struct.pack("!HH4x", 7, 1) + b"B" * FRAME + b"\0\0\3"
    bad = [b"", b"\x80", bytes(12) + b"X" * FRAME, b"\x9f" + bytes(20), b"\xa0" + bytes(11)]
    sent = [*talk("A"), Sent(FRAME, dressed), *(Sent(FRAME, data) for data in bad), *talk("C", 320, 2, 320)]
    drawing, line = drawn(sent, 3 * FRAME)
    assert drawing == "A B C"
    assert line.counts == StreamCounts(received=8, bad=5)


def test_an_empty_payload_is_other_and_places_nothing() -> None:
    drawing, line = drawn([packet("A", 0, 9999, 0, size=0), *talk("AB", 0, 1)], 2 * FRAME)
    assert drawing == "A B"
    assert line.counts == StreamCounts(received=3, other=1)
