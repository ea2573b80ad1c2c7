"""Clients that mean no good to the agent while it records: none of them holds it up, and nothing is missing after."""

from __future__ import annotations

import json
import os
import resource
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from phone_recorder.recording.units import SECOND
from tests.adapters.short_path import short_path
from tests.agent.agent_process import PATIENCE_S, Client
from tests.agent.agent_runs import assert_nothing_lost, recorded_call, recording_ended, running, until
from tests.agent.rtp_sender import now
from tests.soak.run import resident_mb

pytestmark = pytest.mark.live

MORE_MB = 8.0
"""Of memory that all of them together may cost: what one line and unread answers may, and room for chance."""
LASTS = 12 * SECOND
"""Of the call: both sides have their turn."""
NOBODY = 65534
STATUS = b'{"jsonrpc":"2.0","id":1,"method":"status.get","params":{}}\n'


@pytest.fixture
def home() -> Iterator[Path]:
    with short_path() as directory:
        yield directory


def connected(path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(str(path))  # before the timeout, with which nobody waits while many others do
    sock.settimeout(PATIENCE_S)
    return sock


def said_to_the_end(sock: socket.socket) -> bytes:
    """What it sends until it hangs up."""
    said = b""
    with suppress(ConnectionResetError):
        while data := sock.recv(65536):
            said += data
    return said


def oversize(path: Path) -> None:
    """A line without an end."""
    with connected(path) as sock, suppress(BrokenPipeError, ConnectionResetError):
        for _ in range(64):
            sock.sendall(b"x" * 65536)


def halves(path: Path) -> None:
    """Requests that are begun and never ended."""
    for size in range(1, len(STATUS) - 1, 3):
        with connected(path) as sock, suppress(BrokenPipeError, ConnectionResetError):
            sock.sendall(STATUS[:size])


def many(path: Path) -> None:
    """Who comes and goes, thousands of times, and at times asks."""
    for number in range(3000):
        with connected(path) as sock:
            if number % 10 == 0:
                with suppress(BrokenPipeError, ConnectionResetError):
                    sock.sendall(STATUS)


def reset(path: Path) -> None:
    """Who leaves in the middle of the answer, and wants to hear nothing of it."""
    for _ in range(200):
        with connected(path) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with suppress(BrokenPipeError, ConnectionResetError):
                sock.sendall(STATUS * 3)


def nonsense(path: Path) -> None:
    """What is no request."""
    endless = b'{"jsonrpc":"2.0","id":1e999,"method":"x"}'
    lines = [b"\0" * 100, b"[" * 50_000, b"{}", b"null", endless, b"\xff\xfe", b"1" * 5000]
    for line in lines * 20:
        with connected(path) as sock, suppress(BrokenPipeError, ConnectionResetError):
            sock.sendall(line + b"\n")


def deaf(path: Path) -> None:
    """Who asks and asks, and reads no answer."""
    with connected(path) as sock, suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
        sock.settimeout(0.5)
        while True:
            sock.sendall(STATUS * 100)


HOSTILE = (oversize, halves, many, reset, nonsense, deaf)


def all_at_once(path: Path) -> None:
    """Each of them on a thread of its own."""
    errors: list[BaseException] = []

    def run(one: Callable[[Path], None]) -> None:
        try:
            one(path)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in HOSTILE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


def test_a_recording_has_every_packet_whoever_comes_meanwhile(home: Path) -> None:
    with running(home) as agent, recorded_call(agent, "legs") as sender:
        until(lambda: now() > sender.start)
        before = resident_mb(agent.pid)
        for one in HOSTILE:
            one(agent.socket)
        while (over := now()) < sender.start + LASTS:
            all_at_once(agent.socket)
        # Whoever was there before is still heard.
        agent.ask("record.press", event="stop")
        account = recording_ended(agent)
        assert account["foreign"] == 0
        assert_nothing_lost(agent.files(), sender, sender.start, over)
        assert resident_mb(agent.pid) - before < MORE_MB


def test_a_line_that_is_too_long_is_refused_and_its_sender_shown_the_door(home: Path) -> None:
    with running(home) as agent, connected(agent.socket) as sock:
        with suppress(BrokenPipeError, ConnectionResetError):
            sock.sendall(b"x" * 70_000)
        [line] = said_to_the_end(sock).splitlines()
        assert json.loads(line)["error"]["code"] == -32700


def test_a_process_that_keeps_its_connections_is_refused_more_and_keeps_nobody_else_out(home: Path) -> None:
    with running(home) as agent:
        kept = [connected(agent.socket) for _ in range(7)]
        refused = connected(agent.socket)
        [line] = said_to_the_end(refused).splitlines()
        assert "this process has 8 connections" in json.loads(line)["error"]["message"]
        code = in_a_child(lambda: ask_status(agent.socket))
        assert code == 0
        for one in (*kept, refused):
            one.close()


def ask_status(path: Path) -> None:
    client = Client(path)
    client.ask("status.get")
    client.close()


def in_a_child(work: Callable[[], object], user: int | None = None) -> int:
    """0 if it is done, 13 if that is not permitted, 1 if it went wrong."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        if user is not None:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        work()
        code = 0
    except PermissionError:
        code = 13
    finally:
        os._exit(code)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
@pytest.mark.parametrize(("words", "code"), [((), 13), (("--set", f"agent.group={NOBODY}"), 0)])
def test_another_user_is_let_in_by_its_group_alone(words: tuple[str, ...], code: int, home: Path) -> None:
    with running(home, *words) as agent:
        assert in_a_child(lambda: ask_status(agent.socket), NOBODY) == code
        assert in_a_child(lambda: (home / "run" / "agent.state").read_bytes(), NOBODY) == 13
        agent.ask("status.get")


def test_rtp_of_strangers_is_in_no_recording(home: Path) -> None:
    stop = threading.Event()
    with running(home) as agent, recorded_call(agent) as sender:
        [there] = sender.to
        until(lambda: now() > sender.start + SECOND // 2)

        def flood() -> None:
            with socket.socket(type=socket.SOCK_DGRAM) as out:
                while not stop.is_set():
                    out.sendto(b"\x80\x00" + os.urandom(170), there[1:])
                    time.sleep(0.001)

        thread = threading.Thread(target=flood)
        thread.start()
        until(lambda: now() > sender.start + 3 * SECOND)
        over = now()
        stop.set()
        thread.join()
        agent.ask("record.press", event="stop")
        assert recording_ended(agent)["foreign"] > 100
        assert_nothing_lost(agent.files(), sender, sender.start, over)


def test_an_agent_that_can_open_no_more_files_goes_on_and_lets_in_who_comes_later(home: Path) -> None:
    with running(home) as agent, recorded_call(agent) as sender:
        until(lambda: now() > sender.start)
        open_now = len(list(Path(f"/proc/{agent.pid}/fd").iterdir()))
        usual = resource.prlimit(agent.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(agent.pid, resource.RLIMIT_NOFILE, (open_now, usual[1]))
        waiting = connected(agent.socket)
        waiting.sendall(STATUS)
        with pytest.raises(RuntimeError):
            agent.ask("call.start")  # there is no port for it
        resource.prlimit(agent.pid, resource.RLIMIT_NOFILE, usual)
        assert b'"result"' in waiting.recv(65536)
        waiting.close()
        until(lambda: now() > sender.start + 2 * SECOND)
        over = now()
        agent.ask("record.press", event="stop")
        assert recording_ended(agent)["state"] == "recorded"
        assert_nothing_lost(agent.files(), sender, sender.start, over)
