"""The other end of the fake sound library in fake_sound/, and the recording that is played to it."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from phone_recorder.media import g711
from phone_recorder.wire.payload import PCMU
from tests.record_bytes import record, speech

FAKE_SOUND = Path(__file__).parent / "fake_sound"
ROOT = Path(__file__).parents[2]
PATIENCE_S = 20

SPEECH = speech(160 * 1000)
RECORD = record(SPEECH, b"PCMU", 160, 160)
"""20 s in packets of 20 ms."""
EDGE = bytes(4000)
"""The silence before and after."""


def decoded(payload: bytes) -> bytes:
    """What the device must be given for a payload."""
    return g711.decode(PCMU, payload).tobytes()


class Sound:
    """What a `play` process sends to its sound library, write for write."""

    def __init__(self) -> None:
        self.read_end, self.write_end = os.pipe()
        self.env = {"PYTHONPATH": f"{FAKE_SOUND}{os.pathsep}{ROOT}", "FAKE_SOUND_OUT": str(self.write_end)}

    def __enter__(self) -> Sound:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.read_end)

    def started(self) -> None:
        """The process has the writing end now, and its death is the end of what is written."""
        os.close(self.write_end)

    def rate(self) -> int:
        """At what rate the device was opened; 0 if it never was."""
        return int.from_bytes(self._exactly(4), "little")

    def writes(self) -> Iterator[bytes]:
        while size := self._exactly(4):
            yield self._exactly(struct.unpack("<I", size)[0])

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (more := os.read(self.read_end, size - len(data))):
            data += more
        return data
