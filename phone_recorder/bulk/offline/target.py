"""What a mix is to be: a record file or a WAV file, in which codec, in packets of which length."""

from __future__ import annotations

from typing import Literal, NamedTuple

from phone_recorder.bulk.offline.sides import Side
from phone_recorder.errors import RecordFileError, UsageError
from phone_recorder.wire import riff
from phone_recorder.wire.payload import BYTES_PER_MS, G722, PCMA, PCMU, PTIMES_MS, Codec
from phone_recorder.wire.record_file import MAX_DATA_SIZE, RecordHeader
from phone_recorder.wire.riff import WavFormat
from phone_recorder.wire.rtp import CLOCK_RATE

Format = Literal["record", "wav"]

_IN_WAV = {
    PCMU: WavFormat(riff.MULAW, 1, 8000, 8, 1),
    PCMA: WavFormat(riff.ALAW, 1, 8000, 8, 1),
    G722: WavFormat(riff.G722, 1, 16000, 4, 1),
}
_USUAL_MS = 20


class Wish(NamedTuple):
    """What was asked for; None is left to the first of the two files. The codec `pcm16` are samples of 16 bits."""

    format: Format | None = None
    codec: Codec | Literal["pcm16"] | None = None
    ptime_ms: int | None = None
    shortest: bool = False


class Target(NamedTuple):
    """`codec` is None for samples, of `rate` Hz, little endian. `frame` are the bytes of a packet, 1 in a WAV file."""

    record: bool
    codec: Codec | None
    rate: int
    frame: int

    def head(self, size: int) -> bytes:
        """What stands before `size` bytes of audio; RecordFileError or AudioFileError if a file cannot be so long."""
        if not self.record:
            pcm16 = WavFormat(riff.PCM, 1, self.rate, 16, 2)
            return riff.build_head(_IN_WAV[self.codec] if self.codec else pcm16, size)
        if size > MAX_DATA_SIZE:
            raise RecordFileError(f"{size} bytes of audio are more than a record file can hold, which is 4 GiB")
        return bytes(RecordHeader(_known(self.codec), self.frame, self.frame, size))

    def size(self, length: int) -> int:
        """Bytes of so many units of 1/8000 s."""
        return length if self.codec else length * self.rate // CLOCK_RATE * 2

    def duration_s(self, size: int) -> float:
        """Playing time of so many bytes."""
        return size / (CLOCK_RATE if self.codec else 2 * self.rate)


def choose(a: Side, b: Side, wish: Wish) -> Target:
    """The target of the mix of these two. UsageError if what was asked for makes no sense for them."""
    record = bool(a.frame) if wish.format is None else wish.format == "record"
    codec = a.codec if wish.codec is None else None if wish.codec == "pcm16" else wish.codec
    if record and codec is None:
        raise UsageError("a record file holds PCMU, PCMA or G722: choose one with --codec, or add --format wav")
    if wish.ptime_ms and not record:
        raise UsageError("--ptime goes with a record file, and this mix is a WAV file: add --format record")
    # A side in which nothing was ever said does not make a recorder go over to wide band.
    wide = (codec is None or codec is G722) and any(side.wide and side.length for side in (a, b))
    return Target(record, codec, 16_000 if wide else 8000, _frame(a, wish.ptime_ms) if record else 1)


def _frame(a: Side, ptime_ms: int | None) -> int:
    """Packets as those of the first file, if a phone could have sent them."""
    usual = (BYTES_PER_MS * ms for ms in PTIMES_MS)
    return BYTES_PER_MS * ptime_ms if ptime_ms else a.frame if a.frame in usual else BYTES_PER_MS * _USUAL_MS


def _known(codec: Codec | None) -> Codec:
    if codec is None:
        raise UsageError("a record file has a codec")
    return codec
