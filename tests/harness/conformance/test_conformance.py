"""The control cases: each fault of a server is noticed, a right one passes, and ours does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from phone_recorder.harness.conformance.answers import Address
from phone_recorder.harness.conformance.client import ANSWER_S
from phone_recorder.harness.conformance.messages import start_request
from phone_recorder.harness.conformance.run import CASES, STORAGE, UNSEEN, conform, conformance_cases, demand_of
from phone_recorder.harness.conformance.server import Server
from phone_recorder.harness.runner.result import Result
from phone_recorder.server.service import Service
from tests.harness.conformance.faults import FAULTS, NOTICED
from tests.harness.conformance.faulty_server import FaultyServer


def taken_through(server: Server, *names: str) -> dict[str, Result]:
    """What came of these cases."""
    wanted = tuple(case for case in conformance_cases() if case.name.removeprefix("server/") in names)
    return {result.case.name.removeprefix("server/"): result for result in conform(server, wanted, seed=1)}


def server_at(address: Address, stored: Path, patience_s: float = 2.0) -> Server:
    return Server(address, stored=stored, answer_s=patience_s, stored_s=patience_s)


@contextmanager
def our_server(storage: Path) -> Iterator[Address]:
    """Ours, on a thread of its own."""
    address: Future[Address] = Future()
    stops: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        async with Service(storage, "127.0.0.1", 0) as service:
            stop = asyncio.Event()
            stops.set_result((asyncio.get_running_loop(), stop))
            address.set_result(service.address)
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    try:
        yield address.result(10)
    finally:
        loop, stop = stops.result(10)
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


def test_each_case_has_a_fault_that_it_notices() -> None:
    assert set(NOTICED.values()) == CASES.keys()


def test_what_is_stored_is_not_judged_unseen(tmp_path: Path) -> None:
    nowhere = Server(("127.0.0.1", 9))
    assert {(result.outcome, result.why) for result in taken_through(nowhere, *STORAGE).values()} == {
        ("skipped", UNSEEN)
    }


@pytest.mark.live
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_noticed(fault: str, tmp_path: Path) -> None:
    with FaultyServer(tmp_path, fault) as address:
        result = taken_through(server_at(address, tmp_path, 1.0), NOTICED[fault])[NOTICED[fault]]
    assert result.outcome == "failed", "it passed"
    assert "\n" not in str(result.failures[0])


@pytest.mark.live
def test_a_small_server_without_faults_passes(tmp_path: Path) -> None:
    with FaultyServer(tmp_path) as address:
        results = taken_through(server_at(address, tmp_path), *CASES)
    assert [str(failure) for result in results.values() for failure in result.failures] == []
    assert results.keys() == CASES.keys()


@pytest.mark.live
def test_our_server_conforms(tmp_path: Path) -> None:
    with our_server(tmp_path) as address:
        results = taken_through(server_at(address, tmp_path, ANSWER_S), *CASES)
    assert [str(failure) for result in results.values() for failure in result.failures] == []


@pytest.mark.live
def test_the_same_seed_is_taken_again_by_a_server_that_knows_the_ids_it_had(tmp_path: Path) -> None:
    with our_server(tmp_path) as address:
        runs = [taken_through(server_at(address, tmp_path, ANSWER_S), "takes rtp") for _ in range(2)]
    assert [run["takes rtp"].outcome for run in runs] == ["passed", "passed"]


@pytest.mark.live
def test_a_server_that_is_not_there_fails_in_one_line(tmp_path: Path) -> None:
    with FaultyServer(tmp_path) as address:
        pass
    result = taken_through(server_at(address, tmp_path), "takes a recording")["takes a recording"]
    assert [failure.seen for failure in result.failures] == ["no control connection comes about"]


def test_each_case_says_what_it_demands() -> None:
    assert all(demand_of(name).endswith(".") for name in CASES)


def test_a_request_is_as_the_guide_has_it() -> None:
    assert start_request("1f", remote_name="a&b") == (
        b"cmd=RecordStartRequest&id=1f&device=0015651234ab&remote_number=1002&remote_name=a%26b&local_number=1001"
        b"&local_name=Near&dir=out&codec=PCMU"
    )
