from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from phone_recorder.bulk.media_impairments import NONE, Impairments, impaired
from phone_recorder.bulk.media_streams import Packets, Streams, joined
from phone_recorder.errors import UsageError

FRAMES = 20_000


def packets_of(impairments: Impairments, count: int = 40) -> tuple[Streams, Packets]:
    """What becomes of FRAMES packets of so many streams, the one after the other as if they were one line."""
    streams = Streams()
    rows = np.array([streams.begin({**impairments.columns(160), "key": key}) for key in range(count)])
    each = FRAMES // count
    dues = np.arange(count) * each
    parts = [impaired(streams.table, Packets(rows, np.full(count, n), (dues + n) * 160)) for n in range(each)]
    packets = joined(parts)
    packets = packets._replace(frames=dues[packets.rows] + packets.frames)
    return streams, packets.only(np.argsort(packets.frames, kind="stable"))


def near(count: float, share: float) -> bool:
    """Within five standard deviations of so many of FRAMES."""
    return bool(abs(count - FRAMES * share) < 5 * (FRAMES * share * (1 - share)) ** 0.5)


def runs_of_lost(packets: Packets) -> list[int]:
    lost = np.ones(FRAMES, np.bool_)
    lost[packets.frames] = False
    return [len(list(run)) for value, run in groupby(lost.tolist()) if value]


def test_without_any_each_packet_goes_when_it_is_due() -> None:
    _, packets = packets_of(NONE)
    assert packets.frames.tolist() == list(range(FRAMES))
    assert (packets.at == packets.frames * 160).all()


@pytest.mark.parametrize("loss", [0.01, 0.1, 0.5])
def test_losses_each_for_itself(loss: float) -> None:
    streams, packets = packets_of(Impairments(loss=loss))
    runs = runs_of_lost(packets)
    assert near(sum(runs), loss)
    assert sum(runs) == streams.table["dropped"].sum() == FRAMES - len(packets.rows)
    assert np.mean(runs) == pytest.approx(1 / (1 - loss), rel=0.1)


@pytest.mark.parametrize(("loss", "burst", "mean"), [(0.1, 5, 5), (0.02, 3, 3), (0.9, 2, 10)])
def test_losses_in_rows(loss: float, burst: float, mean: float) -> None:
    """So many losses as were asked for, in rows of the length that was asked for, or longer if they do not fit."""
    _, packets = packets_of(Impairments(loss=loss, burst=burst))
    runs = runs_of_lost(packets)
    assert sum(runs) == pytest.approx(FRAMES * loss, rel=0.3)
    assert np.mean(runs) == pytest.approx(mean, rel=0.2)


def test_all_is_lost() -> None:
    for burst in (1, 4):
        streams, packets = packets_of(Impairments(loss=1, burst=burst))
        assert len(packets.rows) == 0 and streams.table["dropped"].sum() == FRAMES


def test_duplicates() -> None:
    streams, packets = packets_of(Impairments(duplicate=0.05))
    counts = np.bincount(packets.frames, minlength=FRAMES)
    assert set(counts) == {1, 2}
    assert near(int((counts == 2).sum()), 0.05)
    assert (counts == 2).sum() == streams.table["duplicated"].sum()
    assert (packets.at == packets.frames * 160).all()


@pytest.mark.parametrize("behind", [1, 3])
def test_one_that_is_reordered_is_overtaken_by_so_many(behind: int) -> None:
    streams, packets = packets_of(Impairments(reorder=0.02, behind=behind))
    order = packets.in_order().frames
    assert sorted(order.tolist()) == list(range(FRAMES))
    late = np.flatnonzero(packets.at != packets.frames * 160)
    assert near(len(late), 0.02) and len(late) == streams.table["delayed"].sum()
    place = np.argsort(order)
    alone = [n for n in late if not any(n + k in set(late) for k in range(-2 * behind, 2 * behind + 1) if k)]
    assert alone and all(place[n] == n + behind for n in alone if n + behind < FRAMES)


def test_jitter_is_any_time_up_to_the_most() -> None:
    streams, packets = packets_of(Impairments(jitter=400))
    delays: NDArray[Any] = packets.at - packets.frames * 160
    assert (delays.min(), delays.max()) == (0, 400)
    assert delays.mean() == pytest.approx(200, rel=0.03)
    assert (delays > 0).sum() == streams.table["delayed"].sum()
    assert (np.diff(packets.in_order().frames) < 0).any()


def test_what_is_lost_is_neither_late_nor_a_sign_of_what_else_happens() -> None:
    streams, packets = packets_of(Impairments(loss=0.3, duplicate=0.3, jitter=400))
    late = np.unique(packets.frames[packets.at > packets.frames * 160])
    assert len(late) == streams.table["delayed"].sum()
    counts = np.bincount(packets.frames, minlength=FRAMES + 1)
    for step in (-1, 1):
        beside = np.roll(counts, step)
        assert near(int(((counts == 2) & (beside == 0)).sum()), 0.7 * 0.3 * 0.3)


def test_what_becomes_of_a_packet_is_the_same_whenever_it_is_its_turn() -> None:
    """Of many streams at once, in any order, and of each alone."""
    impairments = Impairments(loss=0.2, burst=2, duplicate=0.1, reorder=0.1, jitter=80)
    streams = Streams()
    rows = np.array([streams.begin({**impairments.columns(160), "key": key}) for key in range(50)])
    found: dict[int, list[tuple[int, int]]] = {int(row): [] for row in rows}
    for n in range(200):
        turn = np.random.default_rng(n).permutation(rows)
        part = impaired(streams.table, Packets(turn, np.full(50, n), np.full(50, n * 160)))
        for row, frame, at in zip(*(column.tolist() for column in part), strict=True):
            found[row].append((frame, at))
    _, alone = packets_of(impairments)
    first = alone.only((alone.rows == 7) & (alone.frames < 7 * 500 + 200))
    assert found[int(rows[7])] == [(n - 3500, at - 3500 * 160) for n, at in zip(*first[1:], strict=True)]
    assert len({tuple(each) for each in found.values()}) == 50


@pytest.mark.parametrize(
    "wrong",
    [
        {"loss": -0.1},
        {"loss": 1.1},
        {"duplicate": float("nan")},
        {"reorder": 2},
        {"burst": 0.5},
        {"burst": float("inf")},
        {"burst": float("nan")},
        {"behind": 0},
        {"jitter": -1},
    ],
)
def test_what_no_network_does(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Impairments(**wrong)
