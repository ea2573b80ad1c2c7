"""Control cases: RTP and the end of a recording, as far as it is seen from outside (guide: RTP data; socket errors)."""

from __future__ import annotations

import asyncio

from phone_recorder.harness.conformance.client import talk
from phone_recorder.harness.conformance.server import Server, speech

FRAMES = 30
"""0.6 s."""
PAUSE_S = 2.0


async def takes_rtp(server: Server) -> None:
    """Somebody listens at the port that was named, until the recording is stopped."""
    async with server.phone() as phone:
        recording = await phone.start(server.new_id())
        await talk(recording, speech(FRAMES, server.random))
        await phone.stop(recording.id)


async def goes_on_through_a_pause(server: Server) -> None:
    """A phone that pauses its recording sends no RTP: the recording goes on when it does."""
    async with server.phone() as phone:
        recording = await phone.start(server.new_id())
        await talk(recording, speech(FRAMES, server.random))
        await asyncio.sleep(PAUSE_S)
        await talk(recording, speech(FRAMES, server.random), first=FRAMES)
        await phone.stop(recording.id)


async def survives_a_lost_connection(server: Server) -> None:
    """A phone whose connection ends in mid-recording, or is reset, harms no other, and may come again (C8)."""
    async with server.unharmed():
        async with server.phone() as phone:
            await phone.start(server.new_id())
        async with server.phone() as phone:
            await phone.start(server.new_id())
            phone.reset()


async def stops_what_was_silent(server: Server) -> None:
    """A recording into which nothing was sent can be stopped."""
    async with server.phone() as phone:
        recording = await phone.start(server.new_id())
        await phone.stop(recording.id)


CASES = (
    takes_rtp,
    goes_on_through_a_pause,
    survives_a_lost_connection,
    stops_what_was_silent,
)
