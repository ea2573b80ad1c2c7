from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.harness.playing.sender_clock import SenderClock
from phone_recorder.phone.party import Datagram
from tests.harness.playing.speaking import instants, speaker

SECOND = 8000


def sent(clock: SenderClock, until: int = 2 * SECOND) -> list[Datagram]:
    return clock.packets(speaker(), until)


def test_a_clock_that_nothing_was_done_to_is_true() -> None:
    assert sent(SenderClock()) == speaker().packets(2 * SECOND)


@pytest.mark.parametrize(("ppm", "packets"), [(0, 5000), (150, 5001), (100_000, 5500), (-100_000, 4500)])
def test_a_clock_that_is_fast_sends_more(ppm: int, packets: int) -> None:
    clock = SenderClock()
    clock.drift(0, ppm)
    found = sent(clock, 100 * SECOND)
    assert len(found) == packets
    assert [data for _, data in found] == [data for _, data in speaker().packets(200 * SECOND)[:packets]]


def test_drift_begins_where_the_clock_is_and_ends_there() -> None:
    clock, party = SenderClock(), speaker()
    before = clock.packets(party, SECOND)
    clock.drift(SECOND, 1_000_000)
    fast = clock.packets(party, SECOND + 480)
    clock.drift(SECOND + 480, 0)
    after = clock.packets(party, 2 * SECOND)
    assert instants(before)[-1] == SECOND - 160
    assert instants(fast) == [SECOND + 80 * number for number in range(6)]
    assert instants(after)[:2] == [SECOND + 480, SECOND + 640]


def test_a_sender_that_stalls_goes_on_later_where_it_was() -> None:
    clock, party = SenderClock(), speaker()
    before = clock.packets(party, 321)
    clock.stall(321, 1000)
    found = before + clock.packets(party, 3000)
    assert instants(found)[:6] == [0, 160, 320, 1480, 1640, 1800]
    assert [data for _, data in found] == [data for _, data in speaker().packets(160 * len(found))]


@pytest.mark.parametrize(("second", "goes_on_at"), [(1000, 1800), (100, 1320)])
def test_of_two_stalls_the_later_end_counts(second: int, goes_on_at: int) -> None:
    clock = SenderClock()
    clock.stall(320, 1000)
    clock.stall(800, second)
    assert instants(sent(clock, 2000))[2:4] == [goes_on_at, goes_on_at + 160]


def test_drift_during_a_stall_does_not_end_it() -> None:
    clock = SenderClock()
    clock.stall(320, 1000)
    clock.drift(800, 1_000_000)
    assert instants(sent(clock, 1500))[2:] == [1320, 1400, 1480]


def test_what_is_due_before_an_instant_is_sent_before_it() -> None:
    """At 1.5 times the speed, what is due at 1 is sent at 2/3, which is before 1."""
    clock = SenderClock()
    clock.drift(0, 500_000)
    assert instants(clock.packets(speaker(start=1), 1)) == [0]


@given(st.integers(-900_000, 900_000), st.integers(0, 900), st.lists(st.integers(0, 20_000)))
def test_how_often_one_looks_makes_no_difference(ppm: int, since: int, looks: list[int]) -> None:
    def clock() -> SenderClock:
        made = SenderClock()
        made.drift(since, ppm)
        made.stall(since + 77, 333)
        return made

    one, party = clock(), speaker()
    split = [datagram for look in (*sorted(looks), 20_000) for datagram in one.packets(party, look)]
    assert split == sent(clock(), 20_000)
    assert all(instant < 20_000 for instant in instants(split))
