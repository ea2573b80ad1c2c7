"""RIFF WAVE files as other programs write them, and as they read ours (Microsoft's RIFF and `mmreg.h`).

A file is `RIFF <size> WAVE` and chunks of `<name> <size> <bytes>`, padded to an even size; all numbers little endian.
Sizes are believed no further than the file goes: streaming writers leave 0 or 0xFFFFFFFF where they could not seek.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from phone_recorder.errors import AudioFileError

MAGICS = (b"RIFF", b"RF64")
"""RF64 (EBU Tech 3306) is what programs write that expect more than 4 GiB; its true sizes are in a chunk `ds64`."""
PCM, FLOAT, ALAW, MULAW, G722 = 1, 3, 6, 7, 0x028F
MIN_RATE, MAX_RATE = 1000, 768_000
"""Sample rates that audio is found at, in Hz: no more is asked of the resampler."""

READABLE = {(PCM, 8), (PCM, 16), (PCM, 24), (PCM, 32), (FLOAT, 32), (FLOAT, 64), (ALAW, 8), (MULAW, 8)}
"""Tag and bits of the audio that `media.wav_samples` makes samples of."""

ReadAt = Callable[[int, int], bytes]
"""Offset and size to bytes; fewer where the file ends."""

_EXTENSIBLE = 0xFFFE
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
"""What follows the tag in the sub-format of WAVE_FORMAT_EXTENSIBLE."""
_NAMES = {0x0002: "MS ADPCM", 0x0011: "IMA ADPCM", 0x0031: "GSM 6.10", 0x0055: "MP3", 0x00FF: "AAC", G722: "G.722"}

_UNKNOWN_SIZE = 0xFFFFFFFF
_RIFF_HEAD = struct.Struct("<4sI4s")
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")
_FORMAT_SIZE = 40  # of WAVE_FORMAT_EXTENSIBLE, the longest that is looked at
_MAX_CHUNKS = 1000


@dataclass(frozen=True, slots=True)
class WavFormat:
    """`rate` in Hz, `bits` of one sample of one channel, `block_align` bytes of one sample of all channels."""

    tag: int
    channels: int
    rate: int
    bits: int
    block_align: int


@dataclass(frozen=True, slots=True)
class WavHead:
    """Where the audio is: `data_size` bytes of it are there, from `data_offset` on, and `missing` bytes are not."""

    format: WavFormat
    data_offset: int
    data_size: int
    missing: int = field(default=0, compare=False)


def parse_head(read_at: ReadAt, file_size: int) -> WavHead:
    """Find format and audio of a file of `file_size` bytes; AudioFileError says why that cannot be done."""
    riff_size = _riff_size(read_at(0, _RIFF_HEAD.size))
    wav_format, long_size = None, 0
    for name, offset, size in _chunks(read_at):
        if name == b"fmt ":
            wav_format = _parse_format(read_at(offset, min(size, _FORMAT_SIZE)))
        elif name == b"ds64":
            long_size = int.from_bytes(read_at(offset + 8, 8), "little")
        elif name == b"data" and wav_format:
            # A size of 0 is true only where the size of the whole, written in the same moment, is true as well.
            streamed = size == _UNKNOWN_SIZE or (size == 0 and abs(riff_size + 8 - file_size) > 1)
            there = max(file_size - offset, 0)
            told = (long_size or there) if streamed else size
            return WavHead(wav_format, offset, min(told, there), max(told - there, 0))
        elif name == b"data":
            break
    missing = "audio (data chunk)" if wav_format else "description (fmt chunk) of its audio"
    raise AudioFileError(f"the WAV file has no {missing}, or was cut short before it")


def build_head(wav_format: WavFormat, data_size: int) -> bytes:
    """All that stands before the audio: 44 bytes for PCM, else with a longer fmt chunk and a fact chunk.

    An odd `data_size` is to be followed by a byte of padding. AudioFileError if a RIFF file cannot be so long.
    """
    bytes_per_s = wav_format.rate * wav_format.channels * wav_format.bits // 8
    fmt = _FORMAT.pack(
        wav_format.tag, wav_format.channels, wav_format.rate, bytes_per_s, wav_format.block_align, wav_format.bits
    )
    chunks = _chunk(b"fmt ", fmt)
    if wav_format.tag != PCM:
        total = data_size * 8 // (wav_format.bits * wav_format.channels)
        chunks = _chunk(b"fmt ", fmt + bytes(2)) + _chunk(b"fact", struct.pack("<I", min(total, _UNKNOWN_SIZE)))
    riff_size = 4 + len(chunks) + _CHUNK.size + data_size + data_size % 2
    if riff_size > _UNKNOWN_SIZE:
        raise AudioFileError(f"{data_size} bytes of audio are more than a WAV file can hold, which is 4 GiB")
    return _RIFF_HEAD.pack(MAGICS[0], riff_size, b"WAVE") + chunks + _CHUNK.pack(b"data", data_size)


def _chunk(name: bytes, data: bytes) -> bytes:
    return _CHUNK.pack(name, len(data)) + data


def _riff_size(head: bytes) -> int:
    if not head:
        raise AudioFileError("the file is empty")
    if head[:4] not in (magic[: len(head)] for magic in MAGICS):
        raise AudioFileError("the file is not a WAV file: it does not begin with RIFF")
    if len(head) < _RIFF_HEAD.size:
        raise AudioFileError(f"the WAV file was cut short: {len(head)} bytes are left of it")
    _, size, form = _RIFF_HEAD.unpack(head)
    if form != b"WAVE":
        raise AudioFileError(f"the RIFF file is not audio: its form is {form.decode('ascii', 'replace')!r}, not 'WAVE'")
    return int(size)


def _chunks(read_at: ReadAt) -> Iterator[tuple[bytes, int, int]]:
    """Name, offset and size of each chunk; no more of them than a file can have in earnest."""
    offset = _RIFF_HEAD.size
    for _ in range(_MAX_CHUNKS):
        head = read_at(offset, _CHUNK.size)
        if len(head) < _CHUNK.size:
            return
        name, size = _CHUNK.unpack(head)
        offset += _CHUNK.size
        yield name, offset, size
        offset += size + size % 2


def _parse_format(fmt: bytes) -> WavFormat:
    if len(fmt) < _FORMAT.size:
        raise AudioFileError(f"the WAV file's fmt chunk has {len(fmt)} bytes, fewer than {_FORMAT.size}")
    tag, channels, rate, _, block_align, bits = _FORMAT.unpack_from(fmt)
    if tag == _EXTENSIBLE and fmt[26:] == _GUID_TAIL:
        (tag,) = struct.unpack_from("<H", fmt, 24)
    if (tag, bits) not in READABLE:
        raise AudioFileError(_unsupported(tag, bits))
    if not channels or not MIN_RATE <= rate <= MAX_RATE:
        raise AudioFileError(f"the WAV file claims {channels} channels at {rate} Hz, which cannot be")
    block = channels * bits // 8
    if block_align not in (0, block):
        raise AudioFileError(f"the WAV file's blocks of {block_align} bytes do not fit {channels} x {bits} bits")
    return WavFormat(tag, channels, rate, bits, block)


def _unsupported(tag: int, bits: int) -> str:
    name = _NAMES.get(tag, "of an unknown kind")
    return (
        f"the WAV file's audio is {name} (tag 0x{tag:04X}, {bits} bits): "
        "PCM of 8, 16, 24 or 32 bits, float, A-law and mu-law can be read"
    )
