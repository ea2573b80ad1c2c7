"""A fleet in virtual time, against a server that does as it should."""

from __future__ import annotations

import pytest

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.fleet import TICK
from phone_recorder.bulk.fleet.phone_table import Action, State
from phone_recorder.bulk.fleet.plan import Bad, FleetPlan
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.wire import control
from tests.bulk.fleet.rig import SECOND, SERVER, FakeLink, Rig, accept, starts

THREE = Durations.always(3 * SECOND)


def told(snapshot: Snapshot) -> tuple[int, int, int, int, int, int]:
    return (
        snapshot.attempted,
        snapshot.started,
        snapshot.ended,
        snapshot.cut,
        snapshot.given_up,
        snapshot.failed,
    )


def test_each_phone_makes_one_call_when_nothing_else_is_asked_for() -> None:
    rig = Rig(FleetPlan(SERVER, phones=20, talk=THREE))
    rig.to_the_end()
    assert told(rig.fleet.snapshot()) == (20, 20, 20, 0, 0, 0)
    assert len({start.device for start in starts(rig)}) == 20
    assert {outcome.how for outcome in rig.outcomes} == {Action.END}


def test_a_talk_is_as_long_as_asked_for_to_the_packet() -> None:
    rig = Rig(FleetPlan(SERVER, phones=3, ramp=7.0, talk=THREE))
    rig.to_the_end()
    assert [outcome.packets.said for outcome in rig.outcomes] == [150] * 3


def test_phones_begin_at_the_ramp() -> None:
    rig = Rig(FleetPlan(SERVER, phones=10, ramp=2.0, talk=Durations.always(60 * SECOND)))
    seen = []
    for _ in range(5):
        rig.run(1)
        seen.append(rig.fleet.snapshot().talking)
    assert seen == [2, 4, 6, 8, 10]


def test_many_that_begin_at_once_are_taken_a_tick_at_a_time() -> None:
    rig = Rig(FleetPlan(SERVER, phones=1000, talk=THREE))
    rig.open_takes = 8
    rig.tick()
    assert 5 <= len(rig.links) <= 10
    rig.open_takes = 0
    rig.to_the_end()
    assert told(rig.fleet.snapshot()) == (1000, 1000, 1000, 0, 0, 0)


def test_phones_call_again_after_a_rest_until_there_were_so_many_calls() -> None:
    rig = Rig(FleetPlan(SERVER, phones=4, talk=THREE, rest=Durations.always(2 * SECOND), calls=10))
    rig.to_the_end()
    assert told(rig.fleet.snapshot()) == (10, 10, 10, 0, 0, 0)
    began = [now for now, *_ in rig.media.begun]
    assert [began[n + 4] - began[n] for n in range(4)] == pytest.approx([5 * SECOND] * 4, abs=8 * TICK)
    assert len({start.id for start in starts(rig)}) == 10


def test_fewer_calls_than_phones_are_made_by_some_of_them() -> None:
    rig = Rig(FleetPlan(SERVER, phones=9, talk=THREE, calls=4))
    rig.to_the_end()
    assert told(rig.fleet.snapshot()) == (4, 4, 4, 0, 0, 0)


def test_a_run_that_lasts_so_long_ends_in_order() -> None:
    rig = Rig(FleetPlan(SERVER, phones=6, talk=Durations.always(4 * SECOND), lasts=8 * SECOND))
    rig.to_the_end()
    snapshot = rig.fleet.snapshot()
    assert told(snapshot) == (12, 12, 12, 0, 0, 0)
    assert 8 <= snapshot.at_s < 11
    assert {outcome.packets.said for outcome in rig.outcomes[:6]} == {200}
    assert rig.outcomes[6].packets.said == pytest.approx(150, abs=3)


def test_the_same_seed_is_the_same_run() -> None:
    plan = FleetPlan(SERVER, phones=30, ramp=20.0, talk=Durations.about(SECOND), calls=90, bad_share=0.3, seed=4)
    runs = [Rig(plan), Rig(plan)]
    for rig in runs:
        rig.to_the_end()
    assert runs[0].outcomes == runs[1].outcomes
    assert runs[0].asked == runs[1].asked


def test_phones_call_from_their_sources() -> None:
    rig = Rig(FleetPlan(SERVER, phones=4, talk=THREE, sources=("127.0.0.2", "127.0.0.3")))
    rig.to_the_end()
    sources = ["127.0.0.2", "127.0.0.3"] * 2
    assert [link.source for link in rig.links] == sources
    assert [source for _, _, source, _ in rig.media.begun] == sources


