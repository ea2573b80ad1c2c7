"""Control cases: messages split, joined, ended in any way, and what is none (EDGE-CASES C7)."""

from __future__ import annotations

from functools import partial

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.client import demand, start_request, started, stop_request
from phone_recorder.harness.conformance.server import Server

SPLIT_S = 0.002
CLOSES_S = 2.0
TOO_LONG = 1 << 20


async def takes_it_a_byte_at_a_time(server: Server) -> None:
    """A request that comes a byte at a time is one request."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        start = start_request(recording_id)
        await phone.send(*(start[i : i + 1] for i in range(len(start))), pause_s=SPLIT_S)
        started(await phone.answer(), recording_id, "PCMU", server.address[0])
        await phone.stop(recording_id)


async def takes_two_in_one_segment(server: Server) -> None:
    """Start and stop in one segment are two requests, and have two answers."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        await phone.send(start_request(recording_id) + stop_request(recording_id))
        started(await phone.answer(), recording_id, "PCMU", server.address[0])
        demand(await phone.answer(), "RecordStopResponse", recording_id, "success")


async def takes_an_end(end: bytes, server: Server) -> None:
    """Messages may be ended so."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        await phone.send(start_request(recording_id) + end)
        started(await phone.answer(), recording_id, "PCMU", server.address[0])
        await phone.send(stop_request(recording_id) + end)
        demand(await phone.answer(), "RecordStopResponse", recording_id, "success")


async def survives_garbage(server: Server) -> None:
    """What is no message harms nobody else."""
    for garbage in (
        bytes(range(256)),
        b"GET / HTTP/1.0\r\n\r\n",
        b"cmd=\n",
        b"cmd=RecordFormatRequest&id=1\n",
        b"\xff" * 1000,
    ):
        async with server.phone() as phone:
            await phone.send(garbage)
            await phone.is_closed(0.05)
    await server.alive()


async def ends_what_has_no_end(server: Server) -> None:
    """A megabyte without the end of a message is not held: the connection ends, and others are served."""
    async with server.phone() as phone:
        for _ in range(TOO_LONG // 65_536):
            await phone.send(b"cmd=RecordStartRequest&id=" + b"x" * 65_510)
        if not await phone.is_closed(CLOSES_S):
            raise NotConforming(f"{TOO_LONG} bytes without the end of a message do not end the connection")
    await server.alive()


async def serves_others_meanwhile(server: Server) -> None:
    """Who sends half a message and waits holds up nobody."""
    async with server.phone() as phone:
        await phone.send(start_request(server.new_id())[:40])
        await server.alive()


ENDS = {"LF": b"\n", "CR LF": b"\r\n", "CR": b"\r", "NUL": b"\0"}

CASES = (
    takes_it_a_byte_at_a_time,
    takes_two_in_one_segment,
    survives_garbage,
    ends_what_has_no_end,
    serves_others_meanwhile,
)
ENDED = {f"takes a message ended by {name}": partial(takes_an_end, end) for name, end in ENDS.items()}
