"""The arithmetic of the table: medians, ratios round by round, and when a target is met."""

from __future__ import annotations

import pytest

from tests.bench.thousands.table import (
    MET,
    MISSED,
    NOT_MEASURED,
    TITLES,
    Line,
    Round,
    Taken,
    faults,
    head,
    limit,
    markdown,
    median,
    ratio,
    spread,
    value,
)

CALLS = Line("file mode", 2000, "us a call-second", "calls", peer="tcpdump")
TIMES = Line("CPU", 10, "us", peer="rtpengine")


def test_the_median_is_of_the_rounds_that_have_the_figure() -> None:
    rounds = [Round(value=3), Round(), Round(value=1), Round(value=7)]
    assert median(rounds, value) == 3
    assert median(rounds[:3], value) == 2
    assert median([Round()], value) is None


def test_a_ratio_is_of_one_round_and_the_median_is_of_ratios() -> None:
    # The medians of both columns would make 20 : 2.
    rounds = [Round(1, 20), Round(2, 10), Round(10, 30)]
    assert [each.ratio for each in rounds] == [20, 5, 3]
    assert median(rounds, ratio) == 5


@pytest.mark.parametrize("each", [Round(2), Round(None, 2), Round(0, 2)])
def test_no_ratio_without_both(each: Round) -> None:
    assert each.ratio is None


def test_a_spread_names_how_many_rounds_and_the_furthest_of_them() -> None:
    rounds = [Round(0.1234), Round(2), Round(30)]
    assert spread(rounds, lambda each: each.cost, "{:.2f}", "s") == "2.00 s (median of 3: 0.12 to 30.00)"
    assert spread(rounds[:1], lambda each: each.cost, "{:.2f}", "s") == "0.12 s"
    assert spread([Round()], lambda each: each.cost, "{:.2f}", "s") == ""


@pytest.mark.parametrize(
    ("line", "rounds", "expected"),
    [
        (CALLS, [Round(value=2000)], MET),
        (CALLS, [Round(value=1999)], MISSED),
        (CALLS, [Round(value=1000), Round(value=2000), Round(value=2000)], MET),
        (CALLS, [Round(value=1000), Round(value=1000), Round(value=2000)], MISSED),
        (CALLS, [Round()], NOT_MEASURED),
        (CALLS, [], NOT_MEASURED),
        # A target in numbers does not ask for the ratio, nor one in ratios for numbers.
        (CALLS, [Round(1, 99_999, value=1)], MISSED),
        (TIMES, [Round(1, 10)], MET),
        (TIMES, [Round(1, 9.99)], MISSED),
        (TIMES, [Round(1, 9.99, value=99_999)], MISSED),
        (TIMES, [Round(1, absent="rtpengine is not installed")], NOT_MEASURED),
    ],
)
def test_a_target_is_met_by_the_median(line: Line, rounds: list[Round], expected: str) -> None:
    assert Taken(line, rounds).verdict == expected


@pytest.mark.parametrize("line", [CALLS, TIMES])
@pytest.mark.parametrize("kind", ["packets lost", "frames wrong", "unsent"])
def test_one_fault_in_one_round_misses_the_target_however_good_the_rest(line: Line, kind: str) -> None:
    good = Round(1, 1000, 9999, {"packets lost": 0, kind: 0})
    assert Taken(line, [good] * 3).verdict == MET
    assert Taken(line, [good, good._replace(faults={"packets lost": 0, kind: 1}), good]).verdict == MISSED
    assert Taken(line, [Round(faults={kind: 1}, absent="rtpengine is not installed")]).verdict == MISSED


def test_what_came_to_no_end_is_missed_and_says_why() -> None:
    taken = Taken(CALLS, [Round(1, 1, 2000)], failure="failed: it has ended")
    assert taken.verdict == MISSED
    assert taken.row[-1] == "failed: it has ended"


def test_faults_are_those_of_all_rounds_and_the_limit_is_of_the_worst() -> None:
    rounds = [
        Round(faults={"packets lost": 0, "frames wrong": 0}, frames=1000, limit="nothing yet"),
        Round(faults={"packets lost": 1200, "frames wrong": 3}, frames=1000, limit="the recorder's core"),
        Round(faults={"packets lost": 1, "frames wrong": 0}, frames=500, limit="the sender"),
    ]
    assert faults(rounds) == "1,201 packets lost, 3 frames wrong; 2,500 frames looked at"
    assert limit(rounds) == "the recorder's core"
    assert limit([Round(limit="first"), Round(limit="last")]) == "last"
    assert faults([Round()]) == "no frame looked at"


def test_the_cells_of_a_line() -> None:
    met = Taken(CALLS, [Round(200, 50, 2000, {"packets lost": 0}, 10, "nothing yet: 37% of a core")])
    assert met.row == (
        "file mode",
        "2,000",
        "2,000 calls; 200 us a call-second",
        "tcpdump: 50 us a call-second",
        "0.25",
        "0 packets lost; 10 frames looked at",
        "met",
        "nothing yet: 37% of a core",
    )
    absent = Taken(TIMES._replace(goal="{} x"), [Round(200, absent="rtpengine is not installed")] * 2)
    assert absent.row[1:5] == ("10 x", "200 us (median of 2: 200 to 200)", "rtpengine is not installed", "")


def test_a_row_is_one_line_of_as_many_cells_as_there_are_titles() -> None:
    assert markdown(("a|b", "c\nd")) == "| a/b | c d |"
    assert [line.count("|") for line in head()] == [len(TITLES) + 1] * 2
    assert len(Taken(CALLS).row) == len(TITLES)
