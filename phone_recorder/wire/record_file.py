"""The record file `Record_[SystemTime].wav`: a header of 76 bytes, then payloads (guide: local recording file format).

It is not a RIFF file in spite of its name. All numbers are little endian::

    char codec[64] | int32 rtpLen | int32 increment | uint32 dataSize | rtp data ...
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from phone_recorder.errors import RecordFileError, RtpError
from phone_recorder.wire.payload import BYTES_PER_MS, PTIMES_MS, Codec, find_codec
from phone_recorder.wire.printable import printable
from phone_recorder.wire.rtp import CLOCK_RATE, RtpPacket, sequence_delta
from phone_recorder.wire.rtp import HEADER_SIZE as RTP_HEADER_SIZE

HEADER_SIZE = 76
MAX_DATA_SIZE = 0xFFFFFFFF - HEADER_SIZE
"""So that the whole file, header included, stays below FAT's limit of 4 GiB - 1."""
HEAD_SIZE = 2048
"""How much of a file `examine` wants to see: the header and enough blocks to tell RTP packets from payloads."""

_HEADER = struct.Struct("<64siiI")
_BLOCKS_TO_TELL_RTP = 4
_USUAL_LENGTH = 160
_RIFF_MARKS = (b"RIFF", b"RF64")


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """`rtp_len`: payload bytes of one packet; `increment`: its RTP clock units; `data_size`: bytes that follow."""

    codec: Codec
    rtp_len: int
    increment: int
    data_size: int = 0

    @classmethod
    def parse(cls, data: bytes) -> RecordHeader:
        """Read a header that must be usable; RecordFileError says why one is not."""
        name, rtp_len, increment, data_size = _fields(data)
        if rtp_len <= 0 or increment <= 0:
            raise RecordFileError(f"rtpLen {rtp_len} and increment {increment} must both be above 0")
        return cls(_codec(name), rtp_len, increment, data_size)

    def __bytes__(self) -> bytes:
        return _HEADER.pack(self.codec.name.encode(), self.rtp_len, self.increment, self.data_size)

    @property
    def packets(self) -> int:
        """Whole packets in the data."""
        return self.data_size // self.rtp_len

    @property
    def duration_s(self) -> float:
        """Playing time in seconds: packets x increment / 8000 (guide: playback)."""
        return self.packets * self.increment / CLOCK_RATE


