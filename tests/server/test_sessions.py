"""Whole control connections, both sides literal (fixtures/sessions), held against our server and against our phone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from phone_recorder.recording.destination import State
from phone_recorder.recording.server_destination import Opened, Received, ServerDestination, ServerPolicy
from phone_recorder.wire.control import StartRequest, Terminator
from phone_recorder.wire.rtp import RtpSender
from tests.recording.scripted_server import Link
from tests.server.rig import QUIET, SECOND, SERVER, Rig

SESSIONS = Path(__file__).parents[2] / "fixtures" / "sessions"
Line = tuple[str, bytes]


def lines(name: str) -> list[Line]:
    """Who, and what was said; what merely happens has no bytes."""
    read = [line.partition(" ") for line in (SESSIONS / f"{name}.txt").read_text().splitlines()]
    return [(who, ast.literal_eval(said) if said else b"") for who, _, said in read]


def names() -> list[str]:
    return sorted(path.stem for path in SESSIONS.glob("*.txt"))


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("a_byte_at_a_time", [False, True])
def test_the_server_says_what_is_written(name: str, a_byte_at_a_time: bool) -> None:
    rig = Rig()
    phone = rig.connect().connection
    said, expected = b"", b""
    for who, data in lines(name):
        match who:
            case "phone":
                for piece in [data[i : i + 1] for i in range(len(data))] if a_byte_at_a_time else [data]:
                    said += phone.receive(rig.now, piece)
            case "server":
                expected += data
            case "audio":
                rig.send([bytes([0x90 + n]) * 160 for n in range(50)])
            case "quiet":
                rig.advance(QUIET)
                said += phone.advance(rig.now)
            case "stored":
                rig.advance(SECOND)
                said += phone.advance(rig.now)
        if who == "server":
            assert said == expected


@pytest.mark.parametrize(("name", "end"), [("recorded", b""), ("recorded_lf", b"\n")])
def test_the_phone_says_what_is_written(name: str, end: Terminator) -> None:
    """Its side of the two sessions that end well."""
    link = Link()
    call = ("0c1105aabbcc", "1002", "Anna&Co", "1001", "张伟", "in", "PCMU")
    request = StartRequest("0123456789abcdef0123456789abcdef", *call)
    made = ServerDestination(link, request, RtpSender(0, 4, 0, 0), ServerPolicy(terminator=end))
    now = 0
    made.open(now)
    link.coming.append(Opened(SERVER))
    made.advance(now)
    expected = b""
    for who, data in lines(name):
        now += QUIET
        if who == "server":
            link.coming.append(Received(data))
            made.advance(now)
            now += QUIET
        elif who == "phone":
            if data.startswith(b"cmd=RecordStopRequest"):
                assert made.state is State.OPEN
                made.close(now, "record key")
            expected += data
        made.advance(now)
        assert link.sent == expected
    assert made.state is State.CLOSED
    assert link.destination == (SERVER, 20000)
