"""Where packets stand whose sender stood still, and that this is where the recorder puts them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from phone_recorder.harness.audio.ears import hear
from phone_recorder.harness.audio.places import UNITS, Grid, Numbers, anchors, by_timestamps, corrections
from phone_recorder.harness.audio.said import IN_FILES, TO_SERVER
from phone_recorder.harness.scenario.actions import RtpFault
from phone_recorder.harness.scenario.bound import Span
from phone_recorder.harness.scenario.case import PartyPlan
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.recording.units import from_seconds
from tests.harness.audio.recordings import FAR, FRAME, NEAR, SECOND
from tests.harness.playing.cases import RECORD, SERVER, case, played

LASTS_S = 60


def stalled(stall: int) -> tuple[Numbers, Numbers]:
    """Instants and timestamps of a sender that stands still for so long after 3 s, and then goes on."""
    timestamps = np.arange(LASTS_S * SECOND // FRAME, dtype=np.int64) * FRAME
    return timestamps + np.where(timestamps >= 3 * SECOND, stall, 0), timestamps


def moved_by(stall: int, horizon: int) -> int:
    """How far later the last packet stands than its timestamp."""
    instants, timestamps = stalled(stall)
    return int((by_timestamps(instants, timestamps, horizon) - timestamps)[-1])


@pytest.mark.parametrize(
    ("stall", "horizon", "moved"),
    [
        (7000, IN_FILES, 0),
        (8000, IN_FILES, 0),
        (8160, IN_FILES, 8160),
        (12000, IN_FILES, 12000),
        (20000, IN_FILES, 20000),
        (400, TO_SERVER, 0),
        (480, TO_SERVER, 0),
        (640, TO_SERVER, 640),
        (7000, TO_SERVER, 7000),
    ],
)
def test_who_is_too_late_for_half_a_second_begins_a_new_count(stall: int, horizon: int, moved: int) -> None:
    assert moved_by(stall, horizon) == moved


def test_who_makes_up_for_being_late_within_half_a_second_is_late_and_no_more() -> None:
    instants, timestamps = stalled(0)
    instants[150:170] += 4000
    assert (by_timestamps(instants, timestamps, TO_SERVER) == timestamps).all()


def test_a_clock_that_drifts_is_not_late_whatever_it_comes_to() -> None:
    timestamps = np.arange(3600 * 50, dtype=np.int64) * FRAME
    instants = np.rint(timestamps * (1 + 200e-6)).astype(np.int64)
    assert (by_timestamps(instants, timestamps, TO_SERVER) == timestamps).all()


@pytest.mark.parametrize(("quiet", "last_s"), [(True, 14), (False, 3 + 10 + 2 * 20)])
def test_what_is_off_is_put_right_frame_by_frame_ten_seconds_later(quiet: bool, last_s: int) -> None:
    instants, timestamps = stalled(20 * FRAME)
    moved = corrections(instants, timestamps, lambda number: quiet)
    assert set(np.diff(moved).tolist()) == {0, FRAME}
    assert int(moved[-1]) == 20 * FRAME
    changes = instants[1:][np.diff(moved) != 0]
    assert changes[0] >= 13 * SECOND
    assert (last_s - 1) * SECOND <= changes[-1] <= (last_s + 2) * SECOND


def test_less_than_three_quarters_of_a_frame_moves_nothing() -> None:
    instants, timestamps = stalled(119)
    assert not corrections(instants, timestamps, lambda number: True).any()


@pytest.mark.parametrize("settings", [{}, SERVER], ids=["to a drive", "to a server"])
@pytest.mark.parametrize("stall", [0.1, 0.5, 0.9, 1.2, 2.5])
def test_the_recorder_puts_a_party_whose_sender_stalls_where_these_ears_expect_it(
    tmp_path: Path, stall: float, settings: dict[str, object]
) -> None:
    steps = (RECORD, (3.0, RtpFault("stall", number=from_seconds(stall))))
    parties = {leg: PartyPlan(voice, repeat=True) for leg, voice in (("near", NEAR), ("far", FAR))}
    evidence = played(tmp_path, case(*steps, length=50, settings=settings, near=parties["near"], far=parties["far"]))
    for start in (14, 30):
        what = AudioIs("contains", ("near", "far"), Span(start * SECOND, (start + 16) * SECOND))
        assert hear(what, evidence.recordings[0], evidence) is None
    for kind in ("in step", "no clicks"):
        voices = ("near", "far") if kind == "in step" else ()
        assert hear(AudioIs(kind, voices), evidence.recordings[0], evidence) is None


@pytest.mark.parametrize(
    ("grid", "instant", "end", "place"),
    [
        (UNITS, 1234, None, 1234),
        (Grid(0, 480), 1234, None, 960),
        (Grid(37, 480), 1234, None, 997),
        (Grid(37, 480), 30, None, -443),
        # Where the packet before it ended, if that is no further than a frame.
        (Grid(0, 480), 1234, 1714, 1714),
        (Grid(0, 480), 1234, 754, 754),
        (Grid(0, 480), 1234, 1715, 960),
        (UNITS, 1234, 1236, 1234),
    ],
)
def test_a_count_begins_with_a_frame_or_where_the_last_one_ended(
    grid: Grid, instant: int, end: int | None, place: int
) -> None:
    assert grid.stand(instant, end) == place


def test_counts_begin_where_places_do_not_follow_timestamps() -> None:
    instants, timestamps = stalled(20000)
    places = by_timestamps(instants, timestamps, IN_FILES)
    assert anchors(timestamps, places) == [0, 150]
    assert anchors(timestamps % 2**32, timestamps) == [0]


@pytest.mark.parametrize("ptime", [20, 40, 60])
@pytest.mark.parametrize("fault", ["stall", "jump timestamp"])
@pytest.mark.parametrize("at", [6.0, 6.01, 6.03])
def test_a_new_count_is_in_step_to_the_sample_whatever_the_frames(
    tmp_path: Path, ptime: int, fault: Literal["stall", "jump timestamp"], at: float
) -> None:
    steps = (RECORD, (at, RtpFault(fault, number=3 * SECOND)))
    parties = {"near": PartyPlan(NEAR, repeat=True), "far": PartyPlan(FAR, repeat=True)}
    settings = {"record.ptime_ms": ptime}
    evidence = played(tmp_path, case(*steps, length=16, settings=settings, near=parties["near"], far=parties["far"]))
    for what in (AudioIs("contains", ("near", "far")), AudioIs("equals", ("near", "far"))):
        assert hear(what, evidence.recordings[0], evidence) is None
