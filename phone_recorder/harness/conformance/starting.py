"""Control cases: how a server takes a recording, and how it refuses one (guide: control commands)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.answers import Address, Started, demand, started
from phone_recorder.harness.conformance.client import Phone, talk
from phone_recorder.harness.conformance.messages import request, start_request, stop_request
from phone_recorder.harness.conformance.server import Server, speech
from phone_recorder.harness.conformance.together import together

HARD_NAMES = (
    "a&b=c",
    "100 %",
    "line\r\nbreak",
    "$(reboot) `id`",
    "../../etc/passwd",
    "张三 😀",
    "x" * 300,
    "cmd=RecordStop",
    "x&codec=NONE&id=0",
    "%26codec%3DNONE",
    "",
)
NO_CODECS = ("OPUS", "PCMX", "G729")
AT_ONCE = 5


async def takes_a_recording(server: Server) -> None:
    """A start is answered success, with its id and a port for RTP."""
    async with server.phone() as phone:
        await phone.start(server.new_id())


async def takes_each_codec(server: Server) -> None:
    """Each codec is taken."""
    await together(*(_record(server, codec) for codec in server.codecs))


async def refuses_an_unknown_codec(server: Server) -> None:
    """A codec that there is not is answered failed, with a reason."""
    async with server.unharmed():
        await together(*(_refuses(server, codec) for codec in NO_CODECS))


async def refuses_without_a_codec(server: Server) -> None:
    """A start without a codec is not taken."""
    await _not_taken(server, request("RecordStartRequest", id=server.new_id(), device="0015651234ab"))


async def refuses_without_an_id(server: Server) -> None:
    """A start without an id is not taken."""
    await _not_taken(server, start_request(""))


async def refuses_a_running_id(server: Server) -> None:
    """An id that is being recorded is refused, to its own phone too, and its recording goes on (C3)."""
    recording_id = server.new_id()
    async with server.phone() as phone, server.phone() as other:
        await phone.start(recording_id)
        for asking in (other, phone):
            await asking.send(start_request(recording_id))
            demand(await asking.answer(), "RecordStartResponse", recording_id, "failed")
        await phone.stop(recording_id)


async def takes_hard_names(server: Server) -> None:
    """Names of any characters are taken, and are never another field (C6)."""
    await together(*(_record(server, remote_name=name, local_name=name) for name in HARD_NAMES))


async def takes_raw_names(server: Server) -> None:
    """Names in UTF-8 that are not encoded are taken, and a MAC with separators."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        start = start_request(recording_id, device="00:15:65:12:34:AB").replace(
            b"remote_name=Far", "remote_name=张三".encode()
        )
        await phone.send(start)
        started(await phone.answer(), recording_id, "PCMU", phone.host)
        await phone.stop(recording_id)


async def ignores_unknown_fields(server: Server) -> None:
    """Fields that nobody knows do no harm, wherever they stand."""
    async with server.phone() as phone:
        recording_id = server.new_id()
        start = start_request(recording_id).replace(b"&device=", b"&future=1&device=") + b"&more=2"
        await phone.send(start)
        started(await phone.answer(), recording_id, "PCMU", phone.host)
        await phone.stop(recording_id)


async def has_a_port_for_each(server: Server) -> None:
    """Two recordings of two phones have two ports (guide: a dedicated UDP port)."""
    async with server.phone() as phone, server.phone() as other:
        one, two = await phone.start(server.new_id()), await other.start(server.new_id())
        _demand_ports([one, two])


async def has_two_of_one_connection(server: Server) -> None:
    """Two recordings on one connection are two, and each is stopped by its own id, when the other is not (C5)."""
    async with server.phone() as phone:
        one, two = await phone.start(server.new_id()), await phone.start(server.new_id())
        _demand_ports([one, two])
        await phone.stop(one.id)
        await talk(two, speech(5, server.random))
        await phone.stop(two.id)


async def starts_again_at_once(server: Server) -> None:
    """Start, stop, start within a second of one phone are all answered success (C2)."""
    async with server.phone() as phone:
        first, second = server.new_id(), server.new_id()
        await phone.start(first)
        await phone.stop(first)
        await phone.start(second)
        await phone.stop(second)


async def takes_many(server: Server) -> None:
    """Twenty recordings, five at a time, are all taken, each with a port that no other has then."""
    for _ in range(4):
        async with AsyncExitStack() as phones:
            there = [await phones.enter_async_context(server.phone()) for _ in range(AT_ONCE)]
            running = await together(*(phone.start(server.new_id()) for phone in there))
            _demand_ports(running)
            await together(*(phone.stop(one.id) for phone, one in zip(there, running, strict=True)))


async def stops_nothing_unknown(server: Server) -> None:
    """A stop of what is not recorded is not answered success, and ends nothing (C3)."""
    async with server.unharmed(), server.phone() as phone:
        await _not_stopped(phone, server.new_id())


async def _record(server: Server, codec: str = "PCMU", **fields: str) -> None:
    """A recording of a phone of its own, from start to stop."""
    async with server.phone() as phone:
        recording = await phone.start(server.new_id(), codec, **fields)
        await phone.stop(recording.id)


async def _refuses(server: Server, codec: str) -> None:
    async with server.phone() as phone:
        recording_id = server.new_id()
        await phone.send(start_request(recording_id, codec))
        answer = await phone.answer()
        demand(answer, "RecordStartResponse", recording_id, "failed")
        if not answer.get("reason"):
            raise NotConforming("it refuses a codec without a reason: a phone has nothing to show")
        await _not_stopped(phone, recording_id)


async def _not_taken(server: Server, start: bytes) -> None:
    """It is answered failed, or not at all; and others are still served."""
    async with server.unharmed(), server.phone() as phone:
        await phone.send(start)
        await _demand_failed(phone, "RecordStartResponse", "it is answered success")


async def _not_stopped(phone: Phone, recording_id: str) -> None:
    await phone.send(stop_request(recording_id))
    await _demand_failed(phone, "RecordStopResponse", "a stop of what is not recorded is answered success")


async def _demand_failed(phone: Phone, name: str, if_not: str) -> None:
    """NotConforming if there is another answer; none, or the connection's end, is as good as failed to a phone."""
    try:
        answer = await phone.answer()
    except NotConforming:
        return
    if answer.get("result") == "success":
        raise NotConforming(if_not)
    demand(answer, name, answer.get("id", ""), "failed")


def _demand_ports(running: Sequence[Started]) -> None:
    """NotConforming if two of them have one."""
    had: set[Address] = set()
    for one in running:
        if one.media in had:
            raise NotConforming(f"two recordings were given one port, {one.media[1]}")
        had.add(one.media)


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
