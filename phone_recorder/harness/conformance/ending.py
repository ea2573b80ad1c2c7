"""Control cases: RTP, the end of a recording, and what is stored (guide: RTP data; stop; socket errors)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.client import Started, talk
from phone_recorder.harness.conformance.server import Server, audio_of, seconds_of, speech

FRAMES = 30
"""0.6 s."""
AFTER_S = 0.3
PACKET_S = 0.02


async def takes_rtp(server: Server) -> None:
    """Somebody listens at the port that was named, and what comes there is stored to the last packet."""
    async with server.phone() as phone:
        before = server.files()
        recording = await phone.start(server.new_id())
        sent = speech(FRAMES, server.random)
        await talk(recording, sent)
        await phone.stop(recording.id)
        await _stored(server, before, sent)


async def keeps_recordings_apart(server: Server) -> None:
    """Two recordings at once: what is sent for one is not in the other (C5)."""
    async with server.phone() as phone, server.phone() as other:
        before = server.files()
        one, two = await phone.start(server.new_id()), await other.start(server.new_id())
        here, there = speech(FRAMES, server.random), speech(FRAMES, server.random)
        await asyncio.gather(talk(one, here, 1), talk(two, there, 2))
        await phone.stop(one.id)
        await other.stop(two.id)
        await _stored(server, before, here, there)


async def takes_one_source(server: Server) -> None:
    """The first stream is the recording: another SSRC that comes to its port is not in it."""
    async with server.phone() as phone:
        before = server.files()
        recording = await phone.start(server.new_id())
        sent = speech(FRAMES, server.random)
        await asyncio.gather(talk(recording, sent), _intrude(server, recording))
        await phone.stop(recording.id)
        await _stored(server, before, sent)


async def survives_a_lost_connection(server: Server) -> None:
    """A phone whose connection ends in mid-recording has ended it; what came is kept, and it may come again (C8)."""
    before = server.files()
    sent = speech(FRAMES, server.random)
    async with server.phone() as phone:
        recording = await phone.start(server.new_id())
        await talk(recording, sent)
    await _stored(server, before, sent)
    await server.alive()


async def stops_what_was_silent(server: Server) -> None:
    """A recording into which nothing was sent can be stopped."""
    async with server.phone() as phone:
        recording = await phone.start(server.new_id())
        await phone.stop(recording.id)


async def _intrude(server: Server, recording: Started) -> None:
    await asyncio.sleep(AFTER_S)
    await talk(recording, speech(5, server.random), ssrc=0xBAD)


async def _stored(server: Server, before: set[Path], *spoken: list[bytes]) -> None:
    """NotConforming unless what was spoken is what is stored, each in a file of its own."""
    if server.stored is None:
        return

    def all_there() -> bool:
        new = server.files() - before
        return len(new) == len(spoken) and all(_is_in(new, b"".join(sent)) for sent in spoken)

    if not await server.becomes(all_there):
        lengths = [f"{seconds_of(path):g} s" for path in sorted(server.files() - before)]
        wanted = ", ".join(f"{len(sent) * PACKET_S:g} s" for sent in spoken)
        raise NotConforming(
            f"what was stored is not what was sent: {wanted} sent, {', '.join(lengths) or 'nothing'} stored"
        )


def _is_in(paths: set[Path], sent: bytes) -> bool:
    """Whether one of the files holds just that; of a WAV file, samples by now, as far as its length tells."""
    for path in paths:
        audio = audio_of(path)
        if audio == sent or (audio is None and abs(seconds_of(path) - len(sent) / 8000) <= PACKET_S):
            return True
    return False


CASES = (
    takes_rtp,
    keeps_recordings_apart,
    takes_one_source,
    survives_a_lost_connection,
    stops_what_was_silent,
)
