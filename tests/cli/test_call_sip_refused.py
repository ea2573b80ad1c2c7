"""Calls that do not come about, in real sockets: one sentence that says what to do, and nothing left behind."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.cli.phones import (
    HOST,
    Calling,
    OurPhone,
    Waiting,
    free_port,
)

pytestmark = pytest.mark.live


def test_nobody_is_there(tmp_path: Path) -> None:
    port = free_port()
    for transport in ("udp", "tcp"):
        uri = f"sip:100@{HOST}:{port};transport={transport}"
        with Calling(tmp_path / transport, uri, "--save-far", tmp_path / "far.wav") as caller:
            why = caller.refusal()
            assert f"nothing listens at {HOST}:{port} over {transport.upper()}" in why
            assert caller.err.count("\n") <= 2, "what it does, and why it ended"
    assert not (tmp_path / "far.wav").exists()


def test_a_name_that_is_nobodys(tmp_path: Path) -> None:
    with Calling(tmp_path / "caller", "sip:100@no-such-host.invalid") as caller:
        assert caller.refusal() == ("there is no host 'no-such-host.invalid': check the name, or use an IP address")


def test_a_certificate_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with Calling(tmp_path / "caller", f"sips:100@{HOST}:1", "--cacert", tmp_path / "ca.pem") as caller:
        assert "ca.pem" in caller.refusal()


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("404 Not Found", "is not known to the SIP server (404 Not Found)"),
        ("408 Request Timeout", "does not answer (408 Request Timeout)"),
        ("480 Temporarily Unavailable", "cannot be reached just now (480 Temporarily Unavailable)"),
        ("603 Decline", "does not want to answer (603 Decline)"),
    ],
)
def test_a_server_that_says_no(tmp_path: Path, status: str, why: str) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind((HOST, 0))
        uri = f"sip:100@{HOST}:{server.getsockname()[1]}"
        with Calling(tmp_path / "caller", uri) as caller:
            invite, source = server.recvfrom(65536)
            kept = [line for line in invite.decode().split("\r\n") if line.startswith(("Via", "From", "To", "C"))]
            lines = [f"SIP/2.0 {status}", *(line for line in kept if not line.startswith("Content")), "", ""]
            server.sendto("\r\n".join(lines).encode(), source)
            assert caller.refusal() == f"{uri} {why}"
            assert server.recv(65536).startswith(b"ACK ")


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with Waiting(tmp_path / "callee") as callee:
        place = callee.uri.partition("@")[2]
        with OurPhone(tmp_path / "other", "--wait", "--sip-listen", place, "--trace", tmp_path / "trace") as other:
            assert other.refusal() == f"cannot use port {place.split(':')[1]} of {HOST} for SIP: address already in use"
    assert not (tmp_path / "trace").exists()


def test_without_a_port_for_its_audio_a_call_is_turned_away(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taken, ExitStack() as stack:
        port = free_port()
        taken.bind((HOST, port))
        callee = stack.enter_context(Waiting(tmp_path / "callee", "--rtp-ports", port))
        with Calling(tmp_path / "caller", callee.uri) as caller:
            assert caller.refusal().endswith(" is busy (486 Busy Here)")
        callee.until(f"no even UDP port from {port} to {port} is free")
        with Calling(tmp_path / "again", callee.uri, "--rtp-ports", port) as caller:
            assert caller.refusal() == f"no even UDP port from {port} to {port} is free"
