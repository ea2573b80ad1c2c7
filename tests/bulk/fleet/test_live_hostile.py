"""Fleets in real time against servers that are none: each failure is counted with its reason, and nothing breaks."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.bulk.fleet.control_link import CLOSED
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.recording.server_destination import ServerPolicy
from phone_recorder.wire import control
from tests.bulk.fleet.live_rig import SHORT, Run, run
from tests.harness.listening import Serve, listening

pytestmark = pytest.mark.live
IMPATIENT = ServerPolicy(b"\n", timeout=4000)
RESET = struct.pack("ii", 1, 0)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener


def against(listener: socket.socket, serve: Serve, plan: FleetPlan | None = None) -> Run:
    address = listener.getsockname()
    with listening(listener, serve):
        return run(replace(plan or FleetPlan(address, phones=8, talk=SHORT, policy=IMPATIENT), server=address))


def wait_for_the_end(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def say(data: bytes) -> Serve:
    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(data)
        wait_for_the_end(connection)

    return serve


def reset(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()


def endless(connection: socket.socket) -> None:
    while True:
        connection.sendall(bytes(range(1, 10)) * 1000)


def drip(connection: socket.socket) -> None:
    connection.recv(4096)
    for byte in b"cmd=RecordStartResponse&id=" + b"x" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.02)


def answer(request: bytes, port: int) -> bytes:
    """That a recording has begun, as a server of ours would say it."""
    asked = control.parse(request.strip())
    return control.build(control.StartResponse(asked.id, "success", "", "127.0.0.1", str(port)), b"\n")


def never_stop(connection: socket.socket) -> None:
    connection.sendall(answer(connection.recv(4096), 9))
    wait_for_the_end(connection)


def close_when_asked_to_stop(connection: socket.socket) -> None:
    connection.sendall(answer(connection.recv(4096), 9))
    connection.recv(4096)


@pytest.mark.parametrize(
    ("serve", "reason"),
    [
        (wait_for_the_end, "no answer to the start within 0.5 s"),
        (reset, "connection lost before any answer: connection reset by peer"),
        (lambda connection: connection.recv(4096), f"connection lost before any answer: {CLOSED}"),
        (say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "its answer cannot be read: a message begins with 'HTTP/1.1 400"),
        (say(b"\x00" * 100), "no answer to the start within 0.5 s"),
        (say(b"cmd=RecordStartResponse&id="), "no answer to the start within 0.5 s, only a part of one"),
        (say(b"\x1b[2J\r\n"), "its answer cannot be read: "),
        (endless, "its answer cannot be read: "),
        (drip, "no answer to the start within 0.5 s, only a part of one"),
    ],
)
def test_a_server_that_is_none(listener: socket.socket, serve: Serve, reason: str) -> None:
    snapshot = against(listener, serve).snapshot
    assert (snapshot.failed, snapshot.started) == (8, 0)
    assert all(told.startswith(reason) and told.isprintable() for told in snapshot.failures), snapshot.failures


@pytest.mark.parametrize(
    ("serve", "reason"),
    [(never_stop, "no answer to the stop within 0.5 s"), (close_when_asked_to_stop, f"connection lost: {CLOSED}")],
)
def test_a_server_that_does_not_stop(listener: socket.socket, serve: Serve, reason: str) -> None:
    snapshot = against(listener, serve).snapshot
    assert (snapshot.started, snapshot.ended, snapshot.failures) == (8, 0, {reason: 8})
    # Port 9 is nobody's, and the kernel may say so of every other packet: what it did take was sent.
    assert snapshot.packets_said == snapshot.packets_sent + snapshot.packets_unsent == 8 * 50


def test_a_server_that_takes_no_connection() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        # What it has room for: the kernel drops the rest.
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
        snapshot = run(FleetPlan(deaf.getsockname(), phones=4, policy=IMPATIENT)).snapshot
        for one in waiting:
            one.close()
    assert snapshot.failures == {"the connection was not taken within 0.5 s": 4}


def test_a_server_that_wants_its_audio_elsewhere(listener: socket.socket) -> None:
    def elsewhere(connection: socket.socket) -> None:
        connection.sendall(answer(connection.recv(4096), 9).replace(b"127.0.0.1", b"192.0.2.7"))

    snapshot = against(listener, elsewhere).snapshot
    refusal = "the record server wants RTP sent to '192.0.2.7', which is not itself (127.0.0.1)"
    assert snapshot.failures == {refusal: 8}


def test_a_server_of_another_family_than_its_media(listener: socket.socket) -> None:
    def other_family(connection: socket.socket) -> None:
        connection.sendall(answer(connection.recv(4096), 9).replace(b"127.0.0.1", b"::1"))

    policy = replace(IMPATIENT, foreign_media=True)
    plan = FleetPlan(("127.0.0.1", 1), phones=3, talk=SHORT, policy=policy)
    snapshot = against(listener, other_family, plan).snapshot
    assert (snapshot.failed, snapshot.started) == (3, 0)
    assert all("::1" in reason for reason in snapshot.failures)


def test_the_ipv6_way(tmp_path: Path) -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no IPv6 here")
    with listener, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as media:
        media.bind(("::1", 0))

        def record(connection: socket.socket) -> None:
            request = connection.recv(4096)
            connection.sendall(answer(request, media.getsockname()[1]).replace(b"127.0.0.1", b"::1"))
            asked = control.parse(connection.recv(4096).strip())
            connection.sendall(control.build(control.StopResponse(asked.id), b"\n"))

        address = listener.getsockname()[:2]
        with listening(listener, record):
            snapshot = run(FleetPlan(address, phones=2, talk=SHORT, policy=IMPATIENT)).snapshot
        assert (snapshot.ended, snapshot.packets_sent, snapshot.failures) == (2, 100, {})
        media.setblocking(False)
        assert len(media.recv(2048)) == 172
