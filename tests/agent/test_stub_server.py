from __future__ import annotations

import socket
import time

import pytest

from tests.agent.stub_server import HOST, stub_server

START = b"cmd=RecordStartRequest&id=00ff&device=001122334455&remote_number=1002&codec=PCMU"
STOP = b"cmd=RecordStopRequest&id=00ff&remote_number=1002&reason=record%20key"


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_it_takes_a_recording_and_hears_it(end: bytes) -> None:
    with stub_server(end) as server, socket.create_connection((HOST, server.port)) as phone:
        phone.sendall(START[:30])
        phone.sendall(START[30:])
        answer = phone.recv(1000)
        told, _, port = answer.rpartition(b"=")
        assert told == b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=127.0.0.1&port"
        assert port.endswith(end)
        with socket.socket(type=socket.SOCK_DGRAM) as media:
            media.sendto(b"rtp", (HOST, int(port)))
        assert server.first_packet() <= time.monotonic()
        phone.sendall(STOP)
        assert phone.recv(1000) == b"cmd=RecordStopResponse&id=00ff&result=success" + end
    assert [request.command for request in server.requests] == ["RecordStartRequest", "RecordStopRequest"]


def test_what_came_before_is_forgotten() -> None:
    with stub_server() as server, socket.socket(type=socket.SOCK_DGRAM) as media:
        media.connect(server.media.getsockname())
        media.send(b"old")
        server.forget_media()
        media.send(b"new")
        assert server.media.recv(100) == b"new"
