"""What a server under test has stored: its files, and whether they hold just what was sent."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Sequence
from itertools import chain
from operator import mul
from pathlib import Path
from typing import NamedTuple

from phone_recorder.adapters import audio_files
from phone_recorder.adapters.record_reader import open_record
from phone_recorder.errors import NotConforming, PhoneRecorderError
from phone_recorder.harness.conformance.client import FRAME_S
from phone_recorder.harness.conformance.server import Server
from phone_recorder.harness.judging.texts import listed
from phone_recorder.harness.report.texts import brief
from phone_recorder.media import g711
from phone_recorder.wire.payload import BY_NAME

LOOK_S = 0.05
SETTLED_S = 0.3
"""What is right must still be right after so long: what comes too late comes then."""
LIKE = 0.9
"""Two voices of random samples are as like as 0.05; the same one through another codec, as 0.99."""
MOST_FILES = 20
"""So many are told."""
RATE = 8000
FRAME = round(FRAME_S * RATE)

Files = dict[Path, int]
"""Sizes in bytes."""


class Sent(NamedTuple):
    """What a recording has to hold."""

    codec: str
    audio: bytes

    @property
    def seconds(self) -> float:
        """How long it is: a byte is 125 us in each codec."""
        return len(self.audio) / RATE


def files_of(server: Server) -> Files:
    """All that is stored now."""
    found = server.stored.rglob("*") if server.stored else ()
    sizes = ((path, _size(path)) for path in found if path.suffix.lower() == ".wav")
    return {path: size for path, size in sizes if size is not None}


def _size(path: Path) -> int | None:
    """None for what is no file, or is none any more: a server may give what it has done with another name."""
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


async def demand_stored(server: Server, before: Files, *sent: Sent) -> None:
    """NotConforming unless these are stored, each in a file of its own, and what was stored before still is."""

    def all_there() -> bool:
        new = files_of(server).keys() - before
        return len(new) == len(sent) and all(any(_holds(path, one) for path in new) for one in sent)

    if not await _comes_and_stays(all_there, server.stored_s):
        found = [_told(path, sent) for path in sorted(files_of(server).keys() - before)]
        wanted = ", ".join(f"{one.seconds:g} s of {one.codec}" for one in sent)
        raise NotConforming(
            f"what was stored is not what was sent: {wanted} sent, {listed(found, MOST_FILES) or 'nothing'} stored"
        )
    _demand_kept(files_of(server), before)


def _demand_kept(now: Files, before: Files) -> None:
    for path, size in before.items():
        if now.get(path, 0) < size:
            raise NotConforming(f"an older recording, {brief(path.name)}, is not what it was")


async def _comes_and_stays(is_so: Callable[[], bool], within_s: float) -> bool:
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    while not is_so():
        if loop.time() >= until:
            return False
        await asyncio.sleep(LOOK_S)
    await asyncio.sleep(SETTLED_S)
    return is_so()


def _holds(path: Path, sent: Sent) -> bool:
    """Whether it is just that. What cannot be read may not be whole yet."""
    try:
        if audio_files.kind_of(path) == "record":
            with open_record(path) as record:
                found = Sent(record.header.codec.name, b"".join(record.payloads()))
                return found == sent and not record.examination.problems
        return abs(audio_files.duration_s(path) - sent.seconds) <= FRAME_S and _sounds_like(path, sent)
    except PhoneRecorderError:
        return False


def _sounds_like(path: Path, sent: Sent) -> bool:
    """Of a WAV file with samples; what a server makes of G.722 is its own, and only its length can be told."""
    if sent.codec == "G722":
        return True
    heard = array("h", chain.from_iterable(audio_files.open_pcm(path, RATE)))
    said = g711.decode(BY_NAME[sent.codec], sent.audio)
    return max(_likeness(heard, said, late) for late in range(-FRAME, FRAME + 1)) > LIKE


def _likeness(heard: array[int], said: array[int], late: int) -> float:
    """Correlation, -1 to 1, if what was said stands so many samples late."""
    one, other = heard[max(late, 0) :], said[max(-late, 0) :]
    power = sum(map(mul, heard, heard)) * sum(map(mul, said, said))
    return float(sum(map(mul, one, other)) / power**0.5) if power else 0.0


def _told(path: Path, sent: Sequence[Sent]) -> str:
    """How long it is, and whether anything that was sent is just that."""
    return _length(path) + ("" if any(_holds(path, one) for one in sent) else " (not as it was sent)")


def _length(path: Path) -> str:
    try:
        what = "WAV"
        if audio_files.kind_of(path) == "record":
            with open_record(path) as record:
                what = ", ".join((record.header.codec.name, *record.examination.problems))
        return f"{audio_files.duration_s(path):g} s of {what}"
    except PhoneRecorderError as error:
        return f"what cannot be read ({brief(error)})"
