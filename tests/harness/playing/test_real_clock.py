from __future__ import annotations

from datetime import datetime

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.harness.playing.real_clock import MachineClock, RealClock, RunningClock

BEGINS = datetime(2026, 3, 2, 10)


def begun(after: int = 5000) -> tuple[VirtualClock, RealClock]:
    """A machine that has run for so long, and the clock of a scenario that has begun then."""
    machine = VirtualClock()
    machine.advance(after)
    clock = RealClock(BEGINS, machine)
    clock.begin()
    return machine, clock


def test_before_it_begins_all_is_at_instant_0() -> None:
    machine = VirtualClock()
    clock = RealClock(BEGINS, machine)
    machine.advance(8000)
    assert (clock.now(), clock.real, clock.instant_of(7000)) == (0, 0, 0)


def test_it_stands_still_until_the_loop_goes_on_and_the_machine_does_not() -> None:
    machine, clock = begun()
    machine.advance(160)
    assert (clock.now(), clock.real, RunningClock(clock).now()) == (0, 160, 160)
    clock.advance_to(150)
    machine.advance(10)
    assert (clock.now(), clock.real) == (150, 170)


def test_packets_have_instants_of_the_scenario_and_none_is_before_it() -> None:
    _, clock = begun(after=5000)
    assert [clock.instant_of(arrival) for arrival in (4999, 5000, 5160)] == [0, 0, 160]


def test_the_systems_time_is_the_scenarios_for_all_and_leaps_for_all() -> None:
    _, clock = begun(after=5000)
    machine = MachineClock(clock)
    assert clock.system_time(8000) == RunningClock(clock).system_time(8000) == machine.system_time(13_000)
    clock.leap(3600 * 8000)
    assert machine.system_time(5000) == clock.system_time(0)
    assert clock.system_time(0).isoformat() == "2026-03-02T11:00:00"
