"""Voices from files: WAV files, record files and captures, told apart by what is in them, not by their names."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from phone_recorder.adapters.files import open_for_reading, reason
from phone_recorder.errors import AudioFileError, RecordFileError, UsageError
from phone_recorder.media import codecs
from phone_recorder.media.resample import Resampler
from phone_recorder.media.wav_samples import samples
from phone_recorder.wire import pcap, riff
from phone_recorder.wire.record_file import HEAD_SIZE, HEADER_SIZE, Examination, RecordHeader, examine, payloads
from phone_recorder.wire.rtp import HEADER_SIZE as RTP_HEADER_SIZE
from phone_recorder.wire.rtp_streams import find_stream, stream_packets

Kind = Literal["wav", "record", "capture"]

_CHUNK_SIZE = 65_536
"""So many bytes of a file are held at a time: four seconds of 16-bit samples at 8 kHz."""


class RecordAudio(NamedTuple):
    """An open record file: what a true header of it would say, all that was judged, and the payloads, to read once."""

    header: RecordHeader
    examination: Examination
    payloads: Iterator[bytes]


def kind_of(path: Path) -> Kind:
    """What is in the file. UsageError if it cannot be read, AudioFileError if it is empty or nothing we know."""
    with _open(path) as file:
        head = file.read(HEAD_SIZE)
        if not head:
            raise AudioFileError("the file is empty")
        if head.startswith(riff.MAGICS):
            return "wav"
        if head.startswith(pcap.MAGICS):
            return "capture"
        examination = examine(head, _size(file))
        if examination.header is None:
            raise AudioFileError(f"it is no WAV file, no capture and no record file ({examination.problems[0]})")
        return "record"


def open_pcm(path: Path, rate: int) -> Iterator[array[int]]:
    """The audio of a WAV file or record file as mono samples at `rate` Hz, 8000 or 16000, a piece at a time.

    What is wrong with the file is raised here, not when samples are asked for: UsageError, AudioFileError or
    RecordFileError, each naming the file.
    """
    pieces = _OPENERS[kind_of(path)](path, rate)
    first = next(pieces, None)
    if first is None:
        raise AudioFileError(f"cannot read {path}: there is no audio in it")
    return chain((first,), pieces)


def read_capture(path: Path) -> list[tuple[int, bytes]]:
    """The RTP packets of the capture's stream with the most audio: (ns from the first, datagram)."""
    with _open(path) as file:
        capture = pcap.CaptureReader(file.read)
        pair = find_stream(capture)
        if capture.problem:
            raise AudioFileError(f"{capture.problem}; record or copy it anew")
        # A second reading, so that of a long capture only that one stream is ever held.
        file.seek(0)
        return stream_packets(pcap.CaptureReader(file.read), pair)


def duration_s(path: Path) -> float:
    """How long the voice in the file is, in seconds, by its heads alone."""
    return _DURATIONS[kind_of(path)](path)


@contextmanager
def open_record_audio(path: Path) -> Iterator[RecordAudio]:
    """A record file for its audio alone; RecordFileError if that cannot be told."""
    with open_for_reading(path) as file:
        examination = examine(file.read(HEAD_SIZE), _size(file))
        if examination.header is None:
            raise RecordFileError(f"cannot read {path}: {'; '.join(examination.problems)}")
        yield RecordAudio(examination.header, examination, _record_payloads(file, path, examination))


def _record_payloads(file: BinaryIO, path: Path, examination: Examination) -> Iterator[bytes]:
    """Pieces of bounded size: plain payloads are read as they lie, lest a made-up rtpLen has the whole file held."""
    rtp_header = examination.header if examination.rtp_blocks else None
    size = rtp_header.rtp_len if rtp_header else _CHUNK_SIZE
    try:
        file.seek(HEADER_SIZE)
        yield from payloads(iter(lambda: file.read(size), b""), examination.rtp_blocks)
    except OSError as error:
        # Here, because whoever consumes this may be writing another file, which is then not the one that failed.
        raise UsageError(f"cannot read {path}: {reason(error)}") from error


def _wav_head(file: BinaryIO) -> riff.WavHead:
    head = riff.parse_head(lambda offset, size: _read_at(file, offset, size), _size(file))
    if head.missing:
        raise AudioFileError(f"the WAV file was cut short: {head.missing} bytes of its audio are missing; copy it anew")
    return head


def _wav_pcm(path: Path, rate: int) -> Iterator[array[int]]:
    with _open(path) as file:
        head = _wav_head(file)
        resampler = Resampler(head.format.rate, rate)
        file.seek(head.data_offset)
        for raw in _pieces(file, head.data_size, head.format.block_align):
            pcm = resampler.feed(samples(head.format, raw))
            if pcm:
                yield pcm


def _record_pcm(path: Path, rate: int) -> Iterator[array[int]]:
    with open_record_audio(path) as audio:
        decoder = codecs.decoder(audio.header.codec, rate)
        yield from map(decoder.decode, audio.payloads)


def _capture_pcm(path: Path, rate: int) -> Iterator[array[int]]:
    raise AudioFileError(f"cannot read {path} here: it is a capture, and a WAV file or a record file is needed")


_OPENERS: dict[Kind, Callable[[Path, int], Iterator[array[int]]]] = {
    "wav": _wav_pcm,
    "record": _record_pcm,
    "capture": _capture_pcm,
}


def _wav_duration(path: Path) -> float:
    with _open(path) as file:
        head = _wav_head(file)
        return head.data_size // head.format.block_align / head.format.rate


def _record_duration(path: Path) -> float:
    with open_record_audio(path) as audio:
        return audio.header.duration_s


def _capture_duration(path: Path) -> float:
    # A byte of payload lasts 125 us in each of our codecs.
    return max(offset + (len(data) - RTP_HEADER_SIZE) * 125_000 for offset, data in read_capture(path)) / 1e9


_DURATIONS: dict[Kind, Callable[[Path], float]] = {
    "wav": _wav_duration,
    "record": _record_duration,
    "capture": _capture_duration,
}


def _pieces(file: BinaryIO, size: int, block: int) -> Iterator[bytes]:
    """The next `size` bytes of the file, as far as it goes, in pieces of whole blocks."""
    piece = max(_CHUNK_SIZE // block, 1) * block
    while size > 0 and (raw := file.read(min(piece, size))):
        size -= len(raw)
        yield raw


def _read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    """The file; where its bytes are not what they should be, the error names it."""
    try:
        with open_for_reading(path) as file:
            yield file
    except AudioFileError as error:
        raise AudioFileError(f"cannot read {path}: {error}") from error
