"""The disk that a case is played on: what fails there is no fault of the stick, nor of whoever records to it."""

from __future__ import annotations

from pathlib import Path

from phone_recorder.adapters.files import reason
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.wire.printable import printable


class DiskFailed(PhoneRecorderError):
    """Nothing can be said of a case whose files this machine could not write."""


def demand_disk(place: Path, error: OSError | None) -> None:
    """DiskFailed if the disk of this directory has failed with that error."""
    if error:
        what = f"the disk of {printable(str(place))} has failed, not the stick of the scenario: {reason(error)}"
        raise DiskFailed(f"{what}: make room there, or name another directory with TMPDIR or --keep") from error
