"""The control socket: how many come in, who has to leave, who may not connect at all, and thousands who try."""

from __future__ import annotations

import os
import resource
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from phone_recorder import control_api as api
from phone_recorder.agent.client import IDLE_S, PATIENCE_S
from phone_recorder.agent.control_socket import AGAIN_S, FULL, FULL_OF_ONE, LEAVE, MOST_CLIENTS, MOST_OF_A_PROCESS
from tests.agent.control_rig import Rig, line, rigged

CONNECTS = """
import socket, sys
sockets = []
for _ in range(int(sys.argv[2])):
    sockets.append(socket.socket(socket.AF_UNIX))
    sockets[-1].connect(sys.argv[1])
print("connected", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def rig() -> Iterator[Rig]:
    with rigged() as rig:
        yield rig


@pytest.fixture
def others(rig: Rig) -> Iterator[Callable[[int], None]]:
    """Has another process connect so many times, and stay."""
    running: list[subprocess.Popen[str]] = []

    def connect(number: int) -> None:
        before = rig.control.connections
        command = [sys.executable, "-c", CONNECTS, str(rig.path), str(number)]
        running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert running[-1].stdout and running[-1].stdout.readline() == "connected\n"
        rig.until(lambda: rig.control.connections == before + number)

    yield connect
    for process in running:
        process.communicate()


def test_a_process_has_eight_connections_and_is_told_so(rig: Rig) -> None:
    callers = [rig.caller() for _ in range(MOST_OF_A_PROCESS + 3)]
    rig.settle()
    assert rig.control.connections == MOST_OF_A_PROCESS
    for caller in callers[MOST_OF_A_PROCESS:]:
        (told,) = caller.told
        assert (told["id"], told["error"]["message"], caller.ended) == (None, FULL_OF_ONE, True)
    assert not any(caller.ended for caller in callers[:MOST_OF_A_PROCESS])
    assert rig.said.getvalue().count("was refused") == 1
    callers[0].leave()
    rig.settle()
    newcomer = rig.caller()
    newcomer.ask("status.get")
    rig.settle()
    assert newcomer.ids == [1]


def test_there_are_thirty_two_in_all(rig: Rig, others: Callable[[int], None]) -> None:
    for _ in range(MOST_CLIENTS // MOST_OF_A_PROCESS):
        others(MOST_OF_A_PROCESS)
    caller = rig.caller()
    rig.settle()
    assert caller.told[0]["error"]["message"] == FULL and caller.ended
    assert rig.control.connections == MOST_CLIENTS
    rig.reactor.skew_s += PATIENCE_S
    newcomer = rig.caller()
    newcomer.ask("status.get")
    rig.settle()
    assert newcomer.ids == [1] and rig.control.connections == MOST_CLIENTS


def test_whoever_has_asked_nothing_leaves_when_its_place_is_needed_the_oldest_first(rig: Rig) -> None:
    callers = [rig.caller() for _ in range(MOST_OF_A_PROCESS)]
    callers[0].ask("status.get")
    callers[1].send(line("status.get")[:-5])
    rig.settle()
    rig.reactor.skew_s += PATIENCE_S - 1
    early = rig.caller()
    rig.settle()
    assert early.ended
    rig.reactor.skew_s += 1
    rig.settle()
    assert not any(caller.ended for caller in callers)
    newcomer = rig.caller()
    rig.settle()
    assert [caller.ended for caller in callers] == [False, True] + [False] * (MOST_OF_A_PROCESS - 2)
    assert callers[1].told[0]["error"]["message"] == LEAVE and not newcomer.ended


def test_whoever_has_asked_nothing_for_a_minute_leaves_too_unless_it_watches_or_waits(rig: Rig) -> None:
    watching, waits, asked, *others = (rig.caller() for _ in range(MOST_OF_A_PROCESS))
    for caller in (watching, *others):
        caller.ask("events.watch", {"events": ["record"]})
    rig.agent.held[api.GetStatus] = Future()
    waits.ask("status.get")
    asked.ask("call.list")
    rig.settle()
    rig.reactor.skew_s += IDLE_S - 1
    assert full(rig) and not asked.ended
    rig.reactor.skew_s += 1
    assert not full(rig) and asked.ended
    assert asked.told[-1]["error"]["message"] == LEAVE
    assert not any(caller.ended for caller in (watching, waits, *others))
    rig.agent.held[api.GetStatus].set_result(None)


def full(rig: Rig) -> bool:
    """Whether one more is turned away."""
    newcomer = rig.caller()
    rig.settle()
    return newcomer.ended


def test_thousands_of_connections_keep_nobody_from_being_answered(rig: Rig) -> None:
    caller = rig.caller()
    for number in range(3000):
        with socket.socket(socket.AF_UNIX) as passing:
            passing.setblocking(False)
            passing.connect(str(rig.path))
            if number % 3 == 0:
                passing.send(b"x" * (number % 7))
            if number % 2:
                rig.settle(1)
        if number % 50 == 0:
            rig.settle(10)
            caller.ask("status.get", id_=number)
    rig.settle(50)
    assert caller.ids == list(range(0, 3000, 50)) and rig.control.connections == 1


def test_without_a_file_left_it_does_not_spin_and_goes_on_when_a_client_leaves(rig: Rig) -> None:
    caller = rig.caller()
    caller.ask("status.get")
    rig.settle()
    waiting = rig.caller()
    waiting.ask("status.get")
    with no_more_files():
        rig.settle()
        assert rig.control.connections == 1 and "too many open files" in rig.said.getvalue()
        before = resource.getrusage(resource.RUSAGE_THREAD)
        rig.reactor.later(0.3, rig.reactor.stop)
        rig.reactor.run()
        after = resource.getrusage(resource.RUSAGE_THREAD)
        assert after.ru_nvcsw - before.ru_nvcsw <= 2 and after.ru_utime - before.ru_utime < 0.05
    caller.leave()
    rig.settle()
    assert waiting.ids == [1]


def test_without_a_file_left_and_a_client_it_is_tried_again(rig: Rig) -> None:
    waiting = rig.caller()
    waiting.ask("status.get")
    with no_more_files():
        rig.settle()
        rig.reactor.skew_s += AGAIN_S
        rig.settle()
        assert waiting.ids == []
    rig.reactor.skew_s += AGAIN_S
    rig.settle()
    assert waiting.ids == [1]


def test_while_nobody_asks_it_does_not_wake(rig: Rig) -> None:
    for _ in range(3):
        rig.caller().ask("events.watch", {"events": list(api.AGENT_EVENTS)})
    rig.caller().send(b"half")
    rig.settle()
    before = resource.getrusage(resource.RUSAGE_THREAD)
    rig.reactor.later(0.3, rig.reactor.stop)
    rig.reactor.run()
    assert resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw - before.ru_nvcsw <= 2


def test_at_its_end_it_closes_all_and_leaves_nothing_behind() -> None:
    before = open_files()
    with rigged() as rig:
        callers = [rig.caller() for _ in range(3)]
        callers[0].ask("events.watch", {"events": ["call"]})
        rig.settle()
        rig.control.close()
        assert not rig.path.exists() and not rig.agent.watchers.wanted("call")
        rig.settle()
        assert all(caller.ended for caller in callers)
        with pytest.raises(FileNotFoundError):
            rig.caller()
        rig.control.close()
    assert open_files() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_may_not_connect(rig: Rig) -> None:
    assert stat.S_IMODE(rig.path.stat().st_mode) == 0o660

    child = os.fork()
    if not child:
        result = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            socket.socket(socket.AF_UNIX).connect(str(rig.path))
        except PermissionError:
            result = 0
        finally:
            os._exit(result)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    rig.settle()
    assert rig.control.connections == 0


def test_nothing_that_is_too_heavy_for_a_phone_is_loaded() -> None:
    program = (
        "import sys\n"
        "import phone_recorder.agent.control_socket\n"
        "print(*{'asyncio', 'ssl', 'http', 'click', 'pyudev', 'psutil', 'uvicorn', 'starlette'} & set(sys.modules))\n"
    )
    loaded = subprocess.run([sys.executable, "-c", program], timeout=20, check=True, capture_output=True, text=True)
    assert loaded.stdout == "\n"


@contextmanager
def no_more_files() -> Iterator[None]:
    """No file can be opened."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