@dataclass(frozen=True, slots=True)
class Examination:
    """What a record file says of itself, believed nowhere: `header` is what a true header would say.

    `header` is None where nothing can be played; `problems` are sentences; `rtp_blocks` tells that each block
    is a whole RTP packet whose header a reader strips.
    """

    codec: str
    rtp_len: int
    increment: int
    data_size: int
    file_size: int
    header: RecordHeader | None
    rtp_blocks: bool
    problems: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Nothing is wrong and nothing is missing."""
        return not self.problems

    @property
    def payload_size(self) -> int:
        """Bytes of audio in one block."""
        return self.header.increment if self.header else 0


def examine(head: bytes, file_size: int) -> Examination:
    """Judge a record file by its first HEAD_SIZE bytes and its size. Never raises on what a file may hold."""
    if head.startswith(_RIFF_MARKS):
        return _no_record_file(file_size, "it is a RIFF WAV, not a record file: `phone-recorder import` makes it one")
    if len(head) < HEADER_SIZE:
        return _no_record_file(file_size, f"the file has {file_size} bytes, fewer than its header of {HEADER_SIZE}")
    name, rtp_len, increment, data_size = _fields(head)
    data = head[HEADER_SIZE:]
    codec, codec_problems = _judge_codec(name)
    block, units, length_problems = _judge_lengths(rtp_len, increment, data, codec)
    rtp_blocks = block == units + RTP_HEADER_SIZE and _blocks_are_rtp(data, block, codec)
    if block != units and not rtp_blocks:
        length_problems.append(f"rtpLen {rtp_len} and increment {increment} do not belong together")
        units = block
    data_problems = _judge_data_size(data_size, file_size - HEADER_SIZE, block)
    header = RecordHeader(codec, block, units, min(file_size - HEADER_SIZE, 0xFFFFFFFF)) if codec else None
    problems = (*codec_problems, *length_problems, *data_problems)
    return Examination(
        codec.name if codec else shown_name(name),
        rtp_len,
        increment,
        data_size,
        file_size,
        header,
        rtp_blocks,
        problems,
    )


def payloads(blocks: Iterator[bytes], rtp_blocks: bool) -> Iterator[bytes]:
    """The audio of each block; where blocks are RTP packets, their headers are stripped."""
    for block in blocks:
        if payload := _rtp_payload(block) if rtp_blocks else block:
            yield payload


def shown_name(raw: bytes) -> str:
    """A name from a header as text that is safe to show."""
    return printable(raw.partition(b"\0")[0].decode("utf-8", "replace"))


def _no_record_file(file_size: int, problem: str) -> Examination:
    return Examination("", 0, 0, 0, file_size, None, False, (problem,))


def _rtp_payload(block: bytes) -> bytes:
    try:
        return RtpPacket.parse(block).payload
    except RtpError:
        # Damaged in the middle of a stream, or cut short: what follows the header's place is audio all the same.
        return block[RTP_HEADER_SIZE:]


def _fields(data: bytes) -> tuple[bytes, int, int, int]:
    if len(data) < HEADER_SIZE:
        raise RecordFileError(f"{len(data)} bytes are too few for a record file's header of {HEADER_SIZE}")
    return _HEADER.unpack_from(data)


def _codec(name: bytes) -> Codec:
    codec, problems = _judge_codec(name)
    if codec is None:
        raise RecordFileError(problems[0])
    return codec


def _judge_codec(name: bytes) -> tuple[Codec | None, list[str]]:
    if b"\0" not in name:
        return None, ["the codec's name is not ended by a NUL"]
    codec = find_codec(shown_name(name))
    if codec is None:
        return None, [f"the codec {shown_name(name)!r} is none of PCMU, PCMA, G722"]
    return codec, []


def _judge_lengths(rtp_len: int, increment: int, data: bytes, codec: Codec | None) -> tuple[int, int, list[str]]:
    """Block size and units to go on with, in place of lengths that cannot be."""
    problems = [f"{key} is {value}" for key, value in (("rtpLen", rtp_len), ("increment", increment)) if value <= 0]
    if not problems:
        return rtp_len, increment, problems
    for units in _likely_units(rtp_len, increment):
        if _blocks_are_rtp(data, units + RTP_HEADER_SIZE, codec, at_least=2):
            return units + RTP_HEADER_SIZE, units, problems
    size = next((length for length in (rtp_len, increment) if length > 0), _USUAL_LENGTH)
    return size, size, problems


def _likely_units(rtp_len: int, increment: int) -> tuple[int, ...]:
    """The units a packet may have if the blocks should be RTP packets, one of the lengths or both being lost."""
    if increment > 0:
        return (increment,)
    if rtp_len > 0:
        return (rtp_len - RTP_HEADER_SIZE,) if rtp_len > RTP_HEADER_SIZE else ()
    return tuple(BYTES_PER_MS * ptime for ptime in PTIMES_MS)


def _judge_data_size(data_size: int, there: int, block: int) -> list[str]:
    problems = []
    if data_size > there:
        problems.append(f"dataSize is {data_size}, but only {there} bytes follow the header")
    elif data_size < there:
        problems.append(f"dataSize is {data_size}, but {there} bytes follow the header")
    if there % block:
        problems.append(f"the last block has {there % block} of {block} bytes")
    return problems


def _blocks_are_rtp(data: bytes, block: int, codec: Codec | None, at_least: int = 1) -> bool:
    """Payload bytes can look like one RTP header by chance, not like a stream of them."""
    blocks = [data[i : i + block] for i in range(0, min(len(data), _BLOCKS_TO_TELL_RTP * block), block)]
    try:
        packets = [RtpPacket.parse(b) for b in blocks if len(b) == block]
    except RtpError:
        return False
    types = {codec.payload_type} if codec else {0, 8, 9}
    return (
        len(packets) >= at_least
        and all(p.ssrc == packets[0].ssrc and p.payload_type in types for p in packets)
        and all(sequence_delta(b.sequence, a.sequence) == 1 for a, b in pairwise(packets))
    )
