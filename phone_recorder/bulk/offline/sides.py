"""One side of a call in a file: what its audio is, how much there is, and its payloads as they lie there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from phone_recorder.adapters.files import open_for_reading, reason
from phone_recorder.errors import AudioFileError, RecordFileError, UsageError
from phone_recorder.wire import riff
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.record_file import HEAD_SIZE, HEADER_SIZE, examine
from phone_recorder.wire.rtp import CLOCK_RATE

Fill = Callable[[memoryview], int]
"""Fills a buffer with what comes next, and returns how much: less than it holds only at the end."""

_LAWS = {riff.MULAW: PCMU, riff.ALAW: PCMA}


class Side(NamedTuple):
    """What is in the file at `path`.

    `codec` is that of its payloads, None for a WAV file of samples, or of another rate than a payload's. `wide`: its
    audio may reach beyond 4 kHz. `frame` are the bytes of a packet in a record file, 0 in a WAV file. `length` is in
    units of 1/8000 s, as the file's heads tell it.
    Plain payloads are `size` bytes from `start` on; those of RTP packets have size 0. `problems` are of a damaged file.
    """

    path: Path
    codec: Codec | None
    wide: bool
    frame: int
    length: int
    start: int = 0
    size: int = 0
    problems: tuple[str, ...] = ()


def look(path: Path) -> Side:
    """Judge a file by its heads. UsageError, RecordFileError or AudioFileError, naming it, if it cannot be mixed."""
    with open_for_reading(path) as file:
        head = file.read(HEAD_SIZE)
        size = os.fstat(file.fileno()).st_size
        return _wav(path, file, size) if head.startswith(riff.MAGICS) else _record(path, head, size)


@contextmanager
def open_payloads(side: Side) -> Iterator[Fill]:
    """The payloads of a side that has a codec, without RTP headers. UsageError if they cannot be read."""
    if side.size or not side.length:
        with open_for_reading(side.path) as file:
            file.seek(side.start)
            yield _plain(file, side)
    else:
        # Imported late: few files are of this kind, and whoever mixes one pair waits for every import.
        from phone_recorder.adapters.audio_files import open_record_audio

        with open_record_audio(side.path) as audio:
            yield _joined(audio.payloads)


def _record(path: Path, head: bytes, size: int) -> Side:
    examination = examine(head, size)
    header, problems = examination.header, examination.problems
    if header is None:
        raise RecordFileError(f"cannot read {path}: it is no WAV file and no record file ({'; '.join(problems)})")
    frame, wide = examination.payload_size, header.codec is G722
    if examination.rtp_blocks:
        return Side(path, header.codec, wide, frame, header.packets * frame, problems=problems)
    return Side(path, header.codec, wide, frame, header.data_size, HEADER_SIZE, header.data_size, problems)


def _wav(path: Path, file: BinaryIO, size: int) -> Side:
    try:
        head = riff.parse_head(lambda offset, count: _read_at(file, offset, count), size)
    except AudioFileError as error:
        raise AudioFileError(f"cannot read {path}: {error}") from error
    if head.missing:
        raise AudioFileError(f"cannot read {path}: {head.missing} bytes of its audio are missing; copy it anew")
    form = head.format
    length = head.data_size // form.block_align * CLOCK_RATE // form.rate
    if form.tag in _LAWS and (form.channels, form.rate) == (1, CLOCK_RATE):
        return Side(path, _LAWS[form.tag], False, 0, length, head.data_offset, head.data_size)
    return Side(path, None, form.rate > CLOCK_RATE, 0, length)


def _read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _plain(file: BinaryIO, side: Side) -> Fill:
    left = side.size

    def fill(buffer: memoryview) -> int:
        nonlocal left
        try:
            got = file.readinto(buffer[: min(left, len(buffer))])  # type: ignore[attr-defined]
        except OSError as error:
            # Here, because whoever is filled is writing another file, which is then not the one that failed.
            raise UsageError(f"cannot read {side.path}: {reason(error)}") from error
        left -= got
        return int(got)

    return fill


def _joined(payloads: Iterator[bytes]) -> Fill:
    held = bytearray()

    def fill(buffer: memoryview) -> int:
        while len(held) < len(buffer) and (payload := next(payloads, b"")):
            held.extend(payload)
        got = min(len(held), len(buffer))
        buffer[:got] = held[:got]
        del held[:got]
        return got

    return fill
