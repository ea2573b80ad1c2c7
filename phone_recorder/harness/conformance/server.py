"""The server under test, as the control cases have it: its address, and where it stores, if that can be looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from phone_recorder.adapters import audio_files
from phone_recorder.adapters.record_reader import open_record
from phone_recorder.errors import NotConforming, PhoneRecorderError
from phone_recorder.harness.conformance.client import ANSWER_S, Address, Phone

STORED_S = 5.0
"""So long what was stopped may take to be on the disk."""
LOOK_S = 0.05


@dataclass(slots=True)
class Server:
    """`stored` is the directory in which its recordings come to be, None if nobody here can look into it."""

    address: Address
    codecs: tuple[str, ...] = ("PCMU", "PCMA", "G722")
    stored: Path | None = None
    answer_s: float = ANSWER_S
    random: Random = field(default_factory=Random)

    def phone(self) -> Phone:
        """Another one."""
        return Phone(self.address, self.answer_s)

    def new_id(self) -> str:
        """As a phone makes one: 128 bits, hex."""
        return f"{self.random.getrandbits(128):032x}"

    async def alive(self) -> None:
        """NotConforming unless another phone can still record."""
        try:
            async with self.phone() as phone:
                recording = await phone.start(self.new_id())
                await phone.stop(recording.id)
        except NotConforming as error:
            raise NotConforming(f"afterwards another phone is not served: {error}") from error

    def files(self) -> set[Path]:
        """All that is stored now."""
        if self.stored is None:
            return set()
        return {path for path in self.stored.rglob("*") if path.is_file() and path.suffix.lower() == ".wav"}

    async def becomes(self, is_so: Callable[[], bool]) -> bool:
        """Whether it comes to be so, in as long as storing may take."""
        loop = asyncio.get_running_loop()
        until = loop.time() + STORED_S
        while not (so := is_so()) and loop.time() < until:
            await asyncio.sleep(LOOK_S)
        return so


def audio_of(path: Path) -> bytes | None:
    """The payloads of a record file; None for a WAV file, which holds samples. NotConforming if it is neither."""
    try:
        if audio_files.kind_of(path) != "record":
            return None
        with open_record(path) as record:
            return b"".join(record.payloads())
    except PhoneRecorderError as error:
        raise NotConforming(f"what was stored cannot be read: {error}") from error


def seconds_of(path: Path) -> float:
    """How long an audio file lasts."""
    try:
        return audio_files.duration_s(path)
    except PhoneRecorderError as error:
        raise NotConforming(f"what was stored cannot be read: {error}") from error


def speech(frames: int, random: Random) -> list[bytes]:
    """Payloads of 20 ms that nobody takes for each other's."""
    return [random.randbytes(160) for _ in range(frames)]
