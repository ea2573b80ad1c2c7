"""The phone's USB port: a stick that comes is chosen, mounted if need be, and repaired; it may go at any time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from phone_recorder.adapters.automount import Automount
from phone_recorder.adapters.drive_port import PortPlan, PortState
from phone_recorder.adapters.drive_watch import DriveWatch
from phone_recorder.adapters.drives import FoundDrive, choose, find_drives
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_repair import Repair
from phone_recorder.errors import DriveError

STOP_S = 5.0
"""How long the port's thread is waited for: it may be mounting."""


class UsbPort:
    """`look` looks once; `start` goes on looking in a thread of its own, whenever something may have changed.

    `find` tells which drives are plugged in.
    """

    def __init__(
        self, plan: PortPlan, durable: bool = True, find: Callable[[], list[FoundDrive]] = find_drives
    ) -> None:
        self.state = PortState()
        self._find = find
        self._plan = plan
        self._durable = durable
        self._automount = Automount(plan.automount) if plan.automount else None
        self._plugged = _Plugged("")
        self._repaired: MountedDrive | None = None
        self._earlier: tuple[Repair, ...] = ()
        self._cannot_mount: dict[tuple[str, int], DriveError] = {}
        self._watch: DriveWatch | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False

    def start(self) -> None:
        """Look, and go on watching."""
        # Watched first: what changes after the first look is an event then.
        self._watch = DriveWatch()
        self.look(repair=False)
        self._thread = threading.Thread(target=self._follow, args=(self._watch,), name="USB port", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopping = True
        if self._watch and self._thread:
            self._watch.wake()
            self._thread.join(STOP_S)
            if not self._thread.is_alive():
                self._watch.close()
        if self._automount:
            self._automount.close()

    def look(self, repair: bool = True) -> None:
        """See what is there now; the drive in use stays in use while it can be used."""
        before = self.state
        try:
            drives = self._find()
            self._forget(drives)
            self.state = self._same(drives) or self._ready(drives)
        except DriveError as error:
            self.state = PortState(error=error)
        except OSError as error:
            # A stick may vanish at any line of the looking; its event makes us look again.
            if not (self.state.drive and self.state.drive.present()):
                self.state = PortState(error=DriveError(f"the USB drives cannot be looked at: {reason(error)}"))
        if before.drive is not self.state.drive:
            self._earlier += before.repairs
        self.state = replace(self.state, earlier=self._earlier)
        if repair:
            self._repair()

    def _follow(self, watch: DriveWatch) -> None:
        self._repair()
        while not self._stopping:
            watch.wait()
            if not self._stopping:
                self.look()

    def _repair(self) -> None:
        """Once for each drive that comes; it can be recorded to meanwhile."""
        drive = self.state.drive
        if drive and drive is not self._repaired and self._plan.repair:
            self._repaired = drive
            done = tuple(drive.repair(lambda: drive.present() and not self._stopping))
            self.state = replace(self.state, repairs=done)

    def _forget(self, drives: list[FoundDrive]) -> None:
        """What was known of sticks that are gone."""
        # A card that was pulled out of its reader leaves a disk of no size.
        present = {drive.identity for drive in drives if drive.size}
        self._cannot_mount = {key: error for key, error in self._cannot_mount.items() if key in present}
        if self.state.found and self.state.found.identity not in present:
            self._plugged.pulled = True
        if self._automount:
            self._automount.tidy(drives)

    def _same(self, drives: list[FoundDrive]) -> PortState | None:
        """The state if the drive in use still is the one."""
        found, drive = self.state.found, self.state.drive
        if found is None or drive is None or not drive.present():
            return None
        for now in drives:
            if now.identity == found.identity and now.mount == found.mount and not now.problem:
                return replace(self.state, found=now, free=now.free)
        return None

    def _ready(self, drives: list[FoundDrive]) -> PortState:
        found = self._mounted(drives)
        assert found.mount is not None, "what has no problem is mounted"
        self._plugged = _Plugged(found.sys_path)
        # The files of a btrfs have a device number of their own.
        device = None if found.file_system == "btrfs" else found.number
        drive = MountedDrive(found.mount, None, self._durable, self._plan.folder, self._plugged, device)
        return PortState(drive, found=found, free=found.free)

    def _mounted(self, drives: list[FoundDrive]) -> FoundDrive:
        """The drive of the rule; mounted here, if it was not. One that cannot be mounted gives way to the next."""
        candidates = [drive for drive in drives if drive.identity not in self._cannot_mount]
        try:
            found = choose(candidates, self._plan.wanted, automount=self._automount is not None)
        except DriveError as error:
            raise next(iter(self._cannot_mount.values()), error) from None
        if not found.problem or self._automount is None:
            return found
        return self._mounted(self._mount(found, self._automount))

    def _mount(self, found: FoundDrive, automount: Automount) -> list[FoundDrive]:
        """The drives after an attempt to mount one."""
        error = DriveError(f"the USB drive {found.name} ({found.device}) was mounted, and is not there")
        try:
            automount.mount(found)
        except DriveError as failed:
            error = failed
        drives = self._find()
        if any(drive.mountable and drive.identity == found.identity for drive in drives):
            self._cannot_mount[found.identity] = error
        return drives


class _Plugged:
    """Whether the stick is still in, told by the kernel's own directory for it, which no drive can hold up.

    A stick that was pulled and plugged in again has a new directory, if of the same name. `pulled`: an event has told.
    """

    def __init__(self, sys_path: str) -> None:
        self.pulled = False
        self._path = Path(sys_path)
        self._directory = self._look()

    def __call__(self) -> bool:
        return not self.pulled and self._directory is not None and self._look() == self._directory

    def _look(self) -> int | None:
        with suppress(OSError):
            return self._path.stat().st_ino
        return None
