"""The list of the recordings on the drive: looked at anew whenever somebody asks, and the newest look counts."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from phone_recorder.adapters import drive_recordings
from phone_recorder.adapters.aside import share
from phone_recorder.adapters.drive_errors import REMOVED
from phone_recorder.adapters.lane import Lane, Newest
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.control_api import RecordingList
from phone_recorder.control_api.told import recording_list
from phone_recorder.errors import DriveError, DriveGone


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at a drive; the number says which is newer."""

    number: int
    lane: Lane
    future: Future[RecordingList]

    def will_serve(self, lane: Lane) -> bool:
        """It goes to that drive, and has not begun: it will see what is so now."""
        return self.lane is lane and not (self.future.running() or self.future.done())


class Listings:
    """Each look has a number. A look that is late is kept, unless there is a newer one."""

    def __init__(self) -> None:
        self._kept = Newest(RecordingList([]))
        self._last: _Look | None = None
        self._number = 0

    @property
    def newest(self) -> RecordingList:
        """The list that was looked at last."""
        return self._kept.value

    async def look(self, drive: MountedDrive, lane: Lane) -> RecordingList:
        """The list, with a problem if the drive cannot be looked at. Looks that have not begun are one."""
        try:
            look = self._look(drive, lane)
        except DriveError as error:
            return self.none(error, self._kept.number)
        try:
            return await share(lane, look.future)
        except DriveError as error:
            return self.none(error, look.number)

    def none(self, error: DriveError, number: int | None = None) -> RecordingList:
        """Nothing can be listed; a `number` says since which look, else since now."""
        return self._kept.keep(self._next_number() if number is None else number, RecordingList([], str(error)))

    def _look(self, drive: MountedDrive, lane: Lane) -> _Look:
        last = self._last
        if last is None or not last.will_serve(lane):
            number = self._next_number()
            last = self._last = _Look(number, lane, lane.put(lambda: self._kept.keep(number, _listed(drive))))
        return last

    def _next_number(self) -> int:
        self._number += 1
        return self._number


def _listed(drive: MountedDrive) -> RecordingList:
    try:
        found = drive_recordings.list_recordings(drive)
        if not drive.present():
            raise DriveGone(REMOVED)  # what the kernel still had in memory
    except DriveError as error:
        return RecordingList([], str(error))
    return recording_list(found)
