"""Fleets in real time against the record server; every frame of every file is looked at."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.live import Running
from phone_recorder.bulk.fleet.plan import Bad, FleetPlan
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.errors import UsageError
from tests.bulk.fleet.live_rig import LF, SHORT, Server, run, serving, settled

pytestmark = pytest.mark.live


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "storage") as running:
        yield running


def test_two_hundred_phones_are_recorded_to_the_packet(server: Server) -> None:
    made = run(FleetPlan(server.address, phones=200, ramp=400.0, talk=Durations.always(3 * 8000), policy=LF))
    snapshot = made.snapshot
    assert (snapshot.attempted, snapshot.started, snapshot.ended, snapshot.failures) == (200, 200, 200, {})
    assert (snapshot.packets_unsent, snapshot.start_latency.count, snapshot.stop_latency.count) == (0, 200, 200)
    files = settled(server.storage, 200)
    assert files.keys() == set(range(200))
    for flow, file in files.items():
        assert file.state == "recorded"
        assert file.frames == list(range(made.packets[flow])), f"flow {flow}"
    assert min(made.packets.values()) >= 150
    assert snapshot.packets_said == sum(made.packets.values()) == snapshot.packets_sent


@pytest.mark.parametrize(("codec", "ptime_ms"), [("PCMA", 10), ("PCMU", 60)])
def test_other_codecs_and_packet_times_without_terminators(server: Server, codec: str, ptime_ms: int) -> None:
    made = run(FleetPlan(server.address, phones=10, talk=SHORT, codec=codec, ptime_ms=ptime_ms))
    assert (made.snapshot.ended, made.snapshot.failures) == (10, {})
    # Quiet ends each request: the server cannot answer before.
    assert made.snapshot.start_latency.least >= 0.2
    for flow, file in settled(server.storage, 10).items():
        assert file.frames == list(range(made.packets[flow]))


def test_what_the_network_loses_is_silence_and_all_else_is_in_its_place(server: Server) -> None:
    impairments = Impairments(loss=0.05, duplicate=0.05, reorder=0.05)
    plan = FleetPlan(server.address, phones=50, talk=Durations.always(3 * 8000), policy=LF, impairments=impairments)
    made = run(plan)
    snapshot = made.snapshot
    assert (snapshot.ended, snapshot.failures) == (50, {})
    assert 0.03 < snapshot.packets_dropped / snapshot.packets_said < 0.07
    files = settled(server.storage, 50)
    kept = {outcome.call.flow: outcome.packets.said - outcome.packets.dropped for outcome in made.outcomes}
    assert {flow: sum(frame >= 0 for frame in file.frames) for flow, file in files.items()} == kept


@pytest.mark.parametrize("source", ["", "127.0.0.1-127.0.0.4"])
def test_phones_call_again_and_again(server: Server, source: str) -> None:
    from phone_recorder.bulk.fleet.words import parse_sources

    sources = parse_sources(source) if source else ()
    plan = FleetPlan(
        server.address,
        phones=20,
        talk=Durations(800, 4000),
        rest=Durations.about(800),
        calls=100,
        policy=LF,
        sources=sources,
    )
    made = run(plan)
    assert (made.snapshot.ended, made.snapshot.failures) == (100, {})
    files = settled(server.storage, 100)
    assert {flow: len(file.frames) for flow, file in files.items()} == made.packets


BADLY = {
    Bad.HANG_UP: ("cut short", "the control connection was lost"),
    Bad.RESET: ("cut short", "the control connection was lost"),
    Bad.SILENT: ("cut short", "the control connection was lost"),
    Bad.MUTE: ("recorded", "call ended"),
    Bad.VANISH: ("recorded", "call ended"),
}


@pytest.mark.parametrize("bad", BADLY)
def test_what_a_phone_that_stops_badly_leaves_is_kept(server: Server, bad: Bad) -> None:
    plan = FleetPlan(
        server.address, phones=20, talk=SHORT, policy=LF, bad_share=1.0, bad=(bad,), silent_for=4000, ramp=100.0
    )
    made = run(plan)
    assert made.snapshot.failures == {}
    assert (made.snapshot.ended, made.snapshot.cut) == ((20, 0) if bad is Bad.MUTE else (0, 20))
    for flow, file in settled(server.storage, 20).items():
        assert (file.state, file.reason) == BADLY[bad]
        said = [frame for frame in file.frames if frame >= 0]
        assert said == list(range(made.packets[flow]))
        assert made.packets[flow] == pytest.approx(25 if bad is Bad.MUTE else 50, abs=3)


def test_half_a_request_leaves_nothing(server: Server) -> None:
    made = run(FleetPlan(server.address, phones=5, talk=SHORT, bad_share=1.0, bad=(Bad.HALF,), policy=LF))
    assert (made.snapshot.attempted, made.snapshot.cut, made.snapshot.started) == (5, 5, 0)
    assert list(server.storage.glob("Record_*")) == []


def test_a_server_that_is_full_refuses_in_its_own_words(tmp_path: Path) -> None:
    with serving(tmp_path / "storage", "--max-sessions", "5") as server:
        made = run(FleetPlan(server.address, phones=12, talk=SHORT, policy=LF))
        assert made.snapshot.ended == 5
        assert made.snapshot.failures == {"refused: too many recordings: 5 run already": 7}
        settled(server.storage, 5)


def test_a_server_that_dies_in_the_middle(server: Server) -> None:
    def kill(fleet: Running) -> None:
        if fleet.snapshot().talking == 20:
            server.process.kill()

    plan = FleetPlan(server.address, phones=20, talk=Durations.always(30 * 8000), policy=LF)
    snapshot = run(plan, kill).snapshot
    assert (snapshot.started, snapshot.ended, snapshot.failed) == (20, 0, 20)
    assert all(reason.startswith("connection lost: ") for reason in snapshot.failures)
    assert snapshot.at_s < 30, "they would have talked so long"


def test_nobody_listens_there(server: Server) -> None:
    server.process.kill()
    server.process.wait()
    snapshot = run(FleetPlan(server.address, phones=30, policy=LF)).snapshot
    assert snapshot.failures == {"cannot connect: connection refused": 30}


def test_a_source_that_is_not_of_this_machine_is_said_at_the_start() -> None:
    with pytest.raises(UsageError, match=r"no phone can call from 192\.0\.2\.1"):
        run(FleetPlan(("127.0.0.1", 9), sources=("192.0.2.1",)))
    for source in ("224.0.0.1", "255.255.255.255", "127.255.255.255", "0.0.0.0"):
        with pytest.raises(UsageError, match=f"no phone can call from {source}"):
            run(FleetPlan(("127.0.0.1", 9), sources=(source,)))


def test_interrupted_it_ends_in_order(server: Server) -> None:
    sent: list[bool] = []

    def interrupt(fleet: Running) -> None:
        if fleet.snapshot().talking == 10 and not sent:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    made = run(FleetPlan(server.address, phones=10, talk=Durations.always(60 * 8000), policy=LF), interrupt)
    assert made.interrupted == signal.SIGINT
    assert (made.snapshot.ended, made.snapshot.given_up, made.snapshot.failures) == (10, 0, {})
    for flow, file in settled(server.storage, 10).items():
        assert (file.state, file.frames) == ("recorded", list(range(made.packets[flow])))


def test_interrupted_twice_it_ends_at_once(server: Server) -> None:
    def interrupt(fleet: Running) -> None:
        if fleet.snapshot().talking:
            os.kill(os.getpid(), signal.SIGINT)

    made = run(FleetPlan(server.address, phones=10, talk=Durations.always(60 * 8000), policy=LF), interrupt, 0.02)
    assert made.interrupted
    assert made.snapshot.given_up + made.snapshot.ended == 10
    assert made.snapshot.given_up
    assert {file.state for file in settled(server.storage, 10).values()} <= {"recorded", "cut short"}
