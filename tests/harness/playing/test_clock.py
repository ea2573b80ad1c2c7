from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.playing.clock import ScenarioClock, ScenarioTime

BEGINS = datetime(2026, 3, 2, 10)


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/New_York"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that is in this zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_what_is_told_of_a_time_is_the_same_in_every_zone(zone: None) -> None:
    at = ScenarioClock(BEGINS).system_time(4000)
    assert at.astimezone().isoformat(timespec="milliseconds") == "2026-03-02T10:00:00.500+00:00"
    assert at.timestamp() == datetime(2026, 3, 2, 10, 0, 0, 500_000, UTC).timestamp()


def test_a_time_stays_one_of_the_scenario_whatever_is_added() -> None:
    at = ScenarioClock(BEGINS).system_time(0) + timedelta(hours=1)
    assert isinstance(at, ScenarioTime)
    assert at.tzinfo is None
    assert at.astimezone(UTC).astimezone(UTC).hour == 11


def test_the_clock_goes_on_and_never_back() -> None:
    clock = ScenarioClock(BEGINS)
    clock.advance_to(8000)
    clock.advance_to(4000)
    assert clock.now() == 8000
    assert clock.system_time(8000) == datetime(2026, 3, 2, 10, 0, 1)


def test_a_leap_changes_the_systems_time_alone() -> None:
    clock = ScenarioClock(BEGINS)
    clock.leap(3600 * 8000)
    clock.leap(-60 * 8000)
    assert (clock.now(), clock.system_time(0)) == (0, datetime(2026, 3, 2, 10, 59))


@pytest.mark.parametrize("years", [9000, -3000])
def test_a_leap_out_of_the_calendar_is_an_error(years: int) -> None:
    with pytest.raises(UsageError, match="no clock can leap by"):
        ScenarioClock(BEGINS).leap(years * 366 * 86_400 * 8000)
