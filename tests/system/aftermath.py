"""What a fault has left on a drive: record files, opened, mended and read."""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from phone_recorder.adapters.record_reader import open_record
from phone_recorder.adapters.record_repair import Result, repair
from phone_recorder.recording.drive_names import record_order
from phone_recorder.wire.payload import Codec
from phone_recorder.wire.record_file import HEADER_SIZE

SECOND = 8000
"""Bytes of audio."""
PATIENCE_S = 20


@dataclass(frozen=True)
class Left:
    """What a killed recording has left: `audio` after `repair`; `lost` bytes were there and no header told of them."""

    audio: bytes
    lost: int


def look(files: list[Path]) -> Left:
    """Open, repair and read each; oldest first. Only the last one may need to be repaired."""
    audio, lost = b"", 0
    for path in files:
        before = path.read_bytes()
        with open_record(path) as record:
            assert record.header.rtp_len > 0, path
            codec = record.header.codec
        told = struct.unpack_from("<I", before, 72)[0]
        appended = before[HEADER_SIZE:]
        assert told <= len(appended), path
        assert told == len(appended) or path == files[-1], path
        lost += len(appended) - told
        assert repair(path).result is (Result.GOOD if told == len(appended) else Result.MENDED), path
        after = path.read_bytes()
        assert after[HEADER_SIZE:].startswith(appended[:told] + silenced(appended[told:], codec))
        with open_record(path) as record:
            assert record.examination.complete
            audio += b"".join(record.payloads())[: len(appended)]
    return Left(audio, lost)


def silenced(tail: bytes, codec: Codec) -> bytes:
    """What repair makes of it: zeros were never stored."""
    return re.sub(rb"\0{32,}", lambda zeros: codec.silence(len(zeros[0])), tail)


def in_order(directory: Path) -> list[Path]:
    """Record files, oldest first."""
    orders = {path: record_order(path.name) for path in directory.iterdir()}
    return [path for _, path in sorted((order, path) for path, order in orders.items() if order)]


def has_begun(directory: Path) -> bool:
    return any(path.stat().st_size >= HEADER_SIZE for path in directory.glob("Record_*"))


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.0005)
