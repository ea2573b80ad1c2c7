"""A WAV file of 16-bit samples that is written as time passes: cut off at any moment, it still opens.

What was said in a call is for its owner alone, and so is the file.
"""

from __future__ import annotations

import os
from array import array
from pathlib import Path
from typing import BinaryIO

from phone_recorder.adapters.files import reason
from phone_recorder.errors import UsageError
from phone_recorder.wire import riff
from phone_recorder.wire.riff import WavFormat


class WavWriter:
    """A new mono file at `rate` Hz. UsageError if it cannot be made, or is there already and `force` is not set."""

    def __init__(self, path: Path, rate: int, force: bool = False) -> None:
        self.path = path
        self.samples = 0
        """How many are in the file."""
        self._format = WavFormat(riff.PCM, 1, rate, 16, 2)
        self._file: BinaryIO = os.fdopen(_created(path, force), "wb", buffering=0)
        try:
            self.write(array("h"))
        except UsageError:
            self._file.close()
            raise

    def write(self, samples: array[int]) -> None:
        """Append the samples, then make the header true. UsageError or AudioFileError if the file takes no more."""
        size = 2 * (self.samples + len(samples))
        head = riff.build_head(self._format, size)
        try:
            self._file.seek(len(head) + 2 * self.samples)
            self._write(samples.tobytes())
            self._file.seek(0)
            self._write(head)
        except OSError as error:
            raise _failed(self.path, error) from error
        self.samples += len(samples)

    def close(self) -> None:
        """All is in the file already."""
        try:
            self._file.close()
        except OSError as error:
            raise _failed(self.path, error) from error

    def _write(self, data: bytes) -> None:
        """All of it: a write that a full disk cuts short says so by the next one."""
        while data:
            data = data[self._file.write(data) or 0 :]


def _created(path: Path, force: bool) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        return os.open(path, flags | (os.O_TRUNC if force else os.O_EXCL), 0o600)
    except FileExistsError as error:
        raise UsageError(f"{path} exists already: choose another name, or remove it") from error
    except OSError as error:
        raise _failed(path, error) from error


def _failed(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write {path}: {reason(error)}")
