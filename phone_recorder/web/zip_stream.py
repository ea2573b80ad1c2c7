"""A zip of many recordings, made while it is sent: what is held at a time is one piece, and the directory of names."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from phone_recorder.recording.drive_names import record_order

if TYPE_CHECKING:
    from typing_extensions import Buffer

_FIRST_YEAR, _LAST_YEAR = 1980, 2107
"""A zip knows no earlier one; a phone whose clock is not set has 1970."""
_LONG = 1 << 31


class Readable(Protocol):
    """`size` bytes that can be read."""

    size: int

    def read(self, start: int, stop: int) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the zip; `name` is a record file's."""

    name: str
    content: Readable


def zip_stream(members: Iterable[Member]) -> Iterator[bytes]:
    """The zip's bytes. Audio is not compressed: it would hardly shrink. UsageError when a file cannot be read."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for member in members:
            content = member.content
            with archive.open(_info(member.name), "w", force_zip64=content.size >= _LONG) as file:
                for piece in content.read(0, content.size):
                    file.write(piece)
                    yield sink.take()
    yield sink.take()


def _info(name: str) -> zipfile.ZipInfo:
    order = record_order(name)
    stamp = order[0] if order else "19800101000000"
    year, *rest = int(stamp[:4]), *(int(stamp[i : i + 2]) for i in range(4, 14, 2))
    month, day, hour, minute, second = rest
    return zipfile.ZipInfo(name, (min(max(year, _FIRST_YEAR), _LAST_YEAR), month, day, hour, minute, second))


class _Sink:
    """Takes what is written until it is taken away."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: Buffer, /) -> int:
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
