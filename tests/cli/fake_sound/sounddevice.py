"""Stands for the sound library in a process under test: put its directory on PYTHONPATH.

Each write goes to the file descriptor FAKE_SOUND_OUT: its size in 4 bytes, little endian, then its samples. If
FAKE_SOUND_PACE is set, each write then waits for a byte from that file descriptor, as a device waits for its clock.
The device named `breaks` fails at its third write.
"""

from __future__ import annotations

import os
import struct
from array import array


class PortAudioError(Exception):
    pass


if os.environ.get("FAKE_SOUND_MISSING"):
    raise OSError("PortAudio library not found")


class RawOutputStream:
    def __init__(self, **options: object) -> None:
        self._out = int(os.environ["FAKE_SOUND_OUT"])
        self._pace = os.environ.get("FAKE_SOUND_PACE")
        self._writes_left = 2 if options["device"] == "breaks" else -1
        os.write(self._out, struct.pack("<I", options["samplerate"]))

    def start(self) -> None:
        pass

    def write(self, samples: array[int]) -> bool:
        if not self._writes_left:
            raise PortAudioError("it broke")
        self._writes_left -= 1
        data = bytes(samples)
        os.write(self._out, struct.pack("<I", len(data)) + data)
        if self._pace:
            os.read(int(self._pace), 1)
        return False

    def stop(self) -> None:
        pass

    def close(self) -> None:
        pass
