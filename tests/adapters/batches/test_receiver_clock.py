from __future__ import annotations

import time

import numpy as np
import pytest

from phone_recorder.adapters.batches.receiver_clock import NO_STAMP, ArrivalClock
from tests.adapters.batches.receivers import units

HOUR = 3_600_000_000_000


def test_stamps_of_the_system_time_become_instants() -> None:
    clock = ArrivalClock()
    begun = time.time_ns()
    while time.time_ns() < begun + 3_000_000:
        pass
    clock.look()
    monotonic = units() - (time.time_ns() - begun) // 125_000
    instants = clock.instants(np.array([begun + 1_000_000, begun + 2_000_000]))
    assert instants[1] - instants[0] == pytest.approx(8, abs=1)
    assert instants[0] - monotonic == pytest.approx(8, abs=4)


@pytest.mark.parametrize("step", [-24 * HOUR, 24 * HOUR])
def test_a_system_time_that_is_set_moves_no_instant_out_of_the_time_since_the_last_look(step: int) -> None:
    clock = ArrivalClock(lambda: time.time_ns() + step)
    begun = units()
    clock.look()
    clock.look()
    [instant] = clock.instants(np.array([time.time_ns()]))
    assert begun <= instant <= units()


def test_what_has_no_stamp_came_now() -> None:
    clock = ArrivalClock()
    made_at = units()
    while (before := units()) == made_at:
        pass
    instants = clock.instants(np.array([NO_STAMP, time.time_ns() - HOUR]))
    assert before <= instants[0] <= units()
    assert instants[1] <= before
