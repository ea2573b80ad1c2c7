"""A USB port with an emulated stick: a directory that is plugged in and pulled out, and fails when it is told to."""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from phone_recorder.adapters.drive_errors import Certain
from phone_recorder.adapters.drive_port import PortState
from phone_recorder.adapters.drives import PHONES_MOUNT, FoundDrive, choose
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_repair import Repair
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.adapters.stick_faults import NO_LIMITS, Faults, Insertion, Limits, Wait
from phone_recorder.errors import DriveError, UsageError
from phone_recorder.recording.drive_names import parse_folder
from phone_recorder.wire.printable import printable

DEVICE = "/dev/sda1"
"""What the emulated stick's device is called; there is none."""
MODEL = "Emulated stick"

_MOUNTED = {"fat32": "vfat", **{name: name for name in PHONES_MOUNT}}
"""File systems that the phone mounts, by their name in small letters, as blkid calls them; it mounts no others."""


@dataclass(frozen=True, slots=True)
class StickState:
    """The emulated stick; `capacity` and `free` in bytes, `free` None while it cannot be recorded to.

    `capacity` None is the whole disk that the directory is on. `file_system` "": it is not formatted. `bad`: it reports
    errors. Of a stick that is not `inserted` it is told what it was when it was.
    """

    inserted: bool
    capacity: int | None
    free: int | None
    write_delay_ms: int
    locked: bool
    label: str
    file_system: str
    device: str
    bad: bool


