"""What the phones of a Locust process share: numbers that nobody else has, and the end of a test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import device_of
from phone_recorder.errors import UsageError
from phone_recorder.recording.units import SECOND
from tests.peers import need_module

FLOW = re.compile(rb"cmd=RecordStartRequest&id=([0-9a-f]{16})([0-9a-f]{16})&device=([0-9a-f]{12})&")


@pytest.fixture(autouse=True)
def gevent_is_there() -> Iterator[None]:
    need_module("gevent")
    import gevent

    with gevent.Timeout(30, AssertionError("a call that does not end")):
        yield


def obliging_any(connection: Any) -> None:
    """Records whatever call it is, and stops it."""
    while data := connection.recv(4096):
        known = data.split(b"&id=")[1].split(b"&")[0]
        kind = b"Stop" if b"StopRequest" in data else b"Start"
        connection.sendall(
            b"cmd=Record%sResponse&id=%s&result=success&reason=&server=127.0.0.1&port=9\n" % (kind, known)
        )


def site(plan: FleetPlan, index: int, told: Any = None) -> Any:
    from phone_recorder.bulk.locust.worker_site import WorkerSite
    from tests.bulk.locust import rig

    told = told or rig.Told()
    return WorkerSite(plan, "pattern", index, told.steps.append, told.seconds.append)


def test_no_two_phones_of_any_process_have_one_number() -> None:
    from phone_recorder.bulk.locust.options import SLOTS

    plan = FleetPlan(("127.0.0.1", 9), phones=SLOTS)
    numbers = [made.next_phone() for index in (0, 1, SLOTS - 1) for made in [site(plan, index)] for _ in range(100)]
    assert len({device_of(number) for number in numbers}) == len(numbers)


@pytest.mark.parametrize("index", [-1, 1024])
def test_more_processes_than_there_are_numbers_for_are_refused(index: int) -> None:
    with pytest.raises(UsageError, match="at most 1024 workers can take part"):
        site(FleetPlan(("127.0.0.1", 9)), index)


def test_calls_of_two_processes_are_told_apart_and_each_run_has_its_own_ids() -> None:
    from phone_recorder.bulk.locust.options import SLOTS
    from tests.bulk.locust import rig

    with rig.serving(obliging_any) as server:
        plan = FleetPlan(server.address, phones=SLOTS, talk=Durations.always(SECOND // 50), policy=rig.LF)
        told = rig.Told()
        for index in (0, 5):
            made = site(plan, index, told)
            try:
                for _ in range(3):
                    assert made.make_call(made.next_phone()) == 1.0
            finally:
                made.close()
        assert told.failures == {}
        found = [FLOW.match(heard) for heard in server.heard]
    flows = [int(one[2], 16) for one in found if one]
    assert flows == [0, SLOTS, 2 * SLOTS, 5, SLOTS + 5, 2 * SLOTS + 5]
    assert len({one[1] for one in found if one}) == 2
    assert len({one[3] for one in found if one}) == 6


def test_phones_of_a_process_call_in_turn_from_those_sources_that_are_its_machine_s() -> None:
    from phone_recorder.bulk.locust.options import SLOTS
    from tests.bulk.locust import rig

    sources = ("198.51.100.1", "127.0.0.2", "127.0.0.3", "198.51.100.2", "127.0.0.4", "127.0.0.5")
    told = rig.Told()
    with rig.serving(obliging_any) as server:
        plan = FleetPlan(
            server.address, phones=SLOTS, talk=Durations.always(SECOND // 10), policy=rig.LF, sources=sources
        )
        made = site(plan, 1, told)
        try:
            for _ in range(4):
                made.make_call(made.next_phone())
        finally:
            made.close()
    assert made.plan.sources == ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5")
    assert (told.failures, server.callers) == ({}, ["127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.2"])


def test_sources_none_of_which_is_here_are_refused() -> None:
    with pytest.raises(UsageError, match=r"no phone can call from 198\.51\.100\.1: "):
        site(FleetPlan(("127.0.0.1", 9), sources=("198.51.100.1", "198.51.100.2")), 0)


def test_when_flows_begin_again_their_ids_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    from phone_recorder.bulk.locust import worker_site
    from phone_recorder.bulk.locust.options import SLOTS
    from tests.bulk.locust import rig

    monkeypatch.setattr(worker_site, "MOST_CALLS", 2)
    with rig.serving(obliging_any) as server:
        made = site(FleetPlan(server.address, phones=SLOTS, talk=Durations.always(80), policy=rig.LF), 1)
        try:
            for _ in range(3):
                made.make_call(1)
        finally:
            made.close()
        found = [FLOW.match(heard) for heard in server.heard]
    assert [int(one[2], 16) for one in found if one] == [1, SLOTS + 1, 1]
    assert len({one[1] for one in found if one}) == 2


def test_leaving_waits_for_the_ends_of_calls_and_no_phone_calls_any_more() -> None:
    import gevent

    from phone_recorder.bulk.locust.options import SLOTS
    from tests.bulk.locust import rig

    told = rig.Told()
    with rig.serving(obliging_any) as server:
        made = site(FleetPlan(server.address, phones=SLOTS, policy=rig.LF), 0, told)
        try:
            calls = [gevent.spawn(made.make_call, number) for number in range(5)]
            rig.until(lambda: told.names.count("start") == 5, "all talk")
            made.leave()
            assert all(call.ready() for call in calls) or made.calling == 0
            assert told.names.count("stop") == told.names.count("talk") == 5
            assert (told.failures, made.make_call(7), len(server.heard)) == ({}, 1.0, 5)
        finally:
            made.close()


def test_where_no_server_was_ever_reached_a_call_fails_with_what_to_do() -> None:
    from phone_recorder.bulk.locust.options import SLOTS
    from tests.bulk.locust import rig

    with rig.serving(obliging_any) as server:
        gone = server.address
    told = rig.Told()
    made = site(FleetPlan(gone, phones=SLOTS, policy=rig.LF), 0, told)
    made.make_call(0)
    made.make_call(1)
    hint = (
        f"is a record server running at 127.0.0.1:{gone[1]}? `phone-recorder server --port {gone[1]} --storage DIR`"
        " starts one; -H names another"
    )
    assert [str(step.failure) for step in told.steps] == [f"cannot connect: connection refused ({hint})"] * 2
    assert told.failures["start"].startswith("RecordingFailed: ")


def test_where_one_was_reached_before_it_is_not_asked_whether_there_is_one() -> None:
    from phone_recorder.bulk.locust.options import SLOTS
    from tests.bulk.locust import rig

    told = rig.Told()
    with rig.serving(obliging_any) as server:
        plan = FleetPlan(server.address, phones=SLOTS, talk=Durations.always(80), policy=rig.LF)
        made = site(plan, 0, told)
        made.make_call(0)
    try:
        assert told.failures == {}
        made.make_call(0)
        assert told.failures == {"start": "RecordingFailed: cannot connect: connection refused"}
    finally:
        made.close()
