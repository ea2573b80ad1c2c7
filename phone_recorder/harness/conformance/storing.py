"""Control cases that look at what is stored, for a server whose storage can be seen (guide: RTP data; stop)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.answers import Started, demand
from phone_recorder.harness.conformance.client import datagrams, send, talk
from phone_recorder.harness.conformance.messages import start_request
from phone_recorder.harness.conformance.server import Server, speech
from phone_recorder.harness.conformance.starting import HARD_NAMES
from phone_recorder.harness.conformance.stored import Sent, demand_stored, files_of
from phone_recorder.harness.conformance.together import together

FRAMES = 30
"""0.6 s."""
SHORT = 15
AFTER_S = 0.3
PAUSE_S = 2.0


async def stores_what_was_sent(server: Server) -> None:
    """What comes until the stop is stored, to the last packet, and nothing that comes after it."""
    before, said = files_of(server), speech(FRAMES, server.random)
    async with server.phone() as phone:
        recording = await phone.start(server.new_id())
        await talk(recording, said)
        await phone.stop(recording.id)
        await _stray(server, recording, FRAMES)
        await demand_stored(server, before, _sent(said))


async def stores_each_codec(server: Server) -> None:
    """Each codec is stored as what it is."""
    before = files_of(server)
    said = {codec: speech(SHORT, server.random) for codec in server.codecs}
    await together(*(_recorded(server, said[codec], codec) for codec in said))
    await demand_stored(server, before, *(_sent(said[codec], codec) for codec in said))


async def stores_whatever_a_name_is(server: Server) -> None:
    """Names of any characters, of any length, neither keep a recording from being stored nor lead it elsewhere (C6)."""
    before = files_of(server)
    said = {name: speech(3, server.random) for name in HARD_NAMES}
    await together(*(_recorded(server, said[name], remote_name=name, local_name=name) for name in said))
    await demand_stored(server, before, *(_sent(one) for one in said.values()))


async def keeps_recordings_apart(server: Server) -> None:
    """Two phones at once, whose RTP has the same SSRC: what is sent for one is not in the other (C5)."""
    before = files_of(server)
    here, there = speech(FRAMES, server.random), speech(FRAMES, server.random)
    await together(_recorded(server, here), _recorded(server, there))
    await demand_stored(server, before, _sent(here), _sent(there))


async def keeps_two_of_one_phone_apart(server: Server) -> None:
    """Of two recordings on one connection, a stop ends the one whose id it names, and the other goes on (C5)."""
    before = files_of(server)
    here, there = speech(SHORT, server.random), speech(FRAMES, server.random)
    async with server.phone() as phone:
        one, two = await phone.start(server.new_id()), await phone.start(server.new_id())
        await together(talk(one, here), talk(two, there[:SHORT]))
        await phone.stop(one.id)
        await talk(two, there[SHORT:], first=SHORT)
        await phone.stop(two.id)
    await demand_stored(server, before, _sent(here), _sent(there))


async def keeps_two_in_a_row_apart(server: Server) -> None:
    """Start, stop, start within a second are two recordings, and the first is what it was (C2)."""
    before = files_of(server)
    first, second = speech(SHORT, server.random), speech(SHORT, server.random)
    async with server.phone() as phone:
        for said in (first, second):
            recording = await phone.start(server.new_id())
            await talk(recording, said)
            await phone.stop(recording.id)
    await demand_stored(server, before, _sent(first), _sent(second))


async def takes_one_source(server: Server) -> None:
    """The first stream is the recording: another SSRC that comes to its port is not in it."""
    async with _stored(server) as (recording, said):
        await together(talk(recording, said), _intrude(server, recording))


async def leaves_out_what_is_no_audio(server: Server) -> None:
    """Telephone events, RTCP and bytes that are no RTP come to the port too, and are not in the recording."""
    async with _stored(server) as (recording, said):
        packets = datagrams(recording.codec, said)
        others = (_event(packets[5]), _RTCP, b"", b"\x80", b"no RTP at all " * 12)
        packets[6:6] = others
        await send(recording, packets)


async def puts_packets_in_order(server: Server) -> None:
    """Packets that came in another order, or twice, are stored in their order, once; also where numbers wrap."""
    async with _stored(server) as (recording, said):
        packets = datagrams(recording.codec, said)
        for late in (4, 15, 19):
            packets[late : late + 2] = packets[late + 1], packets[late]
        packets[10:10] = packets[9:10]
        await send(recording, packets)


async def stores_what_comes_after_a_pause(server: Server) -> None:
    """What is sent before and after a pause of the phone is one recording; its numbers go on where they were."""
    async with _stored(server) as (recording, said):
        await talk(recording, said[:SHORT])
        await asyncio.sleep(PAUSE_S)
        await talk(recording, said[SHORT:], first=SHORT)


async def keeps_what_a_refused_start_met(server: Server) -> None:
    """A start with an id that is being recorded is refused, and costs that recording nothing (C3)."""
    async with server.phone() as other, _stored(server) as (recording, said):
        await talk(recording, said[:SHORT])
        await other.send(start_request(recording.id))
        demand(await other.answer(), "RecordStartResponse", recording.id, "failed")
        await talk(recording, said[SHORT:], first=SHORT)


async def keeps_what_a_lost_connection_left(server: Server) -> None:
    """A phone whose connection ends in mid-recording has ended it: what came is kept, and nothing after it (C8)."""
    before, said = files_of(server), speech(FRAMES, server.random)
    async with server.phone() as phone:
        recording = await phone.start(server.new_id())
        await talk(recording, said)
    await _stray(server, recording, FRAMES)
    await demand_stored(server, before, _sent(said))


async def keeps_what_a_reset_connection_left(server: Server) -> None:
    """A connection that is reset has ended its recording too: what came is kept (guide: socket errors)."""
    before, said = files_of(server), speech(FRAMES, server.random)
    async with server.phone() as phone:
        recording = await phone.start(server.new_id())
        await talk(recording, said)
        phone.reset()
    await demand_stored(server, before, _sent(said))


@asynccontextmanager
async def _stored(server: Server) -> AsyncIterator[tuple[Started, list[bytes]]]:
    """A recording, and what its user is to say in it; then it is stopped, and has to be stored as that."""
    before, said = files_of(server), speech(FRAMES, server.random)
    async with server.phone() as phone:
        recording = await phone.start(server.new_id())
        yield recording, said
        await phone.stop(recording.id)
        await demand_stored(server, before, _sent(said))


def _sent(said: list[bytes], codec: str = "PCMU") -> Sent:
    return Sent(codec, b"".join(said))


async def _recorded(server: Server, said: list[bytes], codec: str = "PCMU", **fields: str) -> None:
    """A recording of a phone of its own, in which that is said."""
    async with server.phone() as phone:
        recording = await phone.start(server.new_id(), codec, **fields)
        await talk(recording, said)
        await phone.stop(recording.id)


async def _intrude(server: Server, recording: Started) -> None:
    await asyncio.sleep(AFTER_S)
    await talk(recording, speech(5, server.random), ssrc=0xBAD)


async def _stray(server: Server, recording: Started, first: int) -> None:
    """RTP after the end, to a port that may well be closed."""
    await asyncio.sleep(AFTER_S)
    try:
        await talk(recording, speech(5, server.random), first=first)
    except NotConforming:
        return


def _event(packet: bytes) -> bytes:
    """A telephone event (RFC 4733) of the same stream and instant as a packet of audio."""
    return packet[:1] + bytes([101]) + packet[2:12] + bytes([1, 10, 0, 160])


_RTCP = bytes([0x80, 200, 0, 6]) + bytes(24)
"""A sender report (RFC 3550 section 6.4.1)."""

CASES = (
    stores_what_was_sent,
    stores_each_codec,
    stores_whatever_a_name_is,
    keeps_recordings_apart,
    keeps_two_of_one_phone_apart,
    keeps_two_in_a_row_apart,
    takes_one_source,
    leaves_out_what_is_no_audio,
    puts_packets_in_order,
    stores_what_comes_after_a_pause,
    keeps_what_a_refused_start_met,
    keeps_what_a_lost_connection_left,
    keeps_what_a_reset_connection_left,
)
