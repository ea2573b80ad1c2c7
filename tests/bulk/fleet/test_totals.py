"""Packets are counted by the same names wherever they are told."""

from __future__ import annotations

from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.media import Sent
from phone_recorder.bulk.spread import Spread


def test_those_of_the_media_engine_are_found_by_name() -> None:
    sent = Sent(said=10, sent=6, octets=960, dropped=3, duplicated=4, delayed=2, unsent=1)
    assert Totals.of(sent) == Totals(said=10, sent=6, dropped=3, unsent=1, octets=960)


def test_a_snapshot_has_each_and_keeps_the_rest() -> None:
    lateness = Spread(count=6, most=0.5)
    told = Totals(said=10, sent=6, dropped=3, unsent=1, octets=960).noted_in(Snapshot(started=7), lateness)
    assert told == Snapshot(
        started=7,
        packets_said=10,
        packets_sent=6,
        packets_dropped=3,
        packets_unsent=1,
        octets_sent=960,
        lateness=lateness,
    )


def test_several_are_added_up_and_none_are_nothing() -> None:
    assert Totals.together([Totals(1, 2, 3, 4, 5), Totals(10, 20, 30, 40, 50)]) == Totals(11, 22, 33, 44, 55)
    assert Totals.together([]) == Totals()
