"""Older recordings on a drive, which give way to a new one, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from phone_recorder.errors import DriveError, DriveReadOnly
from phone_recorder.recording.drive import Drive
from phone_recorder.recording.rotation import SpacePolicy

MOST_FOR_A_FILE = 3
"""Recordings that give way for the entry of a new file. A name has three or four entries in a directory of FAT, which
wants them side by side, and twice: the new file is there under a hidden name when it is given its own."""


class DriveCover:
    """`room_in` tells how many bytes deleting each of these recordings would free.

    `covered` is told the path of each that has given way, `note` the error of one that could not be deleted.
    """

    def __init__(
        self,
        drive: Drive,
        policy: SpacePolicy,
        room_in: Callable[[Sequence[str]], Sequence[int]],
        covered: Callable[[str], None],
        note: Callable[[str], None],
    ) -> None:
        self._drive = drive
        self._policy = policy
        self._room_in = room_in
        self._covered = covered
        self._note = note

    def make_room(self, packet: int, ours: Collection[str]) -> None:
        """Delete older recordings, never `ours`, until the next part has room; none in vain. `packet` in bytes."""
        if (free := self._drive.free()) >= self._policy.wanted:
            return
        paths = self._older(ours)
        rooms = self._room_in(paths)
        if free + sum(rooms) < self._policy.least(packet):
            return
        for path, room in zip(paths, rooms, strict=True):
            if room:
                self._delete(path)
            if self._drive.free() >= self._policy.wanted:
                return

    def make_place(self, ours: Collection[str]) -> bool:
        """Delete the oldest recording that can be deleted, never one of `ours`; whether there was one."""
        return any(map(self._delete, self._older(ours)))

    def _older(self, ours: Collection[str]) -> list[str]:
        return [path for path in self._drive.recordings() if path not in ours]

    def _delete(self, path: str) -> bool:
        try:
            self._drive.delete(path)
        except DriveReadOnly:
            # Somebody keeps this one; the next one can perhaps be deleted.
            return False
        except DriveError as error:
            # Perhaps the next one can be deleted; whether there is room is asked afterwards.
            self._note(str(error))
            return False
        self._covered(path)
        return True
