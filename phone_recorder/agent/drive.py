"""The drive that the agent records to, and the recordings on it. Whoever asks waits; the agent does not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from phone_recorder.adapters import drive_recordings
from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.drive_errors import HANGS, HANGS_AFTER_S
from phone_recorder.adapters.drive_lanes import DriveLanes
from phone_recorder.adapters.drive_port import DirectoryPort, DrivePort, PortPlan
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.adapters.reactor import Reactor, waiting
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.agent.plan import AgentPlan
from phone_recorder.control_api import DriveList, Exported, RecordingList
from phone_recorder.control_api.told import as_text, drive_list, recording_list
from phone_recorder.errors import DriveError
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.from_settings import header_of, space_of
from phone_recorder.settings.record import RecordSettings

T = TypeVar("T")


class AgentDrive:
    """`changed` is called, on any thread, when the drive is another one, or is there no more, and for each new file.

    `part_begun` is called on the thread that writes a recording when that has another file, and may hold it up.
    """

    def __init__(
        self,
        plan: AgentPlan,
        settings: RecordSettings,
        clock: Clock,
        reactor: Reactor,
        changed: Callable[[], None],
        part_begun: Callable[[], None] = lambda: None,
    ) -> None:
        self._reactor = reactor
        self._changed, self._remember = changed, part_begun
        port = _port(plan, settings, changed)
        self._drive = PhoneDrive(port, header_of(settings), space_of(settings), clock.system_time, True, self._begun)
        self._lanes = DriveLanes(lambda: self._drive.state)

    def recorded_to(self, settings: RecordSettings) -> PhoneDrive:
        """The drive, for recordings by these settings."""
        self._drive.header, self._drive.policy = header_of(settings), space_of(settings)
        return self._drive

    @property
    def view(self) -> DriveView:
        """What can be told of it at once."""
        return self._drive.view

    @property
    def drives(self) -> DriveList:
        """The one that is recorded to, or why there is none."""
        return drive_list(self._drive.state, self._drive.view)

    @property
    def mounted(self) -> MountedDrive:
        """The drive; DriveError if there is none."""
        return self._lanes.drive

    async def list(self) -> RecordingList:
        """The recordings, newest first, or why there are none to tell."""
        try:
            drive = self.mounted
            return recording_list(await self.ask(lambda: drive_recordings.list_recordings(drive)))
        except DriveError as error:
            return RecordingList([], str(error))

    async def delete(self, name: str) -> RecordingList:
        """Delete one, and list the others."""
        drive = self.mounted
        await self.ask(lambda: drive_recordings.delete_recording(drive, name))
        return await self.list()

    async def export(self, name: str) -> Exported:
        """Write one as WAV beside it; UsageError while another is written."""
        drive = self.mounted
        path = await waiting(self._lanes.long(drive).put(lambda: drive_recordings.export_recording(drive, name)))
        return Exported(as_text(path))

    async def ask(self, work: Callable[[], T]) -> T:
        """What `work` with the drive gives, or raises; DriveError if the drive does not answer."""
        return await self._within(HANGS_AFTER_S, self._lanes.soon(self.mounted).put(work))

    def close(self) -> None:
        """Wait for what is being written, and let the drive go."""
        self._drive.close()

    def _begun(self) -> None:
        """On the thread that writes. Who watches is told of a file only once a crash would know of it."""
        self._remember()
        self._changed()

    async def _within(self, patience_s: float, done: Future[T]) -> T:
        """What it gives, or a DriveError when that takes too long."""
        either: Future[None] = Future()
        timer = self._reactor.later(patience_s, lambda: _settle(either))
        done.add_done_callback(lambda _: self._reactor.soon(lambda: _settle(either)))
        await waiting(either)
        timer.cancel()
        if not done.done():
            done.cancel()
            raise DriveError(HANGS)
        return done.result()


def _settle(future: Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _port(plan: AgentPlan, settings: RecordSettings, changed: Callable[[], None]) -> DrivePort:
    if plan.usb:
        return DirectoryPort(MountedDrive(plan.usb, plan.usb_size, Syncs.ALWAYS, settings.folder))
    from phone_recorder.adapters.usb_port import UsbPort

    port_plan = PortPlan(settings.drive, settings.folder, plan.automount, settings.repair)
    port = UsbPort(port_plan, changed=changed)
    port.start()
    return port
