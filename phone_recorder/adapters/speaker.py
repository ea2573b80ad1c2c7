"""The sound device, through sounddevice, whose PortAudio is loaded when something is to be played."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Protocol

from phone_recorder.errors import SpeakerError
from phone_recorder.media import pcm

_EDGE_S = 0.25
"""Silence before and after: sound servers swallow the first moments of a stream, and the last."""


class _Stream(Protocol):
    """What is used of `sounddevice.RawOutputStream`."""

    def start(self) -> None: ...

    def write(self, data: array[int]) -> bool: ...

    def stop(self) -> None: ...

    def abort(self) -> None: ...

    def close(self) -> None: ...


class Speaker:
    """An open mono output at one rate."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def write(self, samples: array[int]) -> None:
        """Play these samples after those before; blocks while the device has enough of them."""
        # An underrun is heard, and cannot be helped any more.
        self._stream.write(samples)


@contextmanager
def open_speaker(rate: int, device: str | None = None) -> Iterator[Speaker]:
    """A speaker at `rate` Hz; `device` is a part of a device's name, or its number. SpeakerError if there is none.

    At the end it waits until all is heard; after an error it falls silent at once.
    """
    sound = _sounddevice()
    stream = _open_stream(sound, rate, device)
    edge = pcm.silence(int(_EDGE_S * rate))
    try:
        stream.start()
        stream.write(edge)
        yield Speaker(stream)
        stream.write(edge)
        stream.stop()
    except sound.PortAudioError as error:
        raise SpeakerError(f"the sound device failed: {_first_line(error)}") from error
    finally:
        # Of a stream that was stopped above, nothing is left to abort.
        stream.close()


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except ImportError as error:
        raise SpeakerError("cannot play without the Python package sounddevice: pip install sounddevice") from error
    except OSError as error:
        raise SpeakerError(
            "cannot play without the PortAudio library: for example, apt install libportaudio2"
        ) from error
    module: ModuleType = sounddevice
    return module


def _open_stream(sound: ModuleType, rate: int, device: str | None) -> _Stream:
    wanted = int(device) if device is not None and device.isdecimal() else device
    try:
        stream: _Stream = sound.RawOutputStream(samplerate=rate, channels=1, dtype="int16", device=wanted)
    except (sound.PortAudioError, ValueError) as error:
        which = "the default sound device" if device is None else f"the sound device {device!r}"
        raise SpeakerError(f"cannot open {which}: {_first_line(error)}") from error
    return stream


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(":")
