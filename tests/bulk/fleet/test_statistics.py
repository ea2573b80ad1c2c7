"""Failures by reason."""

from __future__ import annotations

from phone_recorder.bulk.fleet.statistics import MOST_REASONS, OTHERS, Failures


def test_failures_are_counted_by_reason() -> None:
    failures = Failures()
    for reason in ("a", "b", "a"):
        failures.add(reason)
    assert failures.by_reason == {"a": 2, "b": 1}
    assert failures.count == 3


def test_a_server_that_is_inventive_does_not_fill_the_memory() -> None:
    failures = Failures()
    for number in range(1000):
        failures.add(f"reason {number}")
        failures.add("reason 7")
    assert len(failures.by_reason) == MOST_REASONS
    assert failures.by_reason["reason 7"] == 1001
    assert failures.by_reason[OTHERS] == 2000 - 1001 - (MOST_REASONS - 2)
    assert failures.count == 2000


def test_what_a_server_says_cannot_steer_a_terminal() -> None:
    failures = Failures()
    failures.add("\x1b[2J\n" + "x" * 5000)
    (shown,) = failures.by_reason
    assert shown.isprintable()
    assert len(shown) < 250
