"""The phone's USB port: a stick that comes is chosen, mounted if need be, and repaired; it may go at any time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from phone_recorder.adapters.automount import Automount
from phone_recorder.adapters.drive_port import PortPlan, PortState
from phone_recorder.adapters.drive_watch import LOOK_AGAIN_S, DriveWatch, Watch
from phone_recorder.adapters.drives import FoundDrive, Identity, choose, find_drives
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_repair import Repair
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.errors import DriveError

STOP_S = 5.0
"""How long the port's thread is waited for: it may be mounting."""


class UsbPort:
    """`look` looks once; `start` goes on looking in a thread of its own, whenever something may have changed.

    `find` tells which drives are plugged in, as drives.py does, and `watch` begins to wait for changes. `changed` is
    called, on that thread, when the state is another one; it never raises.
    """

    def __init__(
        self,
        plan: PortPlan,
        syncs: Syncs = Syncs.ALWAYS,
        find: Callable[[], list[FoundDrive]] | None = None,
        watch: Callable[[], Watch] = DriveWatch,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._state = PortState()
        self._find = find or partial(find_drives, plan.folder)
        self._begin_to_watch = watch
        self._changed = changed
        self._plan = plan
        self._syncs = syncs
        self._automount = Automount(plan.automount) if plan.automount else None
        self._plugged = _Plugged("")
        self._repaired: MountedDrive | None = None
        self._earlier: tuple[Repair, ...] = ()
        self._cannot_mount: dict[_Attempt, DriveError] = {}
        self._watch: Watch | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._again_s: float | None = None
        self._crash: BaseException | None = None

    @property
    def state(self) -> PortState:
        """What is true of the drive now. An error of ours that has ended the thread is raised here."""
        if self._crash:
            raise self._crash
        return self._state

    def start(self) -> None:
        """Look, and go on watching."""
        # Watched first: what changes after the first look is an event then.
        self._watch = self._begin_to_watch()
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
        before = self._state
        try:
            drives = self._find()
            self._again_s = LOOK_AGAIN_S if any(drive.hangs for drive in drives) else None
            self._forget(drives)
            self._state = self._same(drives) or self._ready(drives)
        except DriveError as error:
            self._state = PortState(error=error)
        except OSError as error:
            # A stick may vanish at any line of the looking; its event makes us look again.
            if not (before.drive and before.drive.present()):
                self._state = PortState(error=DriveError(f"the USB drives cannot be looked at: {reason(error)}"))
        if before.drive is not self._state.drive:
            self._earlier += before.repairs
        self._state = replace(self._state, earlier=self._earlier)
        if repair:
            self._repair()

    def _follow(self, watch: Watch) -> None:
        try:
            self._repair()
            self._changed()
            while not self._stopping:
                watch.wait(self._again_s)
                if not self._stopping:
                    before = self._state
                    self.look()
                    if _shown(self._state) != _shown(before):
                        self._changed()
        except BaseException as error:
            # An error of ours: raised where the call can see it.
            self._crash = error
            self._changed()

    def _repair(self) -> None:
        """Once for each drive that comes; it can be recorded to meanwhile."""
        drive = self._state.drive
        if drive and drive is not self._repaired and self._plan.repair:
            self._repaired = drive
            done = tuple(drive.repair(lambda: drive.present() and not self._stopping))
            self._state = replace(self._state, repairs=done)

    def _forget(self, drives: list[FoundDrive]) -> None:
        """What was known of sticks that are gone."""
        # A card that was pulled out of its reader leaves a disk of no size.
        present = {drive.identity for drive in drives if drive.size}
        # One that is mounted, or formatted anew, since we could not mount it is worth another attempt.
        not_mounted = {_attempt(drive) for drive in drives if drive.size and drive.mount is None}
        self._cannot_mount = {key: error for key, error in self._cannot_mount.items() if key in not_mounted}
        if self._state.found and self._state.found.identity not in present:
            self._plugged.pulled = True
        if self._automount:
            self._automount.tidy(drives)

    def _same(self, drives: list[FoundDrive]) -> PortState | None:
        """The state if the drive in use still is the one."""
        found, drive = self._state.found, self._state.drive
        if found is None or drive is None or not drive.present():
            return None
        for now in drives:
            if now.identity == found.identity and now.mount == found.mount and (now.hangs or not now.problem):
                # One that stalls while it is in use may come back; its recording knows when to give it up.
                drive.last_free = now.free if now.free is not None else drive.last_free
                return replace(self._state, found=now)
        return None

    def _ready(self, drives: list[FoundDrive], without: frozenset[Identity] = frozenset()) -> PortState:
        """The drive of the rule. One that cannot be used in spite of what is known of it gives way to the next."""
        found = self._mounted(drives, without)
        try:
            return self._open(found)
        except DriveError as error:
            try:
                return self._ready(self._find(), without | {found.identity})
            except DriveError:
                raise error from None

    def _open(self, found: FoundDrive) -> PortState:
        assert found.mount is not None, "what has no problem is mounted"
        self._plugged = _Plugged(found.sys_path)
        # The files of a btrfs have a device number of their own.
        own_number = found.file_system == "btrfs"
        device = None if own_number else found.number
        drive = MountedDrive(found.mount, None, self._syncs, self._plan.folder, self._plugged, device, own_number)
        drive.last_free = found.free
        return PortState(drive, found=found)

    def _mounted(self, drives: list[FoundDrive], without: frozenset[Identity]) -> FoundDrive:
        """The drive of the rule; mounted here, if it was not. One that cannot be mounted gives way to the next."""
        out = {attempt[0] for attempt in self._cannot_mount} | without
        candidates = [drive for drive in drives if drive.identity not in out]
        try:
            found = choose(candidates, self._plan.wanted, automount=self._automount is not None)
        except DriveError as error:
            raise next(iter(self._cannot_mount.values()), error) from None
        if not found.problem or self._automount is None:
            return found
        return self._mounted(self._mount(found, self._automount), without)

    def _mount(self, found: FoundDrive, automount: Automount) -> list[FoundDrive]:
        """The drives after an attempt to mount one."""
        error = DriveError(f"the USB drive {found.name} ({found.device}) was mounted, and is not there")
        try:
            automount.mount(found)
        except DriveError as failed:
            error = failed
        drives = self._find()
        if any(drive.mountable and _attempt(drive) == _attempt(found) for drive in drives):
            self._cannot_mount[_attempt(found)] = error
        return drives


def _shown(state: PortState) -> tuple[PortState, str]:
    """What is the same as long as nothing has changed: each look makes an error of its own."""
    return replace(state, error=None), str(state.error)


_Attempt = tuple[Identity, str, str]


def _attempt(drive: FoundDrive) -> _Attempt:
    """What a failed mount is remembered by."""
    return drive.identity, drive.file_system, drive.uuid


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
