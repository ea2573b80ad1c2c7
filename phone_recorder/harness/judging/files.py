"""What is expected of the record files, held against those that were there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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


def judge_files(what: FilesAre, moment: Moment, evidence: Evidence, expectation: Expectation) -> Iterator[Missed]:
    """Each thing that is otherwise. Where no number of files is wanted, what is wanted of each wants one at least."""
    files = _of_recording(moment, evidence, expectation.recording)
    if isinstance(files, str):
        yield Missed("files", files)
        return

    def look(part: Wanted) -> str | None:
        if not files and what.count is None and part.field in _OF_EACH:
            return there_are(0)
        return _LOOKS[part.field](part.value, files)

    yield from missed(what, look)


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
    """Playing time: packets x increment (guide: playback)."""
    header = file.header
    return header.data_size // header.rtp_len * header.increment if header else 0


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
