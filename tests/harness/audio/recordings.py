"""Calls and recordings of them for the ears' tests, made frame by frame so that each can be spoilt at will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from phone_recorder.control_api import Screen
from phone_recorder.harness.evidence import Evidence, Moment, Recorded
from phone_recorder.media.mixing import PayloadMixer, Piece
from phone_recorder.phone.parties import Line, make_party
from phone_recorder.phone.party import Datagram
from phone_recorder.wire.payload import BY_NAME, BY_PAYLOAD_TYPE
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpPacket

SECOND = 8000
FRAME = 160
"""20 ms: the frames of all that is made here."""

SPEECH = Path(__file__).parents[3] / "fixtures" / "speech"
NEAR, FAR = str(SPEECH / "near_en.wav"), str(SPEECH / "far_en.wav")
NEAR_ZH, FAR_ZH = str(SPEECH / "near_zh.wav"), str(SPEECH / "far_zh.wav")
NOWHERE = Moment(0, Screen("", "en"), "idle", "idle", 0, (), (), 0)

Frames = list[bytes]


def spoken(voice: str, seconds: float = 11, codec: str = "PCMU") -> list[Datagram]:
    """The packets of a party that speaks from instant 0 on, for so long."""
    line = Line(BY_NAME[codec], FRAME, 0, round(seconds * SECOND))
    return make_party(voice, False, line, Random(1)).packets(line.end)


@dataclass(frozen=True)
class Call:
    """What both parties say, how long, the codec of the recording, and that of the call."""

    near: str = NEAR
    far: str = FAR
    seconds: float = 11
    codec: str = "PCMU"
    said_in: str = "PCMU"
    lost: tuple[int, int] = (0, 0)
    """Frames of the far party that never come, from and to."""

    def evidence(self) -> Evidence:
        """What both parties have said."""
        return _evidence(self)

    def frames(self) -> Frames:
        """The recording as it should be."""
        return list(_frames(self))

    def silence(self) -> bytes:
        return BY_NAME[self.codec].silence(FRAME)

    def without(self, leg: str) -> Frames:
        """The recording in which one leg is missing."""
        alone = replace(self, near="none") if leg == "near" else replace(self, far="none")
        return alone.frames()


def recorded(directory: Path, frames: Frames, codec: str = "PCMU", start: int = 0, **more: Any) -> Recorded:
    """A recording of these frames in one file."""
    gaps = more.pop("gaps", [])
    path = written(directory / f"Record_{len(list(directory.iterdir()))}.wav", frames, codec)
    return Recorded({"gaps": gaps}, start, (path,), **more)


def written(path: Path, frames: Frames, codec: str = "PCMU") -> Path:
    """A record file of these frames, the last one perhaps short."""
    data = b"".join(frames)
    path.write_bytes(bytes(RecordHeader(BY_NAME[codec], FRAME, FRAME, len(data))) + data)
    return path


@cache
def _evidence(call: Call) -> Evidence:
    said = {leg: spoken(voice, call.seconds, call.said_in) for leg, voice in (("near", call.near), ("far", call.far))}
    return Evidence({}, NOWHERE, (), said, codecs=dict.fromkeys(said, call.said_in))


@cache
def _frames(call: Call) -> tuple[bytes, ...]:
    mixer = PayloadMixer(BY_NAME[call.codec])
    near, far = (_laid(said, round(call.seconds * SECOND) // FRAME) for said in call.evidence().said.values())
    first, past = call.lost
    far[first:past] = [None] * (past - first)
    return tuple(mixer.mix(a, b, FRAME) for a, b in zip(near, far, strict=True))


def _laid(datagrams: Sequence[Datagram], frames: int) -> list[Piece | None]:
    """A frame each 20 ms, from packets of 20 ms that come in order from instant 0 on."""
    line: list[Piece | None] = [None] * frames
    for instant, data in datagrams:
        packet = RtpPacket.parse(data)
        line[instant // FRAME] = Piece(BY_PAYLOAD_TYPE[packet.payload_type], packet.payload)
    return line
