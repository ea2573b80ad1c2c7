"""The rows of the command, and what becomes of those that fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.thousands.loads import at_most, carried, limit, offered, peer, recorder_faults
from tests.bench.thousands.run import ROWS, Measure, machine, measured, measures, parser
from tests.bench.thousands.table import Line, Round


def whats(*words: str) -> list[tuple[str, float, int]]:
    options = parser().parse_args(words)
    found = [measure for name in options.row or ROWS for measure in measures(name, options)]
    return [(line.what, line.target, measure.rounds) for measure in found for line in measure.lines]


def test_every_target_has_its_line() -> None:
    assert whats() == [
        ("offline mix of 1 h", 15_000, 3),
        ("offline mix of 1 h, beside `sox -m`", 4, 3),
        ("offline mix of 1 h, beside `ffmpeg amix`", 13, 3),
        ("file mode, one port a stream, 2,000 calls", 2000, 1),
        ("file mode, one port a stream, 4,000 calls", 4000, 1),
        ("file mode, shared port, 5,000 calls", 5000, 1),
        ("file mode, shared port, 7,500 calls", 7500, 1),
        ("fleet, mode server, a port a session, 1,200 phones", 1200, 1),
        ("fleet, mode server, one destination, 5,000 phones", 5000, 1),
        ("record server receiving, 4,000 sessions", 4000, 1),
        ("CPU of a call-second, beside ffmpeg's live amix", 80, 3),
        ("CPU of a call-second, beside rtpengine's pcap recording", 10, 3),
        ("CPU of a call-second, beside tcpdump", 0.5, 3),
    ]


def test_one_row_its_rounds_and_its_reach() -> None:
    assert whats("--row", "ports", "--rounds", "5", "--reach") == [
        ("file mode, one port a stream, 2,000 calls", 2000, 5),
        ("file mode, one port a stream, 4,000 calls", 4000, 5),
        ("file mode, one port a stream, most without loss", 4000, 5),
    ]


@pytest.mark.parametrize(
    "words", [["--row", "nobody"], ["--rounds", "0"], ["--calls", "-1"], ["--seconds", "x"], ["7"]]
)
def test_what_makes_no_sense_is_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parser().parse_args(words)
    assert refused.value.code == 2


def test_fewer_calls_do_not_lower_the_target() -> None:
    assert whats("--row", "server", "--calls", "50") == [("record server receiving, 50 sessions", 4000, 1)]
    assert list(at_most((2000, 4000), 3000)) == [(2000, 2000), (4000, 3000)]
    assert list(at_most((2000, 4000), 50)) == [(2000, 50)]


def test_the_command_is_told_as_it_was_given() -> None:
    assert machine(["--row", "ports", "--rounds", "3"]).startswith(
        "`python -m tests.bench thousands --row ports --rounds 3`; "
    )


@pytest.mark.parametrize("error", [RuntimeError, OSError, ValueError])
def test_a_row_that_fails_says_so_and_keeps_the_rounds_before(tmp_path: Path, error: type[Exception]) -> None:
    rounds = iter([Round(1, value=9), None, Round(1, value=9)])

    def take(place: Path) -> list[Round]:
        if (found := next(rounds)) is None:
            raise error("no more ports")
        return [found]

    [taken] = measured("row", Measure([Line("what", 9, "us", "calls")], take, 3), tmp_path)
    assert (taken.failure, len(taken.rounds), taken.verdict) == ("failed: no more ports", 1, "missed")


def test_a_peer_that_is_missing_or_fails_is_told() -> None:
    def fails() -> float:
        raise RuntimeError("it has not recorded all that it was sent")

    assert peer(fails, "no-such-program") == (None, "no-such-program is not installed")
    assert peer(fails, "env") == (None, "env: it has not recorded all that it was sent")
    assert peer(lambda: 2e-6, "env") == (2.0, "")


def test_faults_of_a_recorder() -> None:
    recorder = {"received": 90, "files": 1, "wrong": 3}
    assert recorder_faults(2, recorder, {"sent": 100, "unsent": 5}) == {
        "packets lost": 10,
        "unsent": 5,
        "calls without a file": 1,
        "frames wrong": 3,
    }


def test_a_load_counts_as_what_the_sender_came_to() -> None:
    # Two legs of 50 packets a second for 3 s of warm-up and 10 s, less the second by which they begin later on average.
    assert offered(100, 10, {"sent": 100 * 2 * 50 * 12}) == 1
    assert offered(100, 10, {"sent": 100 * 50 * 12}) == 0.5
    assert carried(2000, 0.995) == 2000
    assert carried(2000, 0.5) == 1000


def test_the_first_cause_is_the_limit() -> None:
    assert limit({"core": False, "sender": True, "ring": True}, "37%") == "sender"
    assert limit({"core": False}, "37% of a core") == "nothing yet: 37% of a core"
