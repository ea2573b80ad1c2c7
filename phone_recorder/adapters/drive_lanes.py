"""Work with the drive that is plugged in, for somebody who waits: what is soon done, and what takes its time.

Each drive has lanes of its own: one that hangs holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.adapters.drive_errors import HANGS, HANGS_AFTER_S, REMOVED
from phone_recorder.adapters.drive_port import PortState
from phone_recorder.adapters.lane import Lane, Lanes
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveError, DriveGone, NoDrive, UsageError

ROOM = 32
"""So many may wait for it."""
EXPORTS = "another recording is being exported: wait until that is done"


class DriveLanes:
    """`state` tells what is true of the port, at once."""

    def __init__(self, state: Callable[[], PortState]) -> None:
        self._state = state
        self._soon = Lanes(lambda: Lane(lambda: DriveError(HANGS), HANGS_AFTER_S, ROOM))
        self._long = Lanes(lambda: Lane(lambda: UsageError(EXPORTS), None, 0))

    @property
    def drive(self) -> MountedDrive:
        """The drive there is; DriveError if there is none."""
        state = self._state()
        if state.drive is None:
            raise state.error or NoDrive("no USB drive is plugged in")
        if not state.drive.present():
            raise DriveGone(REMOVED)
        return state.drive

    def soon(self, drive: MountedDrive) -> Lane:
        """For what is done within HANGS_AFTER_S, or the drive hangs."""
        return self._soon.of(drive)

    def long(self, drive: MountedDrive) -> Lane:
        """For an export, one at a time."""
        return self._long.of(drive)
