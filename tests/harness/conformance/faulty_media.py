"""The RTP of a small record server, and what it makes of it: right, or wrong in one way that it is told."""

from __future__ import annotations

import asyncio
import wave
from pathlib import Path
from struct import pack, unpack_from
from time import monotonic

PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8, "G722": 9}
RTCP = range(72, 77)
LONG_S = 1.0


JOINED = {"stores what comes twice twice", "stores what is no RTP", "stores every payload type"}
"""Faults that put what has a place already behind what is there."""


class Media(asyncio.DatagramProtocol):
    """A recording's port, and what has come there: the packets of each SSRC by their place in time.

    `owners` are the recordings of all SSRCs that the server knows.
    """

    def __init__(self, codec: str, fault: str, owners: dict[bytes, Media]) -> None:
        self.codec = codec
        self.streams: dict[bytes, dict[int, bytes]] = {}
        self.heard_at = 0.0
        self._fault = fault
        self._owners = owners
        self._wanted = 0 if fault == "hears PCMU alone" else PAYLOAD_TYPES.get(codec, 0)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        is_rtp = len(data) >= 12 and data[0] == 0x80 and data[1] & 0x7F not in RTCP
        if not is_rtp and self._fault == "stores what is no RTP":
            self.keep(next(iter(self.streams)), 0, data)
        elif is_rtp and self._is_wanted(data):
            self._hear(data)

    def _is_wanted(self, data: bytes) -> bool:
        return data[1] & 0x7F == self._wanted or self._fault == "stores every payload type"

    def told(self) -> list[bytes]:
        """What is to be stored, a file each: the audio of the first stream."""
        voices = [b"".join(self._packets(stream)) for stream in self.streams.values()]
        if self._fault == "stores every SSRC":
            return [b"".join(voices)]
        return voices if self._fault == "stores every SSRC in a file of its own" else voices[:1]

    def _packets(self, stream: dict[int, bytes]) -> list[bytes]:
        order = stream if self._fault == "stores in the order of arrival" else sorted(stream)
        packets = [stream[place] for place in order]
        return packets[:-1] if self._fault == "stores all but the last packet" else packets

    def _hear(self, data: bytes) -> None:
        if self._fault == "begins anew after a pause" and monotonic() - self.heard_at > LONG_S:
            self.streams.clear()
        self.heard_at = monotonic()
        ssrc = data[8:12]
        owner = self._owners.setdefault(ssrc, self) if self._fault == "tells streams by their SSRC" else self
        owner.keep(ssrc, unpack_from("!I", data, 4)[0], data[12:])

    def keep(self, ssrc: bytes, timestamp: int, payload: bytes) -> None:
        """A packet of a stream."""
        stream = self.streams.setdefault(ssrc, {})
        place = timestamp if self._fault == "stores by numbers that do not wrap" else (timestamp + 2**31) % 2**32
        stream[place] = stream.get(place, b"") + payload if self._fault in JOINED else payload


def store(path: Path, codec: str, audio: bytes, fault: str = "") -> None:
    """A record file, at the end of the one that is there if the path is not new."""
    if fault == "stores silence in WAV files":
        store_wav(path, bytes(2 * len(audio)))
        return
    before = path.read_bytes()[76:] if path.exists() else b""
    size = 0 if fault == "leaves headers as they began" else len(before + audio)
    named = "PCMU" if fault == "stores all as PCMU" else codec
    path.write_bytes(pack("<64siiI", named.encode(), 160, 160, size) + before + audio)


def store_wav(path: Path, pcm: bytes) -> None:
    """A WAV file of 16-bit samples at 8 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(pcm)
