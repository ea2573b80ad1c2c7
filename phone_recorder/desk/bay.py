"""The phone's USB port as the desk has it: an emulated stick or real drives, and the recordings on what is in there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from phone_recorder.adapters import drive_recordings
from phone_recorder.adapters.aside import ask
from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.drive_lanes import DriveLanes
from phone_recorder.adapters.drive_port import DrivePort, PortPlan
from phone_recorder.adapters.emulated_stick import EmulatedPort
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.control_api import DriveList, Exported, RecordingList, Stick
from phone_recorder.control_api.told import as_text, drive_list
from phone_recorder.desk.listings import Listings
from phone_recorder.desk.plan import DeskPlan
from phone_recorder.errors import DriveError, UsageError
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.settings.phone import PhoneSettings

REAL = "this phone uses the USB drives that are really plugged in: plug them in and out by hand"


class Bay:
    """`stick` is the emulated one's port, None with real drives; `drive` is what calls record to."""

    def __init__(self, plan: DeskPlan, settings: PhoneSettings, clock: Clock) -> None:
        self.stick = _emulated(plan.stick, settings) if plan.stick else None
        self._port: DrivePort = self.stick or _real(plan, settings)
        if self.stick and plan.inserted:
            self.stick.insert(plan.stick_size)
        request = CallRequest(settings=settings.record)
        self.drive = PhoneDrive(self._port, request.header, request.space, clock.system_time, live=True)
        self._listings = Listings()
        self._lanes = DriveLanes(lambda: self._port.state)

    def record_as(self, request: CallRequest) -> PhoneDrive:
        """The drive, for a call that is recorded so."""
        self.drive.header, self.drive.policy = request.header, request.space
        return self.drive

    def close(self) -> None:
        """Wait for what is being written, and let the drive go."""
        self.drive.close()

    @property
    def emulated(self) -> EmulatedPort:
        """The port of the emulated stick; UsageError with real drives."""
        if self.stick is None:
            raise UsageError(REAL)
        return self.stick

    @property
    def stick_state(self) -> Stick:
        """What the panel shows of the emulated stick."""
        if self.stick is None:
            return Stick(emulated=False)
        state = self.stick.stick
        return Stick(
            emulated=True,
            inserted=state.inserted,
            capacity=state.capacity,
            free=state.free,
            file_system=state.file_system,
            delay_ms=state.write_delay_ms,
            locked=state.locked,
            bad=state.bad,
        )

    @property
    def drives(self) -> DriveList:
        """The drive that is recorded to, or why there is none. Told at once, without asking the drive."""
        return drive_list(self._port.state, self.drive.view)

    @property
    def listed(self) -> RecordingList:
        """The recordings, as they were looked at last."""
        return self._listings.newest

    async def list(self) -> RecordingList:
        """The recordings, looked at anew."""
        try:
            drive = self._lanes.drive
        except DriveError as error:
            return self._listings.none(error)
        return await self._listings.look(drive, self._lanes.soon(drive))

    async def delete(self, name: str) -> RecordingList:
        """Delete one, and list the others."""
        drive = self._lanes.drive
        await ask(self._lanes.soon(drive), lambda: drive_recordings.delete_recording(drive, name))
        return await self.list()

    async def export(self, name: str) -> Exported:
        """Write one as WAV beside it; UsageError while another is written."""
        drive = self._lanes.drive
        path = await ask(self._lanes.long(drive), lambda: drive_recordings.export_recording(drive, name))
        return Exported(as_text(path))

    def path_of(self, name: str) -> Path:
        """Where a recording is; UsageError or DriveError if it is not there. Takes HANGS_AFTER_S at most."""
        return self.to_play(name)[0]

    def to_play(self, name: str) -> tuple[Path, Callable[[], bool]]:
        """The same, and what tells whether its drive is still plugged in."""
        drive = self._lanes.drive
        return self._lanes.soon(drive).wait(lambda: drive_recordings.path_of(drive, name)), drive.present


def _emulated(stick: Path, settings: PhoneSettings) -> EmulatedPort:
    return EmulatedPort(stick, repair=settings.record.repair, folder=settings.record.folder)


def _real(plan: DeskPlan, settings: PhoneSettings) -> DrivePort:
    from phone_recorder.adapters.usb_port import UsbPort

    record = settings.record
    port = UsbPort(PortPlan(record.drive, record.folder, plan.automount, record.repair))
    port.start()
    return port
