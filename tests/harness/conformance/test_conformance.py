"""The control cases: each fault of a server is noticed, a right one passes, and ours does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from phone_recorder.harness.conformance.client import ANSWER_S, Address, start_request
from phone_recorder.harness.conformance.run import CASES, conform, conformance_cases, demand_of
from phone_recorder.harness.conformance.server import Server
from phone_recorder.harness.result import Result
from phone_recorder.server.service import Service
from tests.harness.conformance.faulty_server import FAULTS, FaultyServer

NOTICED = {
    "answers with another id": "takes a recording",
    "answers a stop with the start's name": "stops what was silent",
    "leaves the result out": "takes a recording",
    "names port 0": "takes a recording",
    "names port 99999": "takes a recording",
    "names a port where nobody listens": "takes rtp",
    "gives all recordings one port": "has a port for each",
    "takes any codec": "refuses an unknown codec",
    "refuses without a reason": "refuses an unknown codec",
    "takes a start without a codec": "refuses without a codec",
    "takes a start without an id": "refuses without an id",
    "takes a running id": "refuses a running id",
    "knows no G722": "takes each codec",
    "does not decode names": "takes hard names",
    "knows its own fields alone": "ignores unknown fields",
    "reads a segment as a message": "takes it a byte at a time",
    "answers the first of two requests": "takes two in one segment",
    "ends messages at LF alone": "takes two in one segment",
    "holds what has no end": "ends what has no end",
    "dies of garbage": "survives garbage",
    "never answers a stop": "stops what was silent",
    "says that it stopped what it never started": "stops nothing unknown",
    "takes five recordings in all": "takes many",
    "stores all but the last packet": "takes rtp",
    "stores every SSRC": "takes one source",
    "stores two recordings in one file": "keeps recordings apart",
    "forgets a recording whose connection is lost": "survives a lost connection",
}


def taken_through(server: Server, *names: str) -> dict[str, Result]:
    """What came of these cases."""
    wanted = tuple(case for case in conformance_cases() if case.name.removeprefix("server/") in names)
    return {result.case.name.removeprefix("server/"): result for result in conform(server, wanted, seed=1)}


def server_at(address: Address, stored: Path, patience_s: float = 2.0) -> Server:
    return Server(address, stored=stored, answer_s=patience_s)


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


def test_each_fault_has_its_case() -> None:
    assert NOTICED.keys() == set(FAULTS)
    assert set(NOTICED.values()) <= CASES.keys()


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
