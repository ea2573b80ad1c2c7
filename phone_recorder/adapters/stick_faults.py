"""What goes wrong with an emulated stick: a wait, or the error that a device would give, before each access."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.adapters.medium import Access, Medium, Refused

Wait = Callable[[threading.Event, float], bool]
"""Waits for the event for so many seconds at most, as `threading.Event.wait` does."""

_SLOW = (Access.WRITE, Access.SYNC)


@dataclass(slots=True)
class Faults:
    """Those of a stick, whether it is plugged in or not; set while others write to it.

    `locked`: write-protected. `bad`: each sync fails. `delay_ms`: by so much each write and each sync takes longer.
    `disk_error` is none of them: what the disk below has failed with first, which is no fault of the stick.
    """

    locked: bool = False
    bad: bool = False
    delay_ms: int = 0
    disk_error: OSError | None = None

    def of(self, access: Access) -> int:
        """The errno of an access; 0 if it succeeds."""
        return next((number for name, accesses, number in _ERRORS if getattr(self, name) and access in accesses), 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file system sets: bytes of its `largest_file`, and `most_files` in a folder, as in the root of FAT16."""

    largest_file: int = sys.maxsize
    most_files: int = sys.maxsize


NO_LIMITS = Limits()

DISK_FAILS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EIO,
    errno.EACCES,
    errno.EPERM,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOMEM,
}
"""What a disk, or the system, says that cannot do more; anything else says that something is not there."""

_ERRORS = (
    ("locked", (Access.CHANGE, Access.WRITE), errno.EROFS),
    ("bad", (Access.SYNC,), errno.EIO),
)
"""Which fault makes which accesses fail, and how."""


class Insertion(Medium):
    """A stick from when it is plugged in until it is pulled out, as its files have it; another time it is another one.

    `on_closed` is told of each file that was let go of, by the thread that wrote it.
    """

    def __init__(
        self, faults: Faults, wait: Wait, on_closed: Callable[[Insertion], None], limits: Limits = NO_LIMITS
    ) -> None:
        self._faults = faults
        self._wait = wait
        self._on_closed = on_closed
        self._limits = limits
        self._plugged = True
        self._hurries = False
        self._hurry = threading.Event()

    def present(self) -> bool:
        """Whether it is still plugged in."""
        return self._plugged

    def pull(self) -> None:
        """From now on every access fails, also one that waits."""
        self._plugged = False
        self.hurry()

    def hurry(self) -> None:
        """From now on nothing waits."""
        self._hurries = True
        self._hurry.set()

    def delay_changed(self) -> None:
        """Whoever waits goes on; whoever comes next waits as long as is set now."""
        if not self._hurries:
            before, self._hurry = self._hurry, threading.Event()
            before.set()

    def ask(self, access: Access) -> None:
        # In this order: with the new event comes the new delay.
        hurry, delay_ms = self._hurry, self._faults.delay_ms
        if delay_ms and access in _SLOW:
            self._wait(hurry, delay_ms / 1000)
        number = self._faults.of(access) if self._plugged else errno.ENODEV
        if number:
            raise Refused(number)

    @property
    def largest_file(self) -> int:
        return self._limits.largest_file

    def make(self, folder: int) -> None:
        if self._limits.most_files < sys.maxsize and len(os.listdir(folder)) >= self._limits.most_files:
            raise Refused(errno.ENOSPC)

    def failed(self, error: OSError) -> None:
        # Who was let pass a moment before it was pulled out may find its directory put away.
        if self._plugged and error.errno in DISK_FAILS:
            self._faults.disk_error = self._faults.disk_error or error

    def closed(self) -> None:
        self._on_closed(self)
