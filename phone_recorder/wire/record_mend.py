"""What makes a damaged record file whole again: decided here, written to the disk by adapters/record_repair.py.

Audio is only ever added to (a last short block is filled up with silence), never cut off. What stands behind the last
true header may never have reached the drive: its zeros become silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from phone_recorder.errors import RecordFileError, RtpError
from phone_recorder.wire.record_file import HEAD_SIZE, HEADER_SIZE, Examination, RecordHeader, examine
from phone_recorder.wire.rtp import RtpPacket, RtpSender

NUMBERS_OFFSET = 64
"""Where rtpLen, increment and dataSize stand; the codec's name before them is left as it is."""

_MAX_BLOCK = 0xFFFF
"""No RTP packet is longer than its UDP datagram: a greater rtpLen is damage, and must not be padded to."""
_MAX_DATA_SIZE = 0xFFFFFFFF
_ZEROS = re.compile(rb"\0{32,}")


@dataclass(frozen=True, slots=True)
class Mending:
    """`padding` is appended to the file; then its header is made to say what `header` says."""

    header: RecordHeader
    padding: bytes = b""

    @property
    def numbers(self) -> bytes:
        """The 12 bytes at NUMBERS_OFFSET."""
        return bytes(self.header)[NUMBERS_OFFSET:]


def never_written(audio: bytes) -> Iterator[tuple[int, int]]:
    """Start and size of each run of zeros that is no sound: a drive that lost its power has not stored them yet.

    A 0 is the loudest there is in G.711; 4 ms of it are none that anybody has said.
    """
    return ((run.start(), run.end() - run.start()) for run in _ZEROS.finditer(audio))


def mend(head: bytes, file_size: int, last_block: bytes = b"") -> Mending | None:
    """What the file needs, None for a file that needs nothing; RecordFileError says why one cannot be mended.

    `head` are its first HEAD_SIZE bytes, `last_block` is the last whole block if its blocks are RTP packets.
    """
    examination = examine(head, file_size)
    if examination.complete:
        return None
    mending = _mending(examination, last_block)
    mended = (head[:NUMBERS_OFFSET] + mending.numbers + head[HEADER_SIZE:] + mending.padding)[:HEAD_SIZE]
    if not examine(mended, file_size + len(mending.padding)).complete:
        # Rests of a packet that, filled up, would hide that the blocks before it are RTP packets.
        raise RecordFileError("its last block does not go on from those before it")
    return mending


def _mending(examination: Examination, last_block: bytes) -> Mending:
    header = _true_header(examination)
    padding = _padding(header, last_block) if examination.rtp_blocks else _silence(header, _missing(header))
    size = header.data_size + len(padding)
    if size > _MAX_DATA_SIZE:
        raise RecordFileError("it is longer than dataSize can say")
    return Mending(replace(header, data_size=size), padding)


def _true_header(examination: Examination) -> RecordHeader:
    """What the header must say, but for the padding."""
    header = examination.header
    if header is None or _lengths_disagree(examination):
        raise RecordFileError("; ".join(examination.problems))
    if header.rtp_len > _MAX_BLOCK:
        raise RecordFileError(f"rtpLen {header.rtp_len} is more than any RTP packet holds")
    return header


def _lengths_disagree(examination: Examination) -> bool:
    rtp_len, increment = examination.rtp_len, examination.increment
    return rtp_len > 0 and increment > 0 and rtp_len != increment and not examination.rtp_blocks


def _missing(header: RecordHeader) -> int:
    """Bytes that the last block lacks."""
    return -header.data_size % header.rtp_len


def _silence(header: RecordHeader, size: int) -> bytes:
    return header.codec.silence(size)


def _padding(header: RecordHeader, last_block: bytes) -> bytes:
    """The rest of the last RTP packet: of its RTP header too, if the file was cut inside that."""
    missing = _missing(header)
    if missing <= header.increment:
        return _silence(header, missing)
    try:
        last = RtpPacket.parse(last_block)
    except RtpError as error:
        raise RecordFileError(f"its last whole block is no RTP packet: {error}") from error
    sender = RtpSender(last.payload_type, last.ssrc, last.sequence + 1, last.timestamp + header.increment)
    return sender.packet(_silence(header, header.increment))[header.rtp_len - missing :]
