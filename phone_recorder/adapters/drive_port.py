"""Where a phone's drive comes and goes: what is true of it now. A directory that stands for one never goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_repair import Repair, Result
from phone_recorder.errors import DriveError

if TYPE_CHECKING:
    # It would load pyudev and psutil, which a directory needs not.
    from phone_recorder.adapters.drives import FoundDrive

AUTOMOUNT_BASE = Path("/run/phone-recorder")
"""Below it root mounts what nobody else does."""


@dataclass(frozen=True, slots=True)
class PortPlan:
    """`wanted` names the drive by label, serial, UUID or device, "" takes the first; `folder` on it for recordings.

    `automount`: the directory below which drives are mounted, None to leave that to others. `repair` mends files that
    were cut short when the drive comes.
    """

    wanted: str = ""
    folder: str = ""
    automount: Path | None = None
    repair: bool = True


@dataclass(frozen=True, slots=True)
class PortState:
    """The drive to record to, or the `error` that says why there is none.

    `found` is what is known of its stick; `repairs` is what became of files that had been cut short, `earlier` of those
    on drives that were here before.
    """

    drive: MountedDrive | None = None
    error: DriveError | None = None
    found: FoundDrive | None = None
    repairs: tuple[Repair, ...] = ()
    earlier: tuple[Repair, ...] = ()

    @property
    def free(self) -> int | None:
        """Bytes left on the drive when it was last looked at, for a recording or for itself."""
        return self.drive.last_free if self.drive else None

    @property
    def name(self) -> str:
        """What people know the stick by, safe to show; "" for a directory, which has no name."""
        return self.found.name if self.found else ""

    @property
    def news(self) -> str:
        """What has become of the drive, for the screen."""
        if self.found is None or self.error:
            return str(self.error or "")
        results = [repair.result for repair in self.repairs]
        mended, failed = results.count(Result.MENDED), results.count(Result.FAILED)
        repaired = f", {mended} recording{'s' if mended > 1 else ''} repaired" if mended else ""
        not_repaired = f", {failed} file{'s' if failed > 1 else ''} cannot be repaired" if failed else ""
        return f"the USB drive {self.name} is ready{repaired}{not_repaired}"

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        found = self.found
        repairs = (*self.earlier, *self.repairs)
        return {
            "mount": str(self.drive.path) if self.drive else None,
            "error": str(self.error) if self.error else "",
            "device": found.device if found else "",
            "label": found.label if found else "",
            "serial": found.serial if found else "",
            "file_system": found.file_system if found else "",
            "free": self.free,
            "repairs": [{"path": str(one.path), "result": one.result.value, "why": one.why} for one in repairs],
        }


class DrivePort(Protocol):
    """One place for a drive."""

    @property
    def state(self) -> PortState:
        """Told at once, without asking the drive."""

    def close(self) -> None:
        """Let the drive go: what was mounted here is unmounted."""


class DirectoryPort:
    """A directory that stands for a drive."""

    def __init__(self, drive: MountedDrive) -> None:
        drive.free()
        self.state = PortState(drive)

    def close(self) -> None:
        """Nothing was mounted here."""
