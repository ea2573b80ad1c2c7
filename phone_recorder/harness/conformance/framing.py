"""Control cases: messages split, joined, ended in any way, and what is none (EDGE-CASES C7)."""

from __future__ import annotations

from functools import partial

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.answers import demand, started
from phone_recorder.harness.conformance.messages import start_request, stop_request
from phone_recorder.harness.conformance.server import Server

SPLIT_S = 0.002
CLOSES_S = 2.0
TOO_LONG = 1 << 20
PIECE = 1 << 16
HALF = 60
"""Bytes of the stop that come later: its numbers and names."""
SOON_S = 0.02
"""Before anybody takes quiet for the end of a message."""
GARBAGE = (
    bytes(range(256)),
    b"GET / HTTP/1.0\r\n\r\n",
    b"cmd=\n",
    b"cmd=RecordFormatRequest&id=1\n",
    b"\xff" * 1000,
)
GARBAGE_S = 0.3
"""So long an answer to it may take, quiet before it too."""


async def takes_it_a_byte_at_a_time(server: Server) -> None:
    """A request that comes a byte at a time is one request, a start or a stop."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        await phone.send(*_bytes(start_request(recording_id)), pause_s=SPLIT_S)
        started(await phone.answer(), recording_id, "PCMU", phone.host)
        await phone.send(*_bytes(stop_request(recording_id)), pause_s=SPLIT_S)
        demand(await phone.answer(), "RecordStopResponse", recording_id, "success")


async def takes_two_in_one_segment(server: Server) -> None:
    """Start and stop in one segment are two requests, and have two answers."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        await phone.send(start_request(recording_id) + stop_request(recording_id))
        started(await phone.answer(), recording_id, "PCMU", phone.host)
        demand(await phone.answer(), "RecordStopResponse", recording_id, "success")


async def takes_one_and_a_half(server: Server) -> None:
    """What follows a request in its segment is the beginning of the next one, whose rest comes later."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        both = start_request(recording_id) + stop_request(recording_id)
        half = len(both) - HALF
        await phone.send(both[:half], both[half:], pause_s=SOON_S)
        started(await phone.answer(), recording_id, "PCMU", phone.host)
        demand(await phone.answer(), "RecordStopResponse", recording_id, "success")


async def takes_an_end(end: bytes, server: Server) -> None:
    """Messages may be ended so."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        await phone.send(start_request(recording_id) + end)
        started(await phone.answer(), recording_id, "PCMU", phone.host)
        await phone.send(stop_request(recording_id) + end)
        demand(await phone.answer(), "RecordStopResponse", recording_id, "success")


async def survives_garbage(server: Server) -> None:
    """What is no message harms nobody else, nor a recording that goes on meanwhile, and is not answered success."""
    async with server.unharmed():
        for garbage in GARBAGE:
            async with server.phone() as phone:
                await phone.send(garbage)
                await phone.is_closed(GARBAGE_S)


async def ends_what_has_no_end(server: Server) -> None:
    """A megabyte without the end of a message is not held: the connection ends, and others are served."""
    async with server.unharmed(), server.phone() as phone:
        await phone.send(b"cmd=RecordStartRequest&id=")
        for _ in range(TOO_LONG // PIECE):
            await phone.send(b"1" * PIECE)
        if not await phone.is_closed(CLOSES_S):
            raise NotConforming(f"{TOO_LONG} bytes without the end of a message do not end the connection")


async def serves_others_meanwhile(server: Server) -> None:
    """Who sends half a message and waits holds up nobody."""
    async with server.phone() as phone:
        await phone.send(start_request(server.new_id())[:40])
        await server.alive()


def _bytes(message: bytes) -> list[bytes]:
    return [message[i : i + 1] for i in range(len(message))]


ENDS = {"LF": b"\n", "CR LF": b"\r\n", "CR": b"\r", "NUL": b"\0"}

CASES = (
    takes_it_a_byte_at_a_time,
    takes_two_in_one_segment,
    takes_one_and_a_half,
    survives_garbage,
    ends_what_has_no_end,
    serves_others_meanwhile,
)
ENDED = {f"takes a message ended by {name}": partial(takes_an_end, end) for name, end in ENDS.items()}
