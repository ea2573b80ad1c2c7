"""The disk that a case is played on: what fails there is no fault of the stick, nor of whoever records to it."""

from __future__ import annotations

import errno
from pathlib import Path

from phone_recorder.adapters.files import reason
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.wire.printable import printable


class DiskFailed(PhoneRecorderError):
    """Nothing can be said of a case whose files this machine could not write."""


_ROOM = "make room there, or name another directory with TMPDIR or --keep"
_ADVICE = {errno.EFBIG: "raise `ulimit -f`"}
"""What to do, by errno, where room is not what is missing."""


def demand_disk(place: Path, error: OSError | None) -> None:
    """DiskFailed if the disk of this directory has failed with that error."""
    if error:
        what = f"the disk of {printable(str(place))} has failed, not the stick of the scenario: {reason(error)}"
        advice = _ADVICE.get(error.errno or 0, _ROOM)
        raise DiskFailed(what if advice in what else f"{what}: {advice}") from error
