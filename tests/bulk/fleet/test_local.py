"""A fleet in mode local in virtual time: which calls there are, when they end, and what is counted."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.local_messages import Checked, Counts, End, Say
from phone_recorder.bulk.fleet.local_recording import LEAD
from phone_recorder.bulk.fleet.phone_table import Action
from phone_recorder.bulk.fleet.plan import FleetPlan, Local
from phone_recorder.bulk.live import TICK
from tests.bulk.fleet.local_rig import SECOND, FakeChecker, Rig

LOCAL = Local(Path("drive"))
PLAN = FleetPlan(local=LOCAL, phones=10, talk=Durations.always(SECOND), rest=Durations.always(SECOND))


def plan(**more: object) -> FleetPlan:
    return replace(PLAN, **more)  # type: ignore[arg-type]


def test_each_phone_makes_one_call_and_both_its_legs_are_said() -> None:
    rig = Rig(PLAN)
    rig.to_the_end()
    last = rig.fleet.snapshot()
    assert (last.attempted, last.started, last.ended, last.failures, last.files) == (10, 10, 10, {}, 10)
    assert (last.connecting, last.talking, last.ending, last.frames_lost) == (0, 0, 0, 0)
    says = [one for one in rig.sender.told if isinstance(one, Say)]
    assert sorted(one.flow for one in says) == list(range(20))
    assert len({one.ssrc for one in says}) == 20
    assert {one.packets for one in says} == {50}
    assert all(one.packets.said == 100 for one in rig.outcomes)


def test_they_begin_at_the_ramp_and_the_recorder_ticks_meanwhile() -> None:
    rig = Rig(plan(ramp=10.0))
    rig.run(0.55)
    assert rig.fleet.snapshot().talking == 6
    rig.to_the_end()
    assert {later - earlier for earlier, later in pairwise(rig.recorder.ticks)} == {TICK}
    assert rig.fleet.snapshot().start_latency.most == 0.0


def test_a_recording_lasts_a_little_longer_than_what_is_said() -> None:
    rig = Rig(plan(phones=1))
    rig.run(0.01)
    [(_, began)] = rig.recorder.running.values()
    say = next(one for one in rig.sender.told if isinstance(one, Say))
    assert LEAD <= say.start - began < LEAD + 160
    rig.run(1.0)
    assert not rig.recorder.stopped
    rig.run(0.3)
    [stopped] = rig.recorder.stopped.values()
    assert say.start + SECOND < stopped < began + SECOND + SECOND // 2
    rig.to_the_end()
    assert 1.0 <= rig.fleet.snapshot().stop_latency.most <= 1.2


def test_a_phone_whose_talk_comes_late_is_not_cut_off() -> None:
    rig = Rig(plan(phones=1))
    rig.run(0.5)
    rig.sender.behind = SECOND
    rig.run(1.5)
    assert not rig.recorder.stopped
    rig.run(0.5)
    assert rig.recorder.stopped
    rig.to_the_end()
    assert (rig.fleet.snapshot().ended, rig.fleet.snapshot().frames_lost) == (1, 0)


def test_calls_in_all_and_the_time_for_them_are_kept() -> None:
    rig = Rig(plan(phones=3, calls=7))
    rig.to_the_end()
    assert rig.fleet.snapshot().ended == 7
    assert len({one.call.flow for one in rig.outcomes}) == 7
    rig = Rig(plan(phones=3, lasts=10 * SECOND))
    rig.to_the_end()
    assert 6 <= rig.fleet.snapshot().ended <= 12
    assert rig.fleet.snapshot().at_s < 12.0


def test_where_starts_are_slow_the_recorder_has_its_turn_all_the_same() -> None:
    rig = Rig(plan(phones=100))
    rig.recorder.takes = SECOND // 100
    rig.run(0.5)
    assert 0 < rig.fleet.snapshot().started < 100
    assert len(rig.recorder.ticks) >= 2
    rig.to_the_end()
    last = rig.fleet.snapshot()
    assert last.ended == 100
    assert last.start_latency.most == pytest.approx(1.0, rel=0.1)


def test_a_drive_that_takes_no_file_fails_each_call_with_its_reason_and_nothing_is_said() -> None:
    rig = Rig(plan(calls=25))
    rig.recorder.full = True
    rig.to_the_end()
    last = rig.fleet.snapshot()
    assert (last.attempted, last.started, last.failures) == (25, 0, {"the drive is full": 25})
    assert rig.sender.told == []


def test_a_recording_that_fails_in_the_middle_is_told_to_the_sender_and_counted() -> None:
    rig = Rig(plan(phones=2))
    rig.run(0.5)
    rig.recorder.end(1, "cut short", "the drive was removed")
    assert [one for one in rig.sender.told if isinstance(one, End)] == [End((0, 1))]
    rig.to_the_end()
    last = rig.fleet.snapshot()
    assert (last.started, last.ended, last.failures) == (2, 1, {"the drive was removed": 1})


def test_want_of_ports_is_a_failure_and_the_phone_goes_on() -> None:
    rig = Rig(plan(phones=1, calls=2))
    rig.recorder.refuses = "cannot use UDP port 0"
    rig.run(0.5)
    rig.recorder.refuses = ""
    rig.to_the_end()
    last = rig.fleet.snapshot()
    assert (last.attempted, last.ended, last.failures) == (2, 1, {"cannot use UDP port 0": 1})


def test_what_a_failed_sync_may_have_lost_has_failed() -> None:
    rig = Rig(plan(phones=1))
    rig.recorder.fault = "input/output error"
    rig.to_the_end()
    assert rig.fleet.snapshot().failures == {"the end may be lost: input/output error": 1}


def test_stopped_it_ends_the_legs_first_and_then_the_recordings() -> None:
    rig = Rig(plan(phones=4, talk=Durations.always(60 * SECOND), ramp=2.0))
    rig.run(1.2)
    rig.fleet.stop()
    assert not rig.recorder.stopped
    assert isinstance(rig.sender.told[-1], End)
    rig.to_the_end(2.5)
    last = rig.fleet.snapshot()
    assert (last.attempted, last.ended, last.given_up, last.failed) == (3, 3, 0, 0)


def test_broken_off_it_ends_at_once_and_what_came_is_kept() -> None:
    rig = Rig(plan(phones=4, talk=Durations.always(60 * SECOND)))
    rig.run(1.0)
    rig.fleet.break_off()
    rig.to_the_end(0.0)
    last = rig.fleet.snapshot()
    assert (last.started, last.ended, last.given_up) == (4, 0, 4)
    assert {one.how for one in rig.outcomes} == {Action.GIVE_UP}


def test_a_call_whose_file_is_whole_and_of_whose_legs_nothing_was_heard_is_given_up_too() -> None:
    rig = Rig(plan(phones=1))
    rig.run(0.5)
    rig.recorder.end(1, "recorded", "")
    rig.fleet.break_off()
    assert rig.fleet.over
    assert rig.fleet.snapshot().given_up == 1


def test_without_a_sender_recordings_end_and_are_kept_and_it_is_said_why() -> None:
    rig = Rig(plan(phones=4, talk=Durations.always(60 * SECOND), calls=100))
    rig.run(1.0)
    rig.sender.trouble = "the process that talks for the phones has ended before its time: killed by SIGKILL"
    rig.to_the_end(2.5)
    last = rig.fleet.snapshot()
    assert (last.started, last.ended, last.given_up, last.failed, last.files) == (4, 0, 4, 0, 4)
    assert rig.fleet.trouble == rig.sender.trouble


def test_what_did_not_come_or_too_late_is_counted() -> None:
    rig = Rig(PLAN)
    rig.recorder.lost, rig.recorder.late = 2, 3
    rig.to_the_end()
    assert rig.fleet.snapshot().frames_lost == 10 * 2 * (2 + 3)
    assert rig.fleet.snapshot().frames_late == 10 * 2 * 3


def test_it_is_over_when_all_files_are_looked_at() -> None:
    checker = FakeChecker()
    rig = Rig(PLAN, checker)
    rig.run(10.0)
    assert len(checker.asked) == 10
    assert not rig.fleet.over
    assert checker.asked[0].paths == ("1.wav",)
    assert [(leg.flow, leg.said, leg.placed) for leg in checker.asked[0].legs] == [(0, 50, 50), (1, 50, 50)]
    waiting = rig.fleet.snapshot()
    assert waiting.at_s < 5.0, "the time of those who look is none of the run"
    assert (waiting.files_looked_at, waiting.wrong_if_known) == (0, None)
    checker.answers = [*[Checked(60, 0)] * 9, Checked(60, 3, 2)]
    rig.to_the_end(1.0)
    last = rig.fleet.snapshot()
    assert (last.frames_wrong, last.frames_lost, last.frames_late) == (3, 2, 2)
    assert (last.files_looked_at, last.wrong_if_known, last.at_s) == (10, 3, waiting.at_s)


@pytest.mark.parametrize("how", ["dies", "is not waited for"])
def test_a_checker_that_does_not_answer_holds_nobody_up(how: str) -> None:
    checker = FakeChecker()
    rig = Rig(PLAN, checker)
    rig.run(10.0)
    if how == "dies":
        checker.trouble = "the process that looks at the files has ended before its time: exit code 1"
        rig.run(1.0)
        assert rig.fleet.trouble == checker.trouble
    else:
        rig.fleet.break_off()
    assert rig.fleet.over
    assert rig.fleet.snapshot().wrong_if_known is None


def test_it_says_when_the_kernel_drops_the_ticks_take_too_long_or_the_talk_is_late() -> None:
    rig = Rig(plan(talk=Durations.always(60 * SECOND)))
    rig.run(1.5)
    assert rig.fleet.snapshot().bottleneck == ""
    rig.recorder.dropped = 7
    rig.run(1.0)
    assert rig.fleet.snapshot().bottleneck == "the kernel had no room for 7 of the packets that came"
    rig.run(1.0)
    assert rig.fleet.snapshot().bottleneck == ""
    rig.sender.counts = Counts(late_share=0.5)
    rig.run(4.0)
    assert rig.fleet.snapshot().bottleneck.startswith("50% of the ticks of the process that talks for the phones")
    rig.sender.counts = Counts()
    for _ in range(20):
        rig.clock.advance(TICK * 5 // 2)
        rig.fleet.advance(rig.clock.now())
    assert rig.fleet.snapshot().bottleneck.startswith("100% of its ticks take longer than the 200 ms")
