"""Record files and WAV files that tests mix, their heads made by the rules anew."""

from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path

from phone_recorder.media.mixing import PayloadMixer, Piece
from phone_recorder.wire.payload import PCMU, Codec
from phone_recorder.wire.rtp import RtpSender
from tests.signals import wav, write

TAGS = {"PCMU": 7, "PCMA": 6}
FRAME = 160


def record(data: bytes, codec: Codec = PCMU, frame: int = FRAME, size: int | None = None) -> bytes:
    """A record file; `size` is what its header says in place of the truth."""
    return struct.pack("<64siiI", codec.name.encode(), frame, frame, len(data) if size is None else size) + data


def rtp_record(data: bytes, codec: Codec = PCMU, frame: int = FRAME) -> bytes:
    """One whose blocks are RTP packets."""
    sender = RtpSender(codec.payload_type, 9, 1, 2)
    packets = b"".join(sender.packet(data[i : i + frame]) for i in range(0, len(data), frame))
    return struct.pack("<64siiI", codec.name.encode(), frame + 12, frame, len(packets)) + packets


def law_wav(data: bytes, law: Codec) -> bytes:
    """A WAV file of G.711."""
    return wav(data, 8000, TAGS[law.name], bits=8)


def audio(path: Path) -> bytes:
    """What is behind the head of a record file, or of a WAV file without other chunks."""
    data = path.read_bytes()
    return data[data.index(b"data") + 8 :] if data.startswith(b"RIFF") else data[76:]


def as_recorded(a: tuple[Codec, bytes], b: tuple[Codec, bytes], out: Codec) -> bytes:
    """What a recorder makes of two streams, 20 ms at a time; one that has ended is no stream any more.

    The last frame of each is as short as it is; where both go on in a frame, up to the shorter, the longer alone after.
    """
    mixer = PayloadMixer(out)
    both, most = sorted((len(a[1]), len(b[1])))
    places = sorted({*range(0, both, FRAME), both, *range(both, most, FRAME), most})
    mixed = b""
    for start, end in pairwise(places):
        here, there = (Piece(codec, data[start:end]) if start < len(data) else None for codec, data in (a, b))
        mixed += mixer.mix(here, there, end - start)
    return mixed


def pair_of(place: Path, a: bytes, b: bytes) -> tuple[Path, Path, Path]:
    """Both written, and where the mix goes."""
    return write(place / "a.wav", a), write(place / "b.wav", b), place / "out.wav"
