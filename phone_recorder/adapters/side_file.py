"""A file that is written beside a call, for its owner alone: when it fails, the file ends and the call goes on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from phone_recorder.adapters.files import reason
from phone_recorder.errors import UsageError


class SideFile:
    """A new file, nobody else's to read. `kind` is what it is, for the note that it has ended early.

    UsageError if it cannot be made, or is there already and `force` is not set. `note` is told once.
    """

    def __init__(self, path: Path, kind: str, note: Callable[[str], object], force: bool = False) -> None:
        self._path = path
        self._kind = kind
        self._note = note
        self._file = _created(path, force)

    @property
    def open(self) -> bool:
        """Whether what is written still goes anywhere."""
        return self._file >= 0

    def write(self, data: bytes) -> None:
        """All of it, at once: what a killed program has seen is in the file."""
        try:
            while data and self.open:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            self.close()
            self._note(f"the {self._kind} {self._path} ends here: {reason(error)}")

    def close(self) -> None:
        file, self._file = self._file, -1
        if file < 0:
            return
        try:
            os.close(file)
        except OSError as error:
            self._note(f"the {self._kind} {self._path} may lack its end: {reason(error)}")


def _created(path: Path, force: bool) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        if force and path.exists() and not path.is_file():
            raise UsageError(f"cannot write {path}: it is no regular file")
        file = os.open(path, flags | (os.O_TRUNC if force else os.O_EXCL), 0o600)
        # One that was there may have been for others too.
        os.fchmod(file, 0o600)
    except FileExistsError as error:
        raise UsageError(f"{path} exists already: choose another name, or remove it") from error
    except OSError as error:
        raise UsageError(f"cannot write {path}: {reason(error)}") from error
    return file
