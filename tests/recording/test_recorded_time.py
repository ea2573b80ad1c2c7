"""The recording's own time at each place of the mix, in frames."""

from __future__ import annotations

import pytest

from phone_recorder.recording.recorded_time import RecordedTime

FRAME = 160


def run(script: str, skips: bool = True) -> RecordedTime:
    """`begin 3, pause 5.5, resume 7.5, end 9`, in frames."""
    time = RecordedTime(FRAME, skips)
    for entry in script.split(", "):
        what, number = entry.split()
        place = round(float(number) * FRAME)
        time.begin(place) if what == "begin" else time.follow(what == "resume", place)
    return time


def frames(time: RecordedTime, end: int = 12) -> str:
    """The recording's time in each frame of the mix, in frames."""
    at = [time.at(number * FRAME) for number in range(end)]
    return " ".join("." if found is None else str(found // FRAME) for found in at)


@pytest.mark.parametrize(
    ("script", "skip", "silence"),
    [
        ("end 0", ". . . . . . . . . . . .", ". . . . . . . . . . . ."),
        ("begin 0", "0 1 2 3 4 5 6 7 8 9 10 11", "0 1 2 3 4 5 6 7 8 9 10 11"),
        ("begin 3", ". . . 0 1 2 3 4 5 6 7 8", ". . . 0 1 2 3 4 5 6 7 8"),
        ("begin 3, end 6.9", ". . . 0 1 2 . . . . . .", ". . . 0 1 2 . . . . . ."),
        ("begin 1, pause 4, resume 7", ". 0 1 2 . . . 3 4 5 6 7", ". 0 1 2 . . . 6 7 8 9 10"),
        ("begin 1, pause 4.5, resume 6.5", ". 0 1 2 . . . 3 4 5 6 7", ". 0 1 2 . . . 6 7 8 9 10"),
        ("begin 1, pause 4.1, resume 6.5, pause 6.8, resume 8", ". 0 1 2 . . . . 3 4 5 6", ". 0 1 2 . . . . 7 8 9 10"),
        ("begin 1, pause 3, resume 4, pause 6, resume 8", ". 0 1 . 2 3 . . 4 5 6 7", ". 0 1 . 3 4 . . 7 8 9 10"),
        ("begin 1, end 4.2, begin 4", ". 0 1 2 0 1 2 3 4 5 6 7", ". 0 1 2 0 1 2 3 4 5 6 7"),
        ("begin 1, pause 3, end 5, begin 6", ". 0 1 . . . 0 1 2 3 4 5", ". 0 1 . . . 0 1 2 3 4 5"),
        ("begin 1, pause 3, resume 4.5, end 4.8, begin 4", ". 0 1 . 0 1 2 3 4 5 6 7", ". 0 1 . 0 1 2 3 4 5 6 7"),
        ("begin 2, end 2.5", ". . . . . . . . . . . .", ". . . . . . . . . . . ."),
    ],
)
def test_where_a_recording_is(script: str, skip: str, silence: str) -> None:
    assert frames(run(script, skips=True)) == skip
    assert frames(run(script, skips=False)) == silence


def test_between_frames_it_goes_on() -> None:
    time = run("begin 2")
    assert [time.at(place) for place in (0, 319, 320, 321, 500)] == [None, None, 0, 1, 180]


def test_what_does_not_change_makes_no_edge() -> None:
    time = run("begin 2, resume 3, resume 4, pause 5, pause 6")
    assert frames(time) == ". . 0 1 2 . . . . . . ."
