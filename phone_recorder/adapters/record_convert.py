"""Record files to WAV files, and audio to record files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from phone_recorder.adapters.audio_files import RecordAudio, open_pcm, open_record_audio
from phone_recorder.adapters.files import replace_when_done
from phone_recorder.errors import RecordFileError, UsageError
from phone_recorder.media import codecs
from phone_recorder.media.codecs import BIT_RATE
from phone_recorder.media.packets import encode
from phone_recorder.wire import riff
from phone_recorder.wire.payload import BYTES_PER_MS, G722, PCMA, PCMU, Codec
from phone_recorder.wire.record_file import MAX_DATA_SIZE, RecordHeader
from phone_recorder.wire.riff import WavFormat

_ORIGINAL = {
    PCMU: WavFormat(riff.MULAW, 1, 8000, 8, 1),
    PCMA: WavFormat(riff.ALAW, 1, 8000, 8, 1),
    G722: WavFormat(riff.G722, 1, 16000, 4, 1),
}
_PCM16 = {codec: WavFormat(riff.PCM, 1, codec.sample_rate, 16, 2) for codec in _ORIGINAL}


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a conversion: the playing time that was written, and what was wrong with the source."""

    duration_s: float
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wav:
    """What is to be a WAV file: `size` in bytes of its audio if nothing of it is damaged, and `pieces` to read once."""

    format: WavFormat
    size: int
    pieces: Iterator[bytes]


def export_record(source: Path, target: Path, original: bool = False, force: bool = False) -> Converted:
    """Write a record file's audio as a WAV file: PCM of 16 bits, or the `original` payloads.

    A damaged file is exported as far as its audio goes. RecordFileError if it has none that can be told, UsageError if
    a file cannot be read or written, AudioFileError if a WAV file cannot be so long.
    """
    _refuse_same(source, target)
    with open_record_audio(source) as audio:
        wav = as_wav(audio, original)
        with replace_when_done(target, force) as file:
            size = _write_wav(file, wav)
        return Converted(size * 8 / wav.format.bits / wav.format.rate, audio.examination.problems)


def as_wav(audio: RecordAudio, original: bool = False) -> Wav:
    """The audio of a record file for a WAV file; AudioFileError, before anything is written, if it is too long."""
    codec = audio.header.codec
    wav_format = (_ORIGINAL if original else _PCM16)[codec]
    size = _wav_size(audio, wav_format)
    riff.build_head(wav_format, size)
    return Wav(wav_format, size, map(bytes if original else _to_pcm16(codec), audio.payloads))


def import_audio(source: Path, target: Path, codec: Codec, ptime_ms: int = 20, force: bool = False) -> Converted:
    """Write a WAV file's audio, or a record file's, as a record file of `codec` with packets of `ptime_ms`.

    The last packet is filled up with silence. UsageError, AudioFileError or RecordFileError if a file cannot be read or
    written, or is too long for a record file.
    """
    _refuse_same(source, target)
    pieces = open_pcm(source, codec.sample_rate)
    block = ptime_ms * BYTES_PER_MS
    with replace_when_done(target, force) as file:
        file.write(bytes(RecordHeader(codec, block, block)))
        size = 0
        for payload in encode(pieces, codec, block):
            size += file.write(payload)
            if size > MAX_DATA_SIZE:
                raise RecordFileError(f"{source} is too long: a record file holds up to 4 GiB")
        header = RecordHeader(codec, block, block, size)
        file.seek(0)
        file.write(bytes(header))
    return Converted(header.duration_s)


def _refuse_same(source: Path, target: Path) -> None:
    try:
        same = source.samefile(target)
    except OSError:
        # One of them is not there, or cannot be asked; opening it tells.
        return
    if same:
        raise UsageError(f"{target} is the file to read from: choose another name")


def _wav_size(audio: RecordAudio, wav_format: WavFormat) -> int:
    """Bytes of audio that the WAV file will have if nothing in the record file is damaged."""
    header, examination = audio.header, audio.examination
    payload = header.packets * examination.payload_size if examination.rtp_blocks else header.data_size
    return payload * wav_format.rate * wav_format.bits // BIT_RATE


def _to_pcm16(codec: Codec) -> Callable[[bytes], bytes]:
    decoder = codecs.decoder(codec, codec.sample_rate)
    return lambda payload: decoder.decode(payload).tobytes()


def _write_wav(file: BinaryIO, wav: Wav) -> int:
    """Write head and audio; returns the audio's size in bytes."""
    file.write(riff.build_head(wav.format, 0))
    size = sum(file.write(piece) for piece in wav.pieces)
    file.write(bytes(size % 2))
    file.seek(0)
    file.write(riff.build_head(wav.format, size))
    return size
