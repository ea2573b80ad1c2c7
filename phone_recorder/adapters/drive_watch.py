"""Waiting until a USB drive may have come, gone or changed. Events only wake: what is true, `find_drives` tells."""

from __future__ import annotations

import math
import os
import select
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Literal, Protocol, Self

import pyudev

from phone_recorder.adapters.drive_facts import context
from phone_recorder.adapters.drives import FoundDrive
from phone_recorder.errors import DriveError

MOUNT_TABLE = "/proc/self/mountinfo"

LOOK_AGAIN_S = 1.0
"""Nothing tells when a drive that did not answer does."""

Source = Literal["udev", "kernel"]
Kind = Literal["added", "removed", "changed"]


class Watch(Protocol):
    """What waits for changes."""

    def wait(self, timeout_s: float | None) -> bool:
        """True when something may have changed; False after `timeout_s` or a `wake`. None waits for ever."""

    def wake(self) -> None:
        """The `wait` that is waiting returns, or else the next one."""

    def close(self) -> None:
        """No more waiting."""


class DriveWatch:
    """Watches from the moment it is made: look at the drives after that, and nothing is missed.

    Of `sources`, "udev" hears of a device when udevd is done with it, and "kernel" at once, which is all there is where
    no udevd runs. Both, as udevd may come and go. One thread may `wait`; any may `wake`.
    """

    def __init__(self, sources: Sequence[Source] = ("udev", "kernel")) -> None:
        try:
            self._monitors = {monitor.fileno(): monitor for monitor in map(_monitor, sources)}
            self._mounts = os.open(MOUNT_TABLE, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise DriveError(f"USB drives cannot be watched: {error.strerror or error}") from error
        self._bell: int | None = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._lock = threading.Lock()  # for the bell: another thread may ring it while it is being closed
        self._poll = select.poll()
        for fd in self._monitors:
            self._poll.register(fd, select.POLLIN)
        # The kernel says POLLPRI once for each change of the mount table; nothing need be read.
        self._poll.register(self._mounts, select.POLLPRI | select.POLLERR)
        self._poll.register(self._bell, select.POLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """No more waiting; a `wake` that comes later does nothing."""
        with self._lock:
            if self._bell is None:
                return
            os.close(self._bell)
            self._bell = None
        os.close(self._mounts)
        del self._poll, self._monitors  # pyudev closes the sockets with the objects

    def wake(self) -> None:
        """The `wait` that is waiting returns, or else the next one."""
        with self._lock:
            if self._bell is not None:
                os.eventfd_write(self._bell, 1)

    def wait(self, timeout_s: float | None = None) -> bool:
        """True when something may have changed; False after `timeout_s` or a `wake`. None waits for ever."""
        ready = {fd for fd, _ in self._poll.poll(None if timeout_s is None else math.ceil(timeout_s * 1000))}
        if self._bell is not None and self._bell in ready:
            os.eventfd_read(self._bell)
            ready.remove(self._bell)
        for fd in ready & self._monitors.keys():
            _drain(self._monitors[fd])
        return bool(ready)


def _monitor(source: Source) -> Any:
    monitor = pyudev.Monitor.from_netlink(context(), source)
    monitor.filter_by("block")
    monitor.start()
    return monitor


def _drain(monitor: Any) -> None:
    """The events themselves are of no interest: after the last of them one look tells all."""
    try:
        while monitor.poll(0) is not None:
            pass
    except OSError:
        pass  # ENOBUFS: more events than the socket holds. Some are lost, but we are awake


@dataclass(frozen=True, slots=True)
class Change:
    """A drive that came, went, or is not as it was: then `drive` is as it is now."""

    kind: Kind
    drive: FoundDrive


def changes(before: Sequence[FoundDrive], after: Sequence[FoundDrive]) -> list[Change]:
    """What happened between two looks: what went first. A stick that was pulled and plugged again is another one.

    How much is free is no change, but whether the drive answers is.
    """
    old = {drive.identity: drive for drive in before}
    new = {drive.identity: drive for drive in after}
    return [
        *(Change("removed", drive) for key, drive in old.items() if key not in new),
        *(Change("added", drive) for key, drive in new.items() if key not in old),
        *(Change("changed", drive) for key, drive in new.items() if key in old and _state(old[key]) != _state(drive)),
    ]


def _state(drive: FoundDrive) -> FoundDrive:
    return replace(drive, free=None if drive.free is None else 0)
