"""Names on a drive: what record files are called, in which order they were made, and which folders FAT takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count

from phone_recorder.errors import UsageError

_DATE = r"[0-9]{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]"
_RECORD_FILE = re.compile(rf"Record_({_DATE}{_TIME})(?:-([2-9]|[1-9][0-9]{{1,8}}))?\.wav")
_NOT_ON_FAT = set('<>:"|?*\\')
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
CLOCK_SET = datetime(2024, 1, 1)
"""This program was made later: a clock that says less was never set."""
PUT_BACK = timedelta(hours=2)
"""By so much a clock is put back that is right: daylight saving, with some leap of the time server's."""
LAST_TIME = datetime(2100, 1, 1)
"""Names of later times are no clock's."""
MAX_NAME = 255
"""UTF-16 units of a long FAT name."""
MOST_READ = 1 << 14
"""Names whose time is remembered: those of a folder are asked for again with each file that is made in it."""


def part_names(system_time: datetime) -> Iterator[str]:
    """`Record_[SystemTime].wav` and, for when that is taken, `-2`, `-3` ...; characters that FAT allows."""
    stem = f"Record_{system_time.year:04}{system_time:%m%d%H%M%S}"
    yield f"{stem}.wav"
    for number in count(2):
        yield f"{stem}-{number}.wav"


def record_order(name: str) -> tuple[str, int] | None:
    """What sorts record files oldest first, by the time in their names; None if this is not a record file's name."""
    found = _RECORD_FILE.fullmatch(name)
    return (found[1], int(found[2] or 1)) if found else None


def time_for_name(now: datetime, names: Iterable[str]) -> datetime:
    """The time to name a new file by, beside files of these names: so that it is not taken for older than they are.

    `now`, unless that clock was never set or was put back a little: then the time of the newest name there is. Names
    that are far ahead of a clock that is set are of one that was wrong.
    """
    latest = LAST_TIME if now < CLOCK_SET else now + PUT_BACK
    times = [time for name in names if (time := _time_of(name)) and time <= latest]
    return max([now, *times])


@lru_cache(MOST_READ)
def _time_of(name: str) -> datetime | None:
    """The time in a record file's name."""
    order = record_order(name)
    try:
        return datetime.strptime(order[0], "%Y%m%d%H%M%S") if order else None
    except ValueError:
        return None  # the 31st of February


def parse_folder(folder: str) -> tuple[str, ...]:
    """The folders of a path on the drive, outermost first; UsageError if a FAT drive could not hold them."""
    parts = tuple(part for part in folder.split("/") if part)
    for part in parts:
        if why := _why_not(part):
            raise UsageError(f"the folder {folder!r} cannot be on a USB drive: {part!r} {why}")
    return parts


def _why_not(part: str) -> str:
    """What FAT has against a name."""
    if part in (".", ".."):
        return "leads elsewhere"
    if any(character in _NOT_ON_FAT or not character.isprintable() for character in part):
        return f"has a character that FAT does not allow; none of {' '.join(sorted(_NOT_ON_FAT))} may be there"
    if part[-1] in ". ":
        return "ends in a dot or a space"
    if part.split(".")[0].lower() in _DEVICES:
        return "is a name that other systems keep for a device"
    return "is too long" if len(part.encode("utf-16-le", "surrogatepass")) > 2 * MAX_NAME else ""
