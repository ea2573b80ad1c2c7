"""Control cases: how a server takes a recording, and how it refuses one (guide: control commands)."""

from __future__ import annotations

import asyncio

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.client import Phone, demand, request, start_request, started, stop_request
from phone_recorder.harness.conformance.server import Server

HARD_NAMES = (
    "a&b=c",
    "100 %",
    "line\r\nbreak",
    "$(reboot) `id`",
    "../../etc/passwd",
    "张三 😀",
    "x" * 300,
    "cmd=RecordStop",
)


async def takes_a_recording(server: Server) -> None:
    """A start is answered success, with its id and a port for RTP."""
    async with server.phone() as phone:
        await phone.start(server.new_id())


async def takes_each_codec(server: Server) -> None:
    """Each codec is taken."""
    await asyncio.gather(*(_record(server, codec) for codec in server.codecs))


async def refuses_an_unknown_codec(server: Server) -> None:
    """A codec that there is not is answered failed, with a reason."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        await phone.send(start_request(recording_id, "OPUS"))
        answer = await phone.answer()
        demand(answer, "RecordStartResponse", recording_id, "failed")
        if not answer.get("reason"):
            raise NotConforming("it refuses a codec without a reason: a phone has nothing to show")


async def refuses_without_a_codec(server: Server) -> None:
    """A start without a codec is not taken."""
    await _not_taken(server, request("RecordStartRequest", id=server.new_id(), device="0015651234ab"))


async def refuses_without_an_id(server: Server) -> None:
    """A start without an id is not taken."""
    await _not_taken(server, start_request(""))


async def refuses_a_running_id(server: Server) -> None:
    """An id that is being recorded is refused, and its recording goes on (C3)."""
    recording_id = server.new_id()
    async with server.phone() as phone, server.phone() as other:
        await phone.start(recording_id)
        await other.send(start_request(recording_id))
        demand(await other.answer(), "RecordStartResponse", recording_id, "failed")
        await phone.stop(recording_id)


async def takes_hard_names(server: Server) -> None:
    """Names of any characters are taken, and are never another field (C6)."""
    await asyncio.gather(*(_record(server, remote_name=name, local_name=name) for name in HARD_NAMES))


async def takes_raw_names(server: Server) -> None:
    """Names in UTF-8 that are not encoded are taken, and a MAC with separators."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        start = start_request(recording_id, device="00:15:65:12:34:AB").replace(
            b"remote_name=Far", "remote_name=张三".encode()
        )
        await phone.send(start)
        started(await phone.answer(), recording_id, "PCMU", server.address[0])
        await phone.stop(recording_id)


async def ignores_unknown_fields(server: Server) -> None:
    """Fields that nobody knows do no harm, wherever they stand."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        start = start_request(recording_id).replace(b"&device=", b"&future=1&device=") + b"&more=2"
        await phone.send(start)
        started(await phone.answer(), recording_id, "PCMU", server.address[0])
        await phone.stop(recording_id)


async def has_a_port_for_each(server: Server) -> None:
    """Two recordings of two phones have two ports (guide: a dedicated UDP port)."""
    async with server.phone() as phone, server.phone() as other:
        one, two = await phone.start(server.new_id()), await other.start(server.new_id())
        if one.media == two.media:
            raise NotConforming(f"two recordings were given one port, {one.media[1]}")


async def has_two_of_one_connection(server: Server) -> None:
    """Two recordings on one connection are two, and each is stopped by its own id (C5)."""
    async with server.phone() as phone:
        one, two = await phone.start(server.new_id()), await phone.start(server.new_id())
        if one.media == two.media:
            raise NotConforming(f"two recordings were given one port, {one.media[1]}")
        await phone.stop(one.id)
        await phone.stop(two.id)


async def starts_again_at_once(server: Server) -> None:
    """Start, stop, start within a second are two recordings (C2); a stop that comes with its start cancels it (C1)."""
    async with server.phone() as phone:
        first, second = server.new_id(), server.new_id()
        await phone.start(first)
        await phone.stop(first)
        await phone.start(second)
        await phone.stop(second)


async def takes_many(server: Server) -> None:
    """Twenty recordings, a few at a time, are all taken: nothing of those that ended is held."""
    for _ in range(4):
        await asyncio.gather(*(_record(server) for _ in range(5)))


async def _record(server: Server, codec: str = "PCMU", **fields: str) -> None:
    """A recording of a phone of its own, from start to stop."""
    async with server.phone() as phone:
        recording = await phone.start(server.new_id(), codec, **fields)
        await phone.stop(recording.id)


async def _not_taken(server: Server, start: bytes) -> None:
    """It is answered failed, or the connection ends; and others are still served."""
    async with server.phone() as phone:
        await phone.send(start)
        if await _is_taken(phone):
            raise NotConforming("it is answered success")
    await server.alive()


async def _is_taken(phone: Phone) -> bool:
    try:
        return (await phone.answer()).get("result") == "success"
    except NotConforming:
        return False


async def stops_nothing_unknown(server: Server) -> None:
    """A stop of what is not recorded is not answered success (C3)."""
    async with server.phone() as phone:
        await phone.send(stop_request(server.new_id()))
        if await _is_taken(phone):
            raise NotConforming("a stop of what was never started is answered success")
    await server.alive()


CASES = (
    takes_a_recording,
    takes_each_codec,
    refuses_an_unknown_codec,
    refuses_without_a_codec,
    refuses_without_an_id,
    refuses_a_running_id,
    takes_hard_names,
    takes_raw_names,
    ignores_unknown_fields,
    has_a_port_for_each,
    has_two_of_one_connection,
    starts_again_at_once,
    takes_many,
    stops_nothing_unknown,
)
