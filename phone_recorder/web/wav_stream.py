"""A recording as a RIFF WAV, made while it is sent: PCM of 16 bits at the codec's own rate, any part of it alone.

Whatever parts are asked for, together they are the whole, byte for byte. A G.722 decoder's state depends on all that it
has decoded, so G.722 is decoded in blocks of a minute, each by a new decoder that first hears the two seconds before
it: a part costs no more than its own blocks, and a sample is the same in whatever part. What `export` decodes in one go
is the same in speech, noise and silence, to the bit where it was measured. Of a steady tone above 4 kHz, in the band
whose coding never settles, it differed by 2 % of the tone: less than the codec's own noise.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from phone_recorder.adapters.files import open_for_reading
from phone_recorder.errors import RecordFileError
from phone_recorder.media import codecs
from phone_recorder.wire import riff
from phone_recorder.wire.payload import G722, Codec
from phone_recorder.wire.record_file import HEAD_SIZE, HEADER_SIZE, RecordHeader, examine, payloads
from phone_recorder.wire.rtp import HEADER_SIZE as RTP_HEADER_SIZE

PIECE_SIZE = 16_384
"""So many bytes of a file are held at a time."""
BLOCK = 60 * 8000
"""Bytes of G.722: whoever seeks waits for the decoding of no more than these."""
WARM_UP = 2 * 8000
"""Bytes of G.722 before a block: half a second less, and some speech is decoded otherwise for seconds."""


@dataclass(frozen=True, slots=True)
class RecordedAudio:
    """Where the audio of a record file is, as the file was when it was looked at: one that grows is read so far.

    `header` is what a true header would say; `tag` changes with the file.
    """

    path: Path
    header: RecordHeader
    rtp_blocks: bool
    tag: str

    @property
    def codec(self) -> Codec:
        return self.header.codec

    @property
    def payload_size(self) -> int:
        """Bytes of audio in the file."""
        if not self.rtp_blocks:
            return self.header.data_size
        blocks, rest = divmod(self.header.data_size, self.header.rtp_len)
        return blocks * self.header.increment + max(rest - RTP_HEADER_SIZE, 0)

    def payload(self, start: int, stop: int) -> Iterator[bytes]:
        """The audio's bytes from `start` up to `stop`, in pieces of bounded size."""
        with open_for_reading(self.path) as file:
            if self.rtp_blocks:
                yield from _cut(_stripped(file, self.header, start // self.header.increment), start, stop, self.header)
            else:
                file.seek(HEADER_SIZE + start)
                yield from _pieces(file, stop - start)


def recorded_audio(path: Path) -> RecordedAudio:
    """Look at a record file; RecordFileError if it has no audio that can be told, UsageError if it cannot be read."""
    with open_for_reading(path) as file:
        status = os.fstat(file.fileno())
        examination = examine(file.read(HEAD_SIZE), status.st_size)
    if examination.header is None:
        raise RecordFileError(f"{path.name} cannot be played: {'; '.join(examination.problems)}")
    return RecordedAudio(path, examination.header, examination.rtp_blocks, _tag(status))


class WavStream:
    """The RIFF WAV of a recording: `size` bytes in all. AudioFileError if a WAV file cannot be so long."""

    def __init__(self, audio: RecordedAudio) -> None:
        self._audio = audio
        rate = audio.codec.sample_rate
        # One byte of payload is 125 us in each codec.
        self._width = 2 * rate // 8000
        self._data_size = audio.payload_size * self._width
        self._head = riff.build_head(riff.WavFormat(riff.PCM, 1, rate, 16, 2), self._data_size)
        self.size = len(self._head) + self._data_size
        self.tag = audio.tag

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`."""
        head = self._head[start:stop]
        if head:
            yield head
        first, last = max(start - len(self._head), 0), stop - len(self._head)
        if first < last:
            yield from self._pcm(first, last)

    def _pcm(self, start: int, stop: int) -> Iterator[bytes]:
        """The PCM's bytes from `start` up to `stop`; empty ones while something is decoded for its state alone."""
        first, last = start // self._width, -(-stop // self._width)
        for asked, heard, end in _stretches(self._audio.codec, first, last):
            decoder = codecs.decoder(self._audio.codec, self._audio.codec.sample_rate)
            offset, begin = heard * self._width, max(asked * self._width, start)
            for payload in self._audio.payload(heard, end):
                pcm = decoder.decode(payload).tobytes()
                # An empty one too: whoever waits can give up in between.
                yield pcm[max(begin - offset, 0) : max(stop - offset, 0)]
                offset += len(pcm)


class FileStream:
    """A record file as it is: `size` bytes in all. UsageError if it cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with open_for_reading(path) as file:
            status = os.fstat(file.fileno())
        self.size = status.st_size
        self.tag = _tag(status)

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`."""
        with open_for_reading(self._path) as file:
            file.seek(start)
            yield from _pieces(file, stop - start)


def _stretches(codec: Codec, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Of payload from byte `first` up to `last`: what one decoder gives from where on, where it begins, and ends."""
    if codec is not G722:
        yield first, first, last
        return
    for block in range(first - first % BLOCK, last, BLOCK):
        yield max(block, first), max(block - WARM_UP, 0), min(block + BLOCK, last)


def _tag(status: os.stat_result) -> str:
    return f"{status.st_size:x}-{status.st_mtime_ns:x}"


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := file.read(min(PIECE_SIZE, size))):
        size -= len(piece)
        yield piece


def _stripped(file: BinaryIO, header: RecordHeader, first: int) -> Iterator[bytes]:
    """The audio of each block from number `first` on, made as long as that of any other: lengths must be foreseen."""
    file.seek(HEADER_SIZE + first * header.rtp_len)
    for block in iter(lambda: file.read(header.rtp_len), b""):
        size = min(len(block) - RTP_HEADER_SIZE, header.increment)
        if size > 0:
            payload = next(payloads(iter([block]), True), b"")[:size]
            yield payload + header.codec.silence(size - len(payload))


def _cut(blocks: Iterator[bytes], start: int, stop: int, header: RecordHeader) -> Iterator[bytes]:
    """Of payloads, the first of which holds byte `start`, those bytes alone; several blocks at a time."""
    offset = start - start % header.increment
    held = bytearray()
    for block in blocks:
        held += block[max(start - offset, 0) : max(stop - offset, 0)]
        offset += len(block)
        if len(held) >= PIECE_SIZE or offset >= stop:
            yield bytes(held)
            held.clear()
        if offset >= stop:
            return
    if held:
        yield bytes(held)
