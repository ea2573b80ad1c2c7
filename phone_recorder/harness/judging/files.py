"""What is expected of the record files, held against those that were there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from phone_recorder.harness.evidence import Evidence, FileSeen, Moment
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.judging.picking import pick
from phone_recorder.harness.judging.texts import listed, same, there_are
from phone_recorder.harness.judging.wanted import Missed, Wanted, missed
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import Expectation, FilesAre
from phone_recorder.wire.printable import printable
from phone_recorder.wire.record_file import HEADER_SIZE

Files = Sequence[FileSeen]

MOST_NAMED = 3
_OF_EACH = ("size", "duration", "codec", "whole")
_GOES_ON = ("size", "duration", "total", "whole")
"""What is not settled before a recording has ended."""


def judge_files(what: FilesAre, moment: Moment, evidence: Evidence, expectation: Expectation) -> Iterator[Missed]:
    """Each thing that is otherwise. What is wanted of each file wants one at least, unless none are wanted."""
    files = _of_recording(moment, evidence, expectation.recording)
    if isinstance(files, str):
        yield Missed("files", files)
        return

    def look(part: Wanted) -> str | None:
        if not files and _wants_one(part) and not _wants_none(what):
            return there_are(0)
        seen = _LOOKS[part.field](part.value, _as_ended(files) if part.value is False else files)
        return seen and seen + (_goes_on(files) if part.field in _GOES_ON else "")

    yield from missed(what, look)


def _wants_one(part: Wanted) -> bool:
    """Of no files the duration together is 0, and at most 2 s is a question of some."""
    return part.field in _OF_EACH or (part.field == "total" and part.value.high > 0)


def _wants_none(what: FilesAre) -> bool:
    count = what.count
    few = count is not None and (count.high < 1 or (count.open and count.high == 1))
    return few or what.names == ()


def _of_recording(moment: Moment, evidence: Evidence, number: int | None) -> Files | str:
    """All of them, or those of one recording."""
    if number is None:
        return moment.files
    account = pick(moment.accounts, number)
    if isinstance(account, str):
        return account
    recorded = evidence.recordings[number - 1].files if number <= len(evidence.recordings) else ()
    names = {Path(part["path"]).name for part in account.get("parts", ())} | {path.name for path in recorded}
    return [file for file in moment.files if Path(file.name).name in names]


def _as_ended(files: Files) -> Files:
    """With the header that a file which is being recorded would have if it ended now: what is behind is not broken."""
    return [_settled(file) if file.running else file for file in files]


def _settled(file: FileSeen) -> FileSeen:
    header, there = file.header, file.size - HEADER_SIZE
    behind = header and header.data_size < there
    return replace(file, header=replace(header, data_size=there)) if header and behind else file


def _goes_on(files: Files) -> str:
    """That it is not final, of those that are being recorded."""
    return "".join(f"; {printable(file.name)} is still being recorded{_behind(file)}" for file in files if file.running)


def _behind(file: FileSeen) -> str:
    return ", its header is behind its audio" if _settled(file) is not file else ""


def _count(wanted: Bound, files: Files) -> str | None:
    return None if wanted.holds(len(files)) else f"{there_are(len(files))}{_named(files)}"


def _names(wanted: tuple[str, ...], files: Files) -> str | None:
    if len(wanted) != len(files):
        return f"{there_are(len(files))}{_named(files)}"
    off = [
        f"{printable(file.name)} is not {pattern}"
        for pattern, file in zip(wanted, files, strict=True)
        if not fnmatchcase(file.name, pattern)
    ]
    return _few(off)


def _named(files: Files) -> str:
    return f": {listed([printable(file.name) for file in files])}" if files else ""


def _size(wanted: Bound, files: Files) -> str | None:
    return _few([_says(file, f"has {file.size:,} bytes") for file in files if not wanted.holds(file.size)])


def _duration(wanted: Bound, files: Files) -> str | None:
    return _few([_lasts(file) for file in files if file.header is None or not wanted.holds(_units(file))])


def _total(wanted: Bound, files: Files) -> str | None:
    headless = [_lasts(file) for file in files if file.header is None]
    total = sum(map(_units, files))
    return _few(headless) or (None if wanted.holds(total) else f"it is {length(total)}")


def _codec(wanted: str, files: Files) -> str | None:
    return _few([_says(file, f"is {_codec_of(file)}") for file in files if not same(wanted, _codec_of(file))])


def _whole(wanted: bool, files: Files) -> str | None:
    broken = [_says(file, f"is not: {why}") for file in files if (why := _fault(file))]
    if wanted:
        return _few(broken)
    return None if broken or not files else f"nothing is wrong with {listed([printable(file.name) for file in files])}"


def _fault(file: FileSeen) -> str:
    """What is wrong with it, by its own account and by its sizes; empty for a file that is whole."""
    header, there = file.header, file.size - HEADER_SIZE
    if file.problem or header is None:
        return printable(file.problem or "it has no header that can be read")
    if header.data_size != there:
        return f"its header says {header.data_size:,} bytes of audio, and {there:,} are there"
    rest = there % header.rtp_len
    return f"its last packet has {rest} bytes of {header.rtp_len}" if rest else ""


def _units(file: FileSeen) -> int:
    """Playing time: packets x increment (guide: playback), of those that the header has and that are there."""
    header = file.header
    return min(header.data_size, file.size - HEADER_SIZE) // header.rtp_len * header.increment if header else 0


def _lasts(file: FileSeen) -> str:
    return _says(file, f"lasts {length(_units(file))}" if file.header else f"cannot be played: {_fault(file)}")


def _codec_of(file: FileSeen) -> str:
    return file.header.codec.name if file.header else "of no codec"


def _says(file: FileSeen, what: str) -> str:
    return f"{printable(file.name)} {what}"


def _few(off: Sequence[str]) -> str | None:
    return listed(off, MOST_NAMED) if off else None


_LOOKS: dict[str, Callable[[Any, Files], str | None]] = {
    "count": _count,
    "names": _names,
    "size": _size,
    "duration": _duration,
    "total": _total,
    "codec": _codec,
    "whole": _whole,
}
