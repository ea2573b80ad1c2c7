"""Recordings whose ports are read together: the same files and accounts as one by one, whatever comes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numpy")

from tests.server.batch_rig import BatchRig
from tests.server.batch_traffic import Step, record, steps, traffic
from tests.server.rig import Rig

CODECS = st.sampled_from([("PCMU", 0), ("PCMA", 8)])
FIRST = st.sampled_from([(0, 0), (65480, (1 << 32) - 9000), (32700, (1 << 31) - 9000)])


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    made=st.lists(steps(), min_size=1, max_size=3),
    codec=CODECS,
    ptime=st.sampled_from([10, 20, 30, 40, 60, 25]),
    first=FIRST,
    rows=st.sampled_from([7, 64, 1000]),
    live=st.booleans(),
)
def test_the_same_as_one_by_one(
    made: list[list[Step]], codec: tuple[str, int], ptime: int, first: tuple[int, int], rows: int, live: bool
) -> None:
    streams = [traffic(one, codec[1], ptime, first) for one in made]
    expected = record(BatchRig(rows, told=False), streams, codec[0])
    assert record(BatchRig(rows), streams, codec[0], live) == expected


@settings(max_examples=30, deadline=None, derandomize=True)
@given(made=steps(), codec=CODECS, ptime=st.sampled_from([20, 60]), first=FIRST)
def test_the_same_as_with_a_port_that_its_recording_reads(
    made: list[Step], codec: tuple[str, int], ptime: int, first: tuple[int, int]
) -> None:
    """But for a sender that is faster than time: how much of it is dropped hangs on when it is looked at."""
    slow = [step for step in made if step[2].get("pace", 100) >= 99]
    streams = [traffic(slow, codec[1], ptime, first)]
    assert record(BatchRig(), streams, codec[0]) == record(Rig(), streams, codec[0])


@pytest.mark.parametrize("faults", [[], ["lose"], ["lose", "overtake", "repeat"]])
def test_g722_with_gaps(faults: list[str]) -> None:
    made: list[Step] = []
    for fault in faults:
        made += [(fault, (3,), {}), ("talk", (150,), {})]
    streams = [traffic(made, 9, 20, (65500, 0))]
    assert record(BatchRig(), streams, "G722") == record(BatchRig(told=False), streams, "G722")


def same(made: list[Step]) -> None:
    streams = [traffic(made, 0, 20, (65500, 0)), traffic([("talk", (500,), {})], 0, 20, (0, 0))]
    assert record(BatchRig(), streams, "PCMU") == record(BatchRig(told=False), streams, "PCMU")


def test_m10_a_sender_that_is_faster_than_time() -> None:
    same([("talk", (1500,), {"pace": 50}), ("talk", (100,), {"pace": 0}), ("talk", (300,), {})])


def test_more_at_once_than_a_row_holds_is_no_other_recording_s() -> None:
    same([("talk", (20,), {}), ("talk", (100,), {"pace": 0}), ("talk", (200,), {"pace": 101})])


def test_another_ssrc_with_the_next_number() -> None:
    same([("turn", (8,), {}), ("talk", (100,), {}), ("turn", (7,), {}), ("talk", (100,), {})])


@pytest.mark.parametrize("back", range(15, 35))
def test_a_packet_of_a_time_that_is_over(back: int) -> None:
    same(
        [
            ("talk", (99,), {}),
            ("pause", (1500,), {}),
            ("talk", (3,), {}),
            ("jump", (back * -160,), {}),
            ("talk", (1,), {}),
        ]
    )
