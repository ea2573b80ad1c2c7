"""The drive of a phone: a destination for each recording, and what the screen can tell between them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from phone_recorder.adapters.drive_port import DrivePort, PortState
from phone_recorder.adapters.drive_worker import ThreadWorker, Worker
from phone_recorder.adapters.drive_writer import BackgroundDestination
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveFull, FolderFull, NoDrive
from phone_recorder.recording.destination import Destination, NoDestination
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.drive_names import time_for_name
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.record_file import RecordHeader

FINISH_S = 5.0
"""How long a drive that still hangs when the call is over is waited for."""


class PhoneDrive:
    """Recordings of `header`'s codec and packets go to the drive that is in `port`.

    `live` writes them on a thread each; without it the drive is used at once, under a virtual clock. Where `worker` is
    given it makes what writes instead, for each recording. `header` and `policy` may be changed: recordings that start
    later go by that. `part_begun` is called, on such a thread, for each file that a recording in the background begins.
    """

    def __init__(
        self,
        port: DrivePort,
        header: RecordHeader,
        policy: SpacePolicy,
        system_time: Callable[[int], datetime],
        live: bool,
        part_begun: Callable[[], object] = lambda: None,
        worker: Callable[[], Worker] | None = None,
    ) -> None:
        self._port = port
        self.header = header
        self.policy = policy
        self._system_time = system_time
        self._worker = worker or (ThreadWorker if live else None)
        self._part_begun = part_begun
        self._writers: list[BackgroundDestination] = []
        self._last: tuple[MountedDrive, Destination] | None = None

    @property
    def state(self) -> PortState:
        """What is true of the drive."""
        return self._port.state

    @property
    def view(self) -> DriveView:
        """What a screen can tell of it, at once."""
        state = self.state
        return DriveView(state.error is None, self._remaining(state), state.news)

    def destination(self, earlier: Collection[str] = ()) -> Destination:
        """Where a recording that starts now goes, or goes on after its `earlier` files, by their paths."""
        state = self.state
        if state.drive is None:
            return NoDestination("local", state.error or NoDrive("no USB drive is plugged in"))
        drive = state.drive
        time = partial(self._time_for_name, drive)
        there = DriveDestination(drive, self.header, self.policy, time, drive.room_in, earlier)
        made = self._in_background(there, drive, self._worker()) if self._worker else there
        self._last = drive, made
        return made

    def close(self) -> None:
        """Wait for what is still being written, and let the drive go."""
        for writer in self._writers:
            writer.finish(FINISH_S)
        self._port.close()
        for writer in self._writers:
            # An emulated stick makes nobody wait any more.
            writer.finish(0)

    def _in_background(self, there: DriveDestination, drive: MountedDrive, worker: Worker) -> BackgroundDestination:
        made = BackgroundDestination(there, drive.present, self._part_begun, worker)
        self._writers = [*(writer for writer in self._writers if not writer.finished), made]
        return made

    def _time_for_name(self, drive: MountedDrive, instant: int) -> datetime:
        return time_for_name(self._system_time(instant), drive.names())

    def _has_failed(self, state: PortState) -> bool:
        """The last recording there has, and not for want of room: what the drive could still take is not known."""
        if self._last is None or self._last[0] is not state.drive:
            return False
        error = self._last[1].error
        return error is not None and (isinstance(error, FolderFull) or not isinstance(error, DriveFull))

    def _remaining(self, state: PortState) -> int | None:
        if self._has_failed(state):
            return None
        if state.free is None or self.policy.cover:
            return None
        return self.policy.remaining(state.free, self.header.rtp_len) * self.header.increment