def test_latencies_are_from_the_wish_to_the_answer() -> None:
    rig = Rig(FleetPlan(SERVER, phones=1, talk=THREE))

    def slow(link: FakeLink, message: control.Message) -> None:
        rig.clock.advance(SECOND // 2)
        accept(link, message)

    rig.answer = slow
    rig.to_the_end()
    snapshot = rig.fleet.snapshot()
    assert snapshot.start_latency.p99 == pytest.approx(0.5, rel=0.02)
    assert snapshot.stop_latency.p50 == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize(
    ("bad", "asked", "reset", "packets"),
    [
        (Bad.HANG_UP, ["Start"], False, 150),
        (Bad.RESET, ["Start"], True, 150),
        (Bad.SILENT, ["Start"], False, 150),
        (Bad.VANISH, ["Start", "Stop"], False, 150),
        (Bad.MUTE, ["Start", "Stop"], False, 75),
        (Bad.HALF, [], False, 0),
    ],
)
def test_each_way_to_stop_badly(bad: Bad, asked: list[str], reset: bool, packets: int) -> None:
    rig = Rig(FleetPlan(SERVER, phones=2, talk=THREE, bad_share=1.0, bad=(bad,)))
    rig.to_the_end()
    assert [message.cmd[6:-7] for message in rig.asked if message.id == rig.asked[0].id] == asked
    assert [link.reset for link in rig.links] == [reset] * 2
    assert [outcome.packets.said for outcome in rig.outcomes] == [packets] * 2
    in_order, started = bad is Bad.MUTE, 0 if bad is Bad.HALF else 2
    assert told(rig.fleet.snapshot()) == (2, started, 2 * in_order, 2 * (not in_order), 0, 0)


def test_one_that_falls_silent_keeps_its_connection_for_a_while() -> None:
    rig = Rig(FleetPlan(SERVER, phones=1, talk=THREE, bad_share=1.0, bad=(Bad.SILENT,), silent_for=7 * SECOND))
    rig.run(9.9)
    assert rig.links[0].open
    assert (rig.fleet.snapshot().ending, len(rig.media.ended)) == (1, 1)
    rig.run(0.3)
    assert not rig.links[0].open


def test_half_a_request_is_no_request_that_a_server_can_read() -> None:
    rig = Rig(FleetPlan(SERVER, phones=1, bad_share=1.0, bad=(Bad.HALF,)))
    rig.to_the_end()
    assert rig.links[0].sent.startswith(b"cmd=RecordStartRequest&id=")
    assert b"codec" not in rig.links[0].sent
    assert rig.fleet.snapshot().at_s == pytest.approx(5, abs=0.1)


def test_stopped_by_the_user_it_ends_in_order() -> None:
    rig = Rig(FleetPlan(SERVER, phones=100, talk=Durations.always(60 * SECOND), lasts=600 * SECOND))
    rig.run(5)
    rig.fleet.stop()
    rig.run(1)
    assert 40 <= rig.fleet.snapshot().ended <= 60
    rig.to_the_end(5)
    assert told(rig.fleet.snapshot()) == (100, 100, 100, 0, 0, 0)


def test_stopped_before_an_answer_it_cancels() -> None:
    rig = Rig(FleetPlan(SERVER, phones=3))
    rig.answer = lambda link, message: accept(link, message) if isinstance(message, control.StopRequest) else None
    rig.run(1)
    rig.fleet.stop()
    rig.to_the_end(5)
    assert told(rig.fleet.snapshot()) == (3, 0, 0, 0, 3, 0)
    assert len(rig.asked) == 6


def test_stopped_twice_it_ends_at_once() -> None:
    rig = Rig(FleetPlan(SERVER, phones=50, ramp=10.0, bad_share=0.5, talk=Durations.always(60 * SECOND)))
    rig.run(3)
    attempted = rig.fleet.snapshot().attempted
    rig.fleet.stop()
    rig.tick()
    rig.fleet.break_off()
    rig.to_the_end(0)
    snapshot = rig.fleet.snapshot()
    assert (snapshot.connecting, snapshot.talking, snapshot.ending) == (0, 0, 0)
    assert snapshot.attempted == attempted == snapshot.given_up + snapshot.cut + snapshot.ended


def test_phones_that_have_not_begun_never_do_when_it_is_stopped() -> None:
    rig = Rig(FleetPlan(SERVER, phones=100, ramp=1.0, talk=THREE))
    rig.run(1.5)
    rig.fleet.stop()
    rig.to_the_end(5)
    assert rig.fleet.snapshot().attempted == 2
    assert rig.fleet.tally.states[State.GONE] == 100


def test_its_own_stall_is_told_and_all_that_was_due_is_said() -> None:
    rig = Rig(FleetPlan(SERVER, phones=1, talk=THREE))
    rig.run(1)
    rig.clock.advance(SECOND)
    rig.to_the_end()
    assert rig.fleet.snapshot().loop_lag.most == pytest.approx(1, abs=0.02)
    assert rig.outcomes[0].packets.said == 150


def test_a_stall_over_the_end_of_a_talk_cuts_nothing_off() -> None:
    rig = Rig(FleetPlan(SERVER, phones=1, talk=THREE))
    rig.run(2.5)
    rig.clock.advance(SECOND)
    rig.to_the_end()
    assert rig.outcomes[0].packets.said >= 150


def test_ticks_do_not_drift() -> None:
    rig = Rig(FleetPlan(SERVER, phones=1, talk=THREE))
    for _ in range(20):
        rig.tick(TICK + 7)
        assert rig.fleet.due % TICK == 0


def test_a_process_that_has_no_more_to_give_says_so() -> None:
    rig = Rig(FleetPlan(SERVER, phones=1, talk=Durations.always(20 * SECOND)))
    for _ in range(1000):
        rig.tick()
        rig.cpu_s += 0.0099
    assert rig.fleet.snapshot().bottleneck == "it uses all of a core (99%)"
    rig.to_the_end()
    assert rig.fleet.snapshot().bottleneck.startswith("it uses all of a core (99%) (for ")
    assert rig.fleet.snapshot().cpu_share == 0
