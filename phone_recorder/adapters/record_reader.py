"""A record file on a disk, read a packet at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from phone_recorder.adapters.files import open_for_reading
from phone_recorder.errors import RecordFileError
from phone_recorder.wire.record_file import HEAD_SIZE, HEADER_SIZE, RecordHeader, examine, payloads


class RecordReader:
    """One open record file. A damaged one is read as far as its audio goes; what is wrong is in `examination`.

    `head` are its first HEAD_SIZE bytes.
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.path = path
        self.head = file.read(HEAD_SIZE)
        self.examination = examine(self.head, os.fstat(file.fileno()).st_size)
        self._file = file

    @property
    def header(self) -> RecordHeader:
        """What a true header of this file would say; RecordFileError if its audio cannot be told."""
        if self.examination.header is None:
            raise RecordFileError(f"cannot play {self.path}: {'; '.join(self.examination.problems)}")
        return self.examination.header

    def payloads(self, first: int = 0) -> Iterator[bytes]:
        """The audio of each packet from number `first` on, RTP headers stripped; the last one may be short."""
        block = self.header.rtp_len
        self._file.seek(HEADER_SIZE + first * block)
        yield from payloads(iter(lambda: self._file.read(block), b""), self.examination.rtp_blocks)

    def last_rtp_block(self) -> bytes:
        """The last whole block of a file whose blocks are RTP packets, else nothing."""
        header = self.examination.header
        if header is None or not self.examination.rtp_blocks:
            return b""
        self._file.seek(HEADER_SIZE + (header.packets - 1) * header.rtp_len)
        return self._file.read(header.rtp_len)


@contextmanager
def open_record(path: Path, follow: bool = True) -> Iterator[RecordReader]:
    """The record file at `path`; UsageError if it cannot be read at all, or is a link and those are not followed."""
    with open_for_reading(path, follow) as file:
        yield RecordReader(file, path)
