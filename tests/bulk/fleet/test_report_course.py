from __future__ import annotations

from phone_recorder.bulk.fleet.report_course import Course, Measured
from phone_recorder.bulk.fleet.snapshot import Snapshot
from tests.bulk.fleet.report_runs import course_of, second


def test_the_use_of_a_core_is_the_mean_of_the_time_that_was_seen() -> None:
    course = course_of(second(1.0, cpu_share=0.2), second(3.0, cpu_share=0.8), second(3.9, cpu_share=0.0))
    measured = course.measured
    assert measured.cpu_share is not None
    assert round(measured.cpu_share, 6) == 0.6
    assert measured.snapshot.at_s == 3.9


def test_the_share_of_time_with_a_bottleneck() -> None:
    course = course_of(second(1.0), second(2.0, bottleneck="busy"), second(4.0), second(4.9, bottleneck="busy (1 s)"))
    assert course.measured.limited_share == 0.25
    assert course.measured.snapshot.bottleneck == "busy (1 s)"
    assert [one.bottleneck for one in course.kept] == ["", "busy", "", ""]


def test_of_a_run_of_no_length_nothing_is_known() -> None:
    assert Course().measured == Measured(Snapshot())
    assert course_of(Snapshot(at_s=0.02, failed=3)).measured == Measured(Snapshot(at_s=0.02, failed=3))


def test_the_end_just_after_a_second_is_no_second_of_its_own() -> None:
    course = course_of(second(1.0, cpu_share=0.3, bottleneck="busy"), second(1.004, cpu_share=0.0))
    [only] = course.kept
    assert (only.at_s, only.cpu_share, only.bottleneck) == (1.004, 0.3, "busy")


def test_reasons_are_kept_of_the_last_alone() -> None:
    course = course_of(second(1.0, failures={"busy": 1}), second(2.0, failures={"busy": 2}))
    assert [one.failures for one in course.kept] == [{}, {}]
    assert course.measured.snapshot.failures == {"busy": 2}


def test_a_long_run_stays_small_and_loses_neither_end_nor_counts() -> None:
    course = Course(most=10)
    for at in range(1, 1001):
        course.add(second(float(at), cpu_share=at % 2, bottleneck="busy" if at == 500 else ""))
    course.end(second(1000.9))
    kept = course.kept
    assert 4 <= len(kept) <= 10
    assert kept[-1].at_s == 1000.9
    assert [one.at_s for one in kept] == sorted(one.at_s for one in kept)
    assert kept[-1].attempted == 100_090
    assert course.measured.cpu_share == 0.5
    assert course.measured.limited_share == 0.001


def test_recent_steps_are_the_last_of_all() -> None:
    course = course_of(*(second(float(at)) for at in range(1, 8)))
    all_steps = list(course.steps())
    assert all_steps[0] == (Snapshot(), second(1.0))
    assert course.recent(3) == all_steps[-3:]
    assert course.recent(7) == all_steps
    assert course.recent(100) == all_steps
    assert Course().recent(5) == []


def test_the_end_is_kept_where_every_second_row_is_left_out() -> None:
    course = Course(most=4)
    for at in (1.0, 2.0, 3.0, 4.0):
        course.add(second(at))
    course.end(second(5.0))
    assert [one.at_s for one in course.kept] == [2.0, 4.0, 5.0]
