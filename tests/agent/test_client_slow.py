"""Clients that read slowly, late or never: what is kept for them has an end, and nobody else waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from phone_recorder import control_api as api
from phone_recorder.agent.client import MOST_UNREAD, PATIENCE_S
from tests.agent.control_rig import Caller, Rig, line, rigged


@pytest.fixture
def rig() -> Iterator[Rig]:
    with rigged() as rig:
        yield rig


def flood(rig: Rig, caller: Caller, request: bytes) -> None:
    """Ask until nothing more is taken."""
    rig.settle()
    stuck, left = 0, b""
    while stuck < 50 and rig.control.connections:
        left = left or request * 100
        try:
            left = left[caller.socket.send(left) :]
            stuck = 0
        except (BlockingIOError, BrokenPipeError, ConnectionResetError):
            stuck += 1
        rig.settle(1)


def test_a_client_that_never_reads_is_not_read_either_and_closed_in_the_end(rig: Rig) -> None:
    deaf, other = rig.caller(reads=False), rig.caller()
    flood(rig, deaf, line("status.get"))
    rig.settle(200)
    asked = len(rig.agent.asked)
    assert 1 < asked < 20_000
    other.ask("call.list")
    rig.settle(200)
    assert other.ids == [1] and len(rig.agent.asked) == asked + 1 and rig.control.connections == 2
    rig.reactor.skew_s += PATIENCE_S
    rig.settle()
    assert rig.control.connections == 1
    assert "a client that did not read its answers was closed" in rig.said.getvalue()


def test_a_client_that_reads_at_last_gets_every_answer(rig: Rig) -> None:
    slow = rig.caller(reads=False)
    flood(rig, slow, line("status.get"))
    rig.settle(200)
    slow.read()
    rig.until(lambda: slow.data.count(b"\n") == len(rig.agent.done) > 1000)
    rig.reactor.skew_s += 10 * PATIENCE_S
    rig.settle()
    assert not slow.ended and set(slow.ids) == {1}


def test_a_large_answer_is_not_too_much_by_itself_however_many_are_asked_for(rig: Rig) -> None:
    found = [api.Recording(f"Record_{number:014}.wav", 1, 1.0) for number in range(10_000)]
    rig.agent.results[api.ListRecordings] = api.RecordingList(found)
    caller = rig.caller()
    caller.send(b"".join(line("recordings.list", id_=number) for number in range(10)))
    rig.until(lambda: caller.data.count(b"\n") == 10)
    assert caller.ids == list(range(10)) and len(caller.data) > 10 * MOST_UNREAD


def test_answers_that_come_at_once_to_one_that_does_not_read_close_it(rig: Rig) -> None:
    held = rig.agent.held[api.ListRecordings] = Future()
    found = [api.Recording(f"Record_{number:014}.wav", 1, 1.0) for number in range(10_000)]
    rig.agent.results[api.ListRecordings] = api.RecordingList(found)
    caller = rig.caller(reads=False)
    caller.send(b"".join(line("recordings.list", id_=number) for number in range(10)))
    rig.settle()
    held.set_result(None)
    rig.settle()
    assert len(rig.agent.done) == 10 and rig.control.connections == 0
