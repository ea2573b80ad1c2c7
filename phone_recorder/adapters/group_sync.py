"""Syncing a file system for many files at once: one syncfs(2) on a thread, for all who ask while another runs."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

from phone_recorder.adapters.files import reason
from phone_recorder.errors import DriveError

STOP_S = 5.0
"""How long a sync that still runs is waited for at the end."""


def sync_file_system(directory: int) -> None:
    """Force all that was written to the file system of this open directory to the medium; OSError if that fails."""
    if _syncfs()(directory):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class GroupSync:
    """For the file system of `directory`. `sync` is what does it."""

    def __init__(self, directory: Path, sync: Callable[[int], None] = sync_file_system) -> None:
        try:
            self._directory = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise DriveError(f"cannot store in {directory}: {reason(error)}") from error
        self.error = ""
        """Why the last sync failed; "" if it did not."""
        self._sync = sync
        self._change = threading.Condition()
        self._asked = self._done = self._failed = 0  # numbers; of syncs that failed, that of the last
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="group sync", daemon=True)
        self._thread.start()

    def ask(self) -> int:
        """A number for all that has been written until now."""
        with self._change:
            self._asked += 1
            self._change.notify()
            return self._asked

    def mark(self) -> int:
        """A number for the beginning of something: no sync that has ended by now can have lost any of it."""
        return self._done

    def outcome(self, number: int, since: int) -> bool | None:
        """Whether all that was written from the mark `since` to this number is on the disk; None: not known yet.

        What a failed sync has lost, the kernel has forgotten, and no later one brings it back.
        """
        return None if number > self._done else since >= self._failed

    def close(self) -> None:
        """Sync once more, and end."""
        with self._change:
            self._asked += 1
            self._closing = True
            self._change.notify()
        self._thread.join(STOP_S)
        if not self._thread.is_alive():
            os.close(self._directory)

    def _work(self) -> None:
        while not (self._closing and self._done == self._asked):
            with self._change:
                self._change.wait_for(lambda: self._asked > self._done)
                asked = self._asked
            try:
                self._sync(self._directory)
                self.error = ""
            except OSError as error:
                self.error = reason(error)
                self._failed = asked
            self._done = asked


@cache
def _syncfs() -> ctypes._NamedFuncPointer:
    # While it runs, ctypes lets the other threads go on.
    return ctypes.CDLL(None, use_errno=True).syncfs
