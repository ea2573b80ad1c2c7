"""Pings on a clock that goes when it is told to."""

from __future__ import annotations

import pytest

from phone_recorder.sip.hop import Hop, Transport
from phone_recorder.sip.timers import VirtualTimers
from phone_recorder.sip.transport.keep_alive import LEAST, KeepAlive

SERVER = Hop("UDP", "192.0.2.1", 5060)


@pytest.mark.parametrize(("transport", "longest"), [("UDP", 25), ("TCP", 90), ("TLS", 90)])
def test_a_hop_is_pinged_again_and_again_before_it_is_forgotten(transport: Transport, longest: float) -> None:
    timers, hop = VirtualTimers(), Hop(transport, "192.0.2.1", 5060)
    pinged: list[tuple[float, Hop]] = []
    shares = iter([1.0, 0.8, 0.9, 1.0])
    KeepAlive(timers, lambda to: pinged.append((timers.now(), to)), lambda: next(shares)).keep(hop)
    timers.advance(longest * 2.7)
    assert [instant for instant, _ in pinged] == pytest.approx([longest, longest * 1.8, longest * 2.7])
    assert {to for _, to in pinged} == {hop}


def test_another_hop_takes_the_place_of_the_first() -> None:
    timers = VirtualTimers()
    pinged: list[Hop] = []
    keeping = KeepAlive(timers, pinged.append)
    other = Hop("UDP", "192.0.2.2", 5060)
    keeping.keep(SERVER)
    keeping.keep(other)
    timers.advance(25)
    assert pinged == [other]


def test_none_ends_it_and_leaves_no_timer() -> None:
    timers = VirtualTimers()
    pinged: list[Hop] = []
    keeping = KeepAlive(timers, pinged.append)
    keeping.keep(SERVER)
    keeping.keep(None)
    timers.advance(1000)
    assert (pinged, timers.waiting) == ([], 0)


def test_phones_that_were_switched_on_together_do_not_ping_together() -> None:
    timers = VirtualTimers()
    instants: list[float] = []
    for _ in range(20):
        KeepAlive(timers, lambda _: instants.append(timers.now())).keep(SERVER)
    timers.advance(25)
    assert len(set(instants)) > 10
    assert min(instants) >= 25 * LEAST


def test_a_hop_is_pinged_no_more_when_that_is_over_and_leaves_no_timer() -> None:
    timers = VirtualTimers()
    pinged: list[float] = []
    KeepAlive(timers, lambda _: pinged.append(timers.now()), lambda: 1.0).keep(SERVER, lambda: timers.now() < 70)
    timers.advance(1000)
    assert (pinged, timers.waiting) == ([25, 50], 0)
