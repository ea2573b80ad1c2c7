"""The server under test, as the control cases have it: its address, and where it stores, if that can be looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.answers import Address
from phone_recorder.harness.conformance.client import ANSWER_S, Phone, talk

STORED_S = 5.0
"""So long what was stopped may take to be on the disk."""
_NEW = SystemRandom()


@dataclass(slots=True)
class Server:
    """`stored` is the directory in which its recordings come to be, None if nobody here can look into it."""

    address: Address
    codecs: tuple[str, ...] = ("PCMU", "PCMA", "G722")
    stored: Path | None = None
    answer_s: float = ANSWER_S
    stored_s: float = STORED_S
    random: Random = field(default_factory=Random)

    def phone(self) -> Phone:
        """Another one."""
        return Phone(self.address, self.answer_s)

    def new_id(self) -> str:
        """As a phone makes one: 128 bits, hex. Of no seed: a run that is played again is other recordings."""
        return f"{_NEW.getrandbits(128):032x}"

    async def alive(self) -> None:
        """NotConforming unless another phone can still record."""
        try:
            async with self.phone() as phone:
                recording = await phone.start(self.new_id())
                await phone.stop(recording.id)
        except NotConforming as error:
            raise NotConforming(f"afterwards another phone is not served: {error}") from error

    @asynccontextmanager
    async def unharmed(self) -> AsyncIterator[None]:
        """NotConforming if what is done meanwhile harms others: one's recording goes on, and a further one is served.

        A server that dies and is started again at once serves the further one, and has lost the first one's recording.
        """
        async with self.phone() as other:
            recording = await other.start(self.new_id())
            yield
            try:
                await talk(recording, speech(3, self.random))
                await other.stop(recording.id)
            except NotConforming as error:
                raise NotConforming(f"the recording of another phone does not go on: {error}") from error
        await self.alive()


def speech(frames: int, random: Random) -> list[bytes]:
    """Payloads of 20 ms that nobody takes for each other's."""
    return [random.randbytes(160) for _ in range(frames)]
