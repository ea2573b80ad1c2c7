"""The axis of a drawing."""

from __future__ import annotations

import pytest

from phone_recorder.harness.report.axis import LEFT, MOST_TICKS, RIGHT, WIDTH, Axis
from phone_recorder.recording.units import SECOND


def test_time_goes_from_left_to_right() -> None:
    axis = Axis(10 * SECOND)
    assert [axis.x(at * SECOND) for at in (0, 5, 10)] == [LEFT, (LEFT + WIDTH - RIGHT) / 2, WIDTH - RIGHT]


def test_what_is_outside_stands_at_the_edge() -> None:
    assert (Axis(100).x(-5), Axis(100).x(500)) == (LEFT, WIDTH - RIGHT)


@pytest.mark.parametrize(
    ("seconds", "texts"),
    [
        (0.5, ["0 s", "100 ms", "200 ms", "300 ms", "400 ms", "500 ms"]),
        (3, ["0 s", "500 ms", "1 s", "1.5 s", "2 s", "2.5 s", "3 s"]),
        (1050, ["0 s", "2 min", "4 min", "6 min", "8 min", "10 min", "12 min", "14 min", "16 min"]),
    ],
)
def test_ticks_are_round(seconds: float, texts: list[str]) -> None:
    assert [tick.text for tick in Axis(int(seconds * SECOND)).ticks()] == texts


@pytest.mark.parametrize("units", [1, 10, 799, SECOND, 10**7, 10**12])
def test_there_are_few_ticks(units: int) -> None:
    assert 1 <= len(Axis(units).ticks()) <= MOST_TICKS + 1