class EmulatedPort:
    """A port for the stick that is `directory`: its files stay there when it is pulled out.

    What it says is what the real port says of a real stick that is so. `repair` mends files that were cut short when
    the stick comes, `folder` on it is for recordings. The panel, the screen and the threads that write may all be
    there at once; `insert` and `lock` take as long as the repair, `fill` as the counting of the files. `limits` are
    those of each stick's file system. `wait` is for tests.
    """

    def __init__(
        self,
        directory: Path,
        syncs: Syncs = Syncs.ALWAYS,
        label: str = "STICK",
        repair: bool = True,
        folder: str = "",
        wait: Wait = threading.Event.wait,
        limits: Limits = NO_LIMITS,
    ) -> None:
        parse_folder(folder)  # UsageError now, not when the stick comes
        self._directory = directory
        self._syncs = syncs
        self._label = label
        self._mends = repair
        self._folder = folder
        self._wait = wait
        self._limits = limits
        self._faults = Faults()
        self._capacity: int | None = None
        self._file_system = "FAT32"
        self._size = 0  # that, or the disk's
        self._disk_free = 0
        self._sequence = 0
        self._insertion: Insertion | None = None
        self._drive: MountedDrive | None = None  # of this insertion, from when it can be used
        self._earlier: tuple[Repair, ...] = ()
        self._state = PortState()
        self._change = threading.Lock()
        self._look()

    @property
    def state(self) -> PortState:
        """What is true of the drive now."""
        return self._state

    @property
    def stick(self) -> StickState:
        """What is true of the stick now, told at once."""
        free = self._state.free
        return StickState(
            inserted=self._insertion is not None,
            capacity=self._capacity,
            # What was written while it was filled is more than it holds.
            free=None if free is None else max(free, 0),
            write_delay_ms=self._faults.delay_ms,
            locked=self._faults.locked,
            label=self._label,
            file_system=self._file_system,
            device=DEVICE,
            bad=self._faults.bad,
        )

    @property
    def disk_error(self) -> OSError | None:
        """What the disk that the directory is on has failed with first, as a file was written; None if it has not."""
        return self._faults.disk_error

    def insert(self, capacity: int | None = None, file_system: str = "FAT32", locked: bool = False) -> None:
        """Plug it in, as large as the disk if no capacity is stated; UsageError if it is in.

        One of 0 bytes is a card reader without a card. That it is slow or reports errors, it keeps.
        """
        with self._change:
            if self._insertion:
                raise UsageError("the emulated stick is plugged in already: pull it out first")
            if capacity is not None and capacity < 0:
                raise UsageError("a stick's capacity is a number of bytes: give 0 or more")
            total, self._disk_free = self._disk()
            self._capacity, self._size = capacity, total if capacity is None else capacity
            self._file_system, self._faults.locked = file_system, locked
            self._sequence += 1
            self._insertion = Insertion(self._faults, self._wait, self._closed, self._limits)
            self._look()
        self._repair()

    def pull(self) -> None:
        """Pull it out: whoever writes to it fails at once; UsageError if none is in."""
        with self._change:
            if self._insertion is None:
                raise UsageError("no emulated stick is plugged in: insert it first")
            self._insertion.pull()
            self._insertion = self._drive = None
            self._look()

    def fill(self, left: int = 0) -> None:
        """Leave so many bytes free, by less or more of other files that are not really there.

        A capacity that is too small for that grows. UsageError if the stick cannot be used now.
        """
        with self._change:
            drive = self._state.drive
            if drive is None:
                raise UsageError(f"the emulated stick cannot be filled: {self._state.error}")
            if left < 0:
                raise UsageError("what a stick has left is a number of bytes: give 0 or more")
            drive.leave(left)
            self._size = self._capacity = max(self._size, drive.capacity or 0)
            self._look()

    def slow(self, write_delay_ms: int) -> None:
        """Each write and each sync takes so much longer from now on, 0 ends that; what waits now goes on."""
        if write_delay_ms < 0:
            raise UsageError("a delay is a number of milliseconds: give 0 or more")
        with self._change:
            self._faults.delay_ms = write_delay_ms
            if self._insertion:
                self._insertion.delay_changed()

    def lock(self, locked: bool) -> None:
        """Write-protect it, or no more: the next write fails."""
        with self._change:
            self._faults.locked = locked
            self._look()
        self._repair()

    def spoil(self, bad: bool) -> None:
        """Report an error at each sync, or no more (EDGE-CASES S6)."""
        self._faults.bad = bad

    def close(self) -> None:
        """A slow stick is slow no more: what is still being written ends soon."""
        with self._change:
            self._mends = False
            if self._insertion:
                self._insertion.hurry()

    def _disk(self) -> tuple[int, int]:
        """Bytes of the disk that the directory, which is made, is on, and how many of them are free."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            total, _, free = shutil.disk_usage(self._directory)
        except OSError as error:
            path = printable(str(self._directory))
            raise UsageError(f"no stick can be emulated at {path}: {reason(error)}: name another directory") from error
        return total, free

    def _look(self) -> None:
        """Tell what is true now."""
        before = self._state
        try:
            now = self._ready()
        except DriveError as error:
            now = PortState(error=error)
        if now.drive is not before.drive:
            self._earlier += before.repairs
            before = PortState()
        self._state = replace(now, repairs=before.repairs, earlier=self._earlier)

    def _ready(self) -> PortState:
        """The stick in use; DriveError says why it cannot be."""
        found = choose([self._found()] if self._insertion else [])
        assert self._insertion is not None, "what was chosen is plugged in"
        drive = self._drive = self._drive or self._opened(self._insertion)
        return PortState(drive, found=replace(found, free=drive.last_free))

    def _found(self) -> FoundDrive:
        file_system = _MOUNTED.get(self._file_system.casefold())
        return FoundDrive(
            device=DEVICE,
            sys_path="",
            number=0,
            sequence=self._sequence,
            partition=1,
            model=MODEL,
            label=self._label,
            serial="",
            uuid="",
            file_system=file_system or self._file_system,
            size=self._size,
            mount=self._directory if file_system else None,
            read_only=self._faults.locked,
            free=0,  # until the drive is opened
        )

    def _opened(self, insertion: Insertion) -> MountedDrive:
        there = Certain(insertion.present)
        drive = MountedDrive(self._directory, self._size, self._syncs, self._folder, there, medium=insertion)
        drive.free() if self._capacity is not None else drive.leave(self._disk_free)
        return drive

    def _closed(self, insertion: Insertion) -> None:
        """A file that was being written when its stick was pulled can be mended when its writer has let go of it."""
        if insertion is not self._insertion:
            self._repair()

    def _repair(self) -> None:
        """Mend what was cut short on the stick that is in."""
        drive = self._state.drive
        if drive is None or not self._mends:
            return
        for done in drive.repair(lambda: self._mends and drive.present()):
            with self._change:
                if self._state.drive is drive and done not in self._state.repairs:
                    self._state = replace(self._state, repairs=(*self._state.repairs, done))
