"""Sticks that a test plugs in: directories stand for what is mounted and for sysfs."""

from __future__ import annotations

from pathlib import Path

from phone_recorder.adapters.drives import FoundDrive
from tests.adapters.found import found
from tests.record_bytes import record, speech

CUT_SHORT = record(speech(1600), b"PCMU", 160, 160)[:-100]
NAME = "Record_20240131120000.wav"


class Sticks:
    """What is plugged in; each stick is a directory, and another one in place of its sysfs directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._sequence = 0
        self.drives: list[FoundDrive] = []
        self.fails: Exception | None = None
        self.looks = 0

    def find(self) -> list[FoundDrive]:
        self.looks += 1
        if self.fails:
            raise self.fails
        return list(self.drives)

    def plug(self, name: str) -> FoundDrive:
        mount, sys_path = self._directory / "mnt" / name, self._directory / "sys" / name
        mount.mkdir(parents=True, exist_ok=True)
        sys_path.mkdir(parents=True)
        self._sequence += 1
        made = found(
            device=f"/dev/{name}",
            sys_path=str(sys_path),
            number=mount.stat().st_dev,
            sequence=self._sequence,
            label=name.upper(),
            serial=f"serial-{name}",
            mount=mount,
            free=1 << 20,
        )
        self.drives.append(made)
        return made

    def pull(self, drive: FoundDrive) -> None:
        self.drives.remove(drive)
        # Moved away, not removed: a usual file system would give its number to the next one, sysfs never does.
        Path(drive.sys_path).rename(self._directory / f"pulled{drive.sequence}")
