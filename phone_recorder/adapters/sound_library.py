"""The sound library: sounddevice, whose PortAudio is loaded when sound is wanted. Its errors become ours here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Literal, Protocol

from phone_recorder.errors import SpeakerError

Kind = Literal["RawInputStream", "RawOutputStream"]


_WITHOUT_DEVICE = "Error querying device -1"
"""What the library says where no device is the default one."""


class Stream(Protocol):
    """What is used of a raw stream of `sounddevice`: mono samples of 16 bits."""

    def start(self) -> None: ...

    def write(self, data: Any) -> bool: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...


def load(purpose: str) -> ModuleType:
    """The library; SpeakerError says what to install, and that one cannot `purpose` without."""
    try:
        import sounddevice
    except ImportError as error:
        raise SpeakerError(
            f"cannot {purpose} without the Python package sounddevice: pip install sounddevice"
        ) from error
    except OSError as error:
        raise SpeakerError(
            f"cannot {purpose} without the PortAudio library: for example, apt install libportaudio2"
        ) from error
    module: ModuleType = sounddevice
    return module


def open_stream(sound: ModuleType, kind: Kind, rate: int, device: str | None, what: str, **options: Any) -> Stream:
    """A stream at `rate` Hz that is not started yet; `device` is a part of a device's name, or its number.

    SpeakerError names the device as `what`, a sound device or a microphone, if there is none or it is taken.
    """
    wanted = int(device) if device is not None and device.isdecimal() else device
    try:
        stream: Stream = getattr(sound, kind)(samplerate=rate, channels=1, dtype="int16", device=wanted, **options)
    except (sound.PortAudioError, ValueError) as error:
        which = f"the default {what}" if device is None else f"the {what} {device!r}"
        raise SpeakerError(f"cannot open {which}: {_first_line(error)}") from error
    return stream


@contextmanager
def failures(sound: ModuleType, what: str) -> Iterator[None]:
    """What goes wrong with an open stream is a SpeakerError, in one sentence."""
    try:
        yield
    except sound.PortAudioError as error:
        raise SpeakerError(f"the {what} failed: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    line = str(error).partition("\n")[0].rstrip(":")
    return "none is there; plug one in, or start the sound server" if line == _WITHOUT_DEVICE else line
