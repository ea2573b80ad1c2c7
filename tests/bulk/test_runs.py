"""Streams that are plainly next are laid as placing.py lays them; any other is left to it as a whole."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from phone_recorder.bulk.columns import UNKNOWN, Columns
from phone_recorder.bulk.packets import Packets
from phone_recorder.bulk.placing import lay
from phone_recorder.bulk.runs import lay_runs
from phone_recorder.recording.placement import JUMP, DelaysInStep
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.rtp import plain_header

FRAME, SLOTS, HORIZON = 160, 128, SECOND
ROWS = 4
BEGUN = 5 * SECOND
ARRIVAL = BEGUN + 40 * FRAME
"""Of the newest packet of each row, which stands where it came."""
SSRC = 0x9000_0000
TIMESTAMP = (1 << 32) - 3 * FRAME
"""Of the newest packet: it wraps within a batch."""

Fields = dict[str, int]


def columns(number: int = 70_000) -> Columns:
    """Rows in step."""
    made = Columns(ROWS, FRAME, SLOTS)
    rows = np.arange(ROWS)
    for row in range(ROWS):
        made.clear(row, BEGUN)
        made.set_delays(row, DelaysInStep(ARRIVAL // SECOND, 3, (1, 2), None, None))
    made.silent[:] = False
    made.fall_in(rows, number & 0xFFFF)
    made.number[:], made.since[:], made.lowest[:] = number, number - 30, number - 40
    made.ssrc[:], made.payload_type[:], made.timestamp[:] = SSRC + rows, 8, TIMESTAMP
    made.place[:] = ARRIVAL - BEGUN
    made.given[:] = made.mixed[:] = 38
    made.opened[:] = 35
    return made


def packet(row: int, rank: int, number: int = 70_000, **other: int) -> tuple[int, int, bytes]:
    """The packet of that rank behind the newest, 1 for the next: row, arrival, data."""
    said: Fields = {"number": number + rank, "timestamp": TIMESTAMP + rank * FRAME, "ssrc": SSRC + row}
    said |= {"type": 8, "marker": 0, "size": FRAME, "late": 7 * row} | other
    head = bytearray(plain_header(said["type"], said["number"] & 0xFFFF, said["timestamp"] & 0xFFFFFFFF, said["ssrc"]))
    head[1] |= said["marker"] << 7
    payload = bytes((row * 50 + rank + place) % 256 for place in range(said["size"]))
    return row, ARRIVAL + rank * FRAME + said["late"], bytes(head) + payload


def batch(packets: list[tuple[int, int, bytes]]) -> Packets:
    data = np.zeros((len(packets), 400), np.uint8)
    for place, (_, _, one) in enumerate(packets):
        data[place, : len(one)] = np.frombuffer(one, np.uint8)
    rows, arrivals, sizes = ([one[0] for one in packets], [one[1] for one in packets], [len(one[2]) for one in packets])
    return Packets(np.array(rows), np.array(arrivals), np.array(sizes), np.arange(len(packets)), data)


def stream(row: int, count: int, number: int = 70_000) -> list[tuple[int, int, bytes]]:
    return [packet(row, rank, number) for rank in range(1, count + 1)]


def state(of: Columns) -> dict[str, bytes]:
    return {name: value.tobytes() for name, value in vars(of).items() if isinstance(value, np.ndarray)}


def laid_by(way: Callable[[Columns, Packets, int], np.ndarray], made: Columns, packets: Packets) -> list[bool]:
    left: list[bool] = way(made, packets, HORIZON).tolist()
    return left


@pytest.mark.parametrize("counts", [(1, 1, 1, 1), (10, 0, 3, 25), (48, 45, 40, 35)])
@pytest.mark.parametrize("number", [70_000, 2 * 65_536 - 80])
def test_what_is_plainly_next_is_laid_as_by_the_packet(counts: tuple[int, ...], number: int) -> None:
    by_stream, by_packet = columns(number), columns(number)
    by_stream.late_since[2] = by_packet.late_since[2] = ARRIVAL
    packets = batch([one for row, count in enumerate(counts) for one in stream(row, count, number)])
    assert not any(laid_by(lay_runs, by_stream, packets))
    assert not any(laid_by(lay, by_packet, packets))
    assert state(by_stream) == state(by_packet)
    assert by_stream.late_since[2] == UNKNOWN


def test_several_batches_one_after_another() -> None:
    by_stream, by_packet = columns(), columns()
    for first in (1, 4, 30):
        some = batch([packet(row, rank) for row in range(ROWS) for rank in range(first, {1: 4, 4: 30, 30: 49}[first])])
        assert not any(laid_by(lay_runs, by_stream, some))
        assert not any(laid_by(lay, by_packet, some))
    assert state(by_stream) == state(by_packet)


def test_a_marker_changes_nothing() -> None:
    made = columns()
    assert laid_by(lay_runs, made, batch([packet(0, 1, marker=1), packet(0, 2)])) == [False, False]


@pytest.mark.parametrize(
    "other",
    [
        {"number": 70_009},
        {"number": 70_001},
        {"timestamp": TIMESTAMP},
        {"ssrc": 1},
        {"type": 0},
        {"size": 80},
        {"size": 320},
        {"late": -2 * FRAME},
        {"late": JUMP + FRAME},
    ],
)
def test_a_stream_with_anything_else_is_left_as_a_whole(other: Fields) -> None:
    made, alone = columns(), columns()
    odd = [packet(1, 1), packet(1, 2), packet(1, 3, **other), packet(1, 4)]
    packets = batch([*stream(0, 5), *odd, *stream(3, 2)])
    assert laid_by(lay_runs, made, packets) == [False] * 5 + [True] * 4 + [False] * 2
    lay_runs(alone, batch([*stream(0, 5), *stream(3, 2)]), HORIZON)
    assert state(made) == state(alone)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("in_step", False),
        ("until", 44),
        ("opened", 42),
        ("given", 42),
        ("mixed", 43 - SLOTS),
        ("number", 131_070),
        ("payload_type", 0),
    ],
)
def test_a_stream_for_which_there_is_no_place_is_left(column: str, value: int) -> None:
    made = columns()
    getattr(made, column)[1] = value
    before = columns()
    getattr(before, column)[1] = value
    assert laid_by(lay_runs, made, batch(stream(1, 4))) == [True] * 4
    assert state(made) == state(before)
    assert laid_by(lay_runs, columns(), batch(stream(1, 4))) == [False] * 4


@pytest.mark.parametrize("late", [JUMP + 1, -JUMP - 1])
def test_a_stream_that_is_far_from_where_it_stands_is_left(late: int) -> None:
    made, near = columns(), columns()
    made.start[1], near.start[1] = BEGUN - late, BEGUN - late + (1 if late > 0 else -1)
    for each in (made, near):
        # Elsewhere it would have its place.
        each.opened[1], each.given[1], each.mixed[1] = 0, 0, 0
    packets = batch([packet(1, 1, late=0), packet(1, 2, late=0)])
    assert lay_runs(made, packets, 4 * JUMP).tolist() == [True, True]
    assert lay_runs(near, packets, 4 * JUMP).tolist() == [False, False]


def test_a_number_that_wraps_is_left() -> None:
    for other in (8, 9):
        made = columns(131_071)
        assert laid_by(lay_runs, made, batch([packet(1, 1, 131_071, type=other)])) == [True]


def test_a_stream_that_drift_would_move_is_left() -> None:
    """With what it waits for a shift: ten seconds of delays that are a frame above what is usual."""
    made = columns()
    history = DelaysInStep(ARRIVAL // SECOND - 1, FRAME, (FRAME,) * 10, 0, None)
    made.set_delays(2, history)
    assert laid_by(lay_runs, made, batch([*stream(1, 2), *stream(2, 2)])) == [False] * 2 + [True] * 2


def test_nothing_at_all() -> None:
    assert laid_by(lay_runs, columns(), batch([])) == []
