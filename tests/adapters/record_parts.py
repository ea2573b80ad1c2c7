"""A record file that a test writes: its header, its end, and what is still open."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

from phone_recorder.adapters.record_writer import RecordFileWriter


def header(data_size: int) -> bytes:
    return struct.pack("<64siiI", b"PCMU", 160, 160, data_size)


def end(part: RecordFileWriter, header: bytes, size: int) -> None:
    try:
        part.seal(header, size)
    finally:
        part.close()


def descriptors() -> dict[int, str]:
    """What this process has open: the name behind each descriptor."""
    found = {}
    for link in Path("/proc/self/fd").iterdir():
        # The listing's own is gone by now, and so may be one of another thread.
        with suppress(FileNotFoundError):
            found[int(link.name)] = str(link.readlink())
    return found


def open_files() -> str:
    """The names of all that this process has open."""
    return "\n".join(descriptors().values())
