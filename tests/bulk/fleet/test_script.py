"""What each phone is, and what each of its calls is like."""

from __future__ import annotations

from dataclasses import replace

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.plan import Bad, FleetPlan
from phone_recorder.bulk.fleet.script import Call, call_of, device_of, request_of
from tests.bulk.fleet.rig import RUN, SECOND, SERVER

PLAN = FleetPlan(
    SERVER, phones=300, talk=Durations(SECOND, 9 * SECOND), rest=Durations.about(SECOND), bad_share=0.2, seed=5
)


def calls(plan: FleetPlan) -> list[Call]:
    return [call_of(plan, phone, number) for number in range(4) for phone in range(plan.phones)]


def test_the_same_seed_gives_the_same_calls_in_any_order() -> None:
    assert calls(PLAN) == calls(PLAN)
    assert call_of(PLAN, 7, 3) == calls(PLAN)[3 * 300 + 7]


def test_the_calls_of_a_phone_and_the_phones_differ() -> None:
    assert len({call_of(PLAN, 0, number).talk for number in range(20)}) == 20
    assert len({call_of(PLAN, phone, 0).talk for phone in range(20)}) == 20
    assert len({call.key for call in calls(PLAN)}) == 1200


def test_another_seed_gives_others() -> None:
    pairs = list(zip(calls(PLAN), calls(replace(PLAN, seed=6)), strict=True))
    for name in ("talk", "ssrc", "timestamp"):
        assert sum(getattr(a, name) == getattr(b, name) for a, b in pairs) < len(pairs) / 100


def test_no_two_calls_have_a_flow_an_ssrc_or_an_id_in_common() -> None:
    all_calls = calls(PLAN)
    assert {call.flow for call in all_calls} == set(range(1200))
    assert len({call.ssrc for call in all_calls}) == 1200
    assert len({call_of(PLAN, 0, number).ssrc for number in range(0, 8192, 64)}) == 128
    assert len({request_of(PLAN, 0, call, RUN).id for call in all_calls}) == 1200


def test_as_many_stop_badly_as_is_asked_for_in_each_of_the_ways() -> None:
    bad = [call.bad for call in calls(PLAN) if call.bad]
    assert 0.15 < len(bad) / 1200 < 0.25
    assert set(bad) == set(Bad)
    assert not any(call.bad for call in calls(replace(PLAN, bad_share=0.0)))


def test_what_a_phone_says_of_itself() -> None:
    request = request_of(PLAN, 299, call_of(PLAN, 299, 0), RUN)
    assert request.id == f"{RUN}{299:016x}"
    assert (request.device, request.local_number, request.codec) == ("02000000012b", "1299", "PCMU")
    assert len({device_of(phone) for phone in range(300)}) == 300


def test_a_run_that_is_repeated_asks_with_other_ids() -> None:
    first = call_of(PLAN, 0, 0)
    assert request_of(PLAN, 0, first, RUN).id != request_of(PLAN, 0, first, "00000000000000ab").id
