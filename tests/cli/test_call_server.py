"""`call` to record servers over real sockets, bad ones too (EDGE-CASES C1, C2, C8 to C10): screens and accounts."""

from __future__ import annotations

import socket

import pytest

from tests.cli.bad_server import BadServer
from tests.cli.call import Document, document, icons

pytestmark = pytest.mark.live

LOST = "the connection to the record server was lost: "


def recorded(server: BadServer, *words: str | float, exit_code: int = 0) -> Document:
    return document("--mode", "server", "--server", server.address, *words, exit_code=exit_code)


def accounts(found: Document) -> list[tuple[str, str]]:
    return [(recording["state"], recording["reason"]) for recording in found["recordings"]]


def prompts(found: Document) -> list[str]:
    return [screen["prompt"] for screen in found["screen"]]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("silent", "the record server does not answer"),
        ("half", "the record server answers in part only"),
        ("slow", "the record server answers in part only"),
        ("refuses", "the record server refused: no room"),
        ("foreign", "the record server wants RTP sent to '127.0.0.2', which is not itself (127.0.0.1)"),
    ],
)
def test_c8_c9_a_recording_that_does_not_start_is_shown_and_the_call_goes_on(kind: str, why: str) -> None:
    with BadServer(kind, media="127.0.0.2") as server:
        found = recorded(server, "--server-timeout", 0.5, "--duration", 1, exit_code=1)
    assert accounts(found) == [("failed", why)]
    assert prompts(found)[-1] == f"Recording failed: {why}"
    assert set(icons(found)) == {"idle", "failed"}
    assert (found["duration_s"], found["screen"][-1]["t"] < 1) == (1.0, True)


@pytest.mark.parametrize(
    ("kind", "why", "length"),
    [("dies", f"{LOST}connection reset by peer", 1.0), ("vanishes", f"{LOST}connection timed out", 3.5)],
)
def test_c8_a_server_that_goes_in_mid_recording_is_shown_and_the_call_goes_on(
    kind: str, why: str, length: float
) -> None:
    with BadServer(kind) as server:
        found = recorded(server, "--server-dead-after", 2, "--duration", length, exit_code=1)
    assert accounts(found) == [("cut short", why)]
    assert prompts(found)[-2:] == ["Recording", f"Recording failed: {why}, what came before was sent"]
    assert (found["duration_s"], found["screen"][-1]["t"] < length) == (length, True)


def test_c10_a_stop_that_is_not_answered_is_not_saved() -> None:
    with BadServer("mute") as server:
        found = recorded(
            server, "--server-timeout", 0.5, "--keys", "0 record, 0.3 record", "--duration", 1, exit_code=1
        )
    assert prompts(found)[-2:] == [
        "Saving the recording",
        "Recording failed: the record server does not answer, what came before was sent",
    ]
    assert "Recording saved" not in prompts(found)


def test_c8_a_server_that_restarts_is_recorded_to_again_where_that_is_set() -> None:
    retry = ("--server-retry", 9, "--server-retry-after", 0.2)
    with BadServer("restarts", "good") as server:
        found = recorded(server, *retry, "--duration", 2, exit_code=1)
    states = [state for state, _ in accounts(found)]
    assert (states[0], set(states[1:-1]), states[-1]) == ("cut short", {"failed"}, "recorded")
    assert len({recording["id"] for recording in found["recordings"]}) == len(states)
    again = [prompt for prompt in prompts(found) if "trying again in 0.2 s" in prompt]
    assert len(again) == len(states) - 1
    assert again[0].endswith("; trying again in 0.2 s (1 of 9)")
    assert prompts(found)[-3:] == ["Recording", "Saving the recording", "Recording saved"]


def test_c8_without_that_a_server_that_restarts_is_left_alone() -> None:
    with BadServer("restarts", "good") as server:
        found = recorded(server, "--duration", 1.5, exit_code=1)
    assert [state for state, _ in accounts(found)] == ["cut short"]


def test_who_tries_again_may_begin_without_a_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
    words = ("--mode", "server", "--server", address, "--server-retry", 2, "--server-retry-after", 0.1)
    found = document(*words, "--duration", 0.8, exit_code=1)
    refused = "the record server cannot be reached: connection refused"
    assert accounts(found) == [("failed", refused)] * 3
    assert prompts(found)[-1] == f"Recording failed: {refused}; given up after 2 more attempts"


def test_c2_start_stop_start_within_a_second() -> None:
    with BadServer("good") as server:
        found = recorded(server, "--keys", "0 record, 0.4 record, 0.6 record", "--duration", 1.2)
    assert [state for state, _ in accounts(found)] == ["recorded"] * 2
    said = [request.split(b"&")[:2] for request in server.requests]
    first, second = (f"id={recording['id']}".encode() for recording in found["recordings"])
    start, stop = b"cmd=RecordStartRequest", b"cmd=RecordStopRequest"
    assert said == [[start, first], [stop, first], [start, second], [stop, second]]


def test_c1_a_stop_while_the_start_is_pending() -> None:
    with BadServer("silent") as server:
        words = ("--server-timeout", 0.8, "--keys", "0 record, 0.2 record", "--duration", 1.2)
        found = recorded(server, *words, exit_code=1)
    assert accounts(found) == [("cancelled", "record key")]
    assert prompts(found)[-1] == "Recording cancelled"
    assert [request.partition(b"&")[0] for request in server.requests] == [
        b"cmd=RecordStartRequest",
        b"cmd=RecordStopRequest",
    ]


@pytest.mark.parametrize(("name", "end"), [("none", b""), ("LF", b"\n"), ("crlf", b"\r\n")])
def test_the_terminator_of_the_phone_s_messages(name: str, end: bytes) -> None:
    with BadServer("good") as server:
        recorded(server, "--terminator", name, "--duration", 0.5)
    assert server.requests[0].endswith(b"&dir=out&codec=PCMU" + end)
    assert server.requests[1].endswith(b"&reason=call%20ended" + end)


def test_foreign_media_where_it_is_allowed() -> None:
    with BadServer("foreign", media="127.0.0.2") as server:
        found = recorded(server, "--allow-foreign-media", "--duration", 0.5)
    assert accounts(found) == [("recorded", "call ended")]
