"""Which files of an archive belong together: those of one name in two directories, or those that a list says."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from phone_recorder.adapters.files import open_for_reading, reason
from phone_recorder.bulk.offline.pair import Pair, same
from phone_recorder.errors import UsageError

_HEADINGS = (["a", "b"], ["a", "b", "out"])
_SUFFIX = ".wav"


class Archive(NamedTuple):
    """`pairs` to be mixed, and the files that are `alone`: there is no other of that name."""

    pairs: tuple[Pair, ...]
    alone: tuple[Path, ...] = ()


def paired(a: Path, b: Path, out: Path) -> Archive:
    """The WAV files and record files (`*.wav`) of two directories and those below them, paired by their names there.

    What is in `out` is none of them, should that be inside; nor is what links lead to. UsageError if a directory cannot
    be read.
    """
    here, there = (set(_files(directory, out)) for directory in (a, b))
    pairs = (Pair(a / name, b / name, out / name) for name in sorted(here & there))
    alone = [a / name for name in here - there] + [b / name for name in there - here]
    return Archive(tuple(pairs), tuple(sorted(alone)))


def listed(path: Path, out: Path) -> Archive:
    """The pairs of a CSV file: a line has the two files, as from the current directory, and a name in `out`.

    Without that name, it is the first file's. A first line `a,b,out` is none. UsageError, with the line's number, if a
    line makes no sense, or would be written where another has been.
    """
    with open_for_reading(path) as file:
        data = file.read()
    # Names of files need not be UTF-8; whatever they are, they come back as they were.
    lines = data.decode("utf-8-sig", "surrogateescape").splitlines()
    rows = csv.reader(lines, strict=True, skipinitialspace=True)
    pairs: dict[Path, Pair] = {}
    try:
        for row in rows:
            words = [word.strip() for word in row]
            if not any(words) or (not pairs and [word.lower() for word in words] in _HEADINGS):
                continue
            pair = _pair(words, out)
            if pair.out in pairs:
                raise UsageError(f"{pair.out} is written by an earlier line: give it another name, as a third column")
            pairs[pair.out] = pair
    except (csv.Error, UsageError) as error:
        raise UsageError(f"{path}, line {rows.line_num}: {error}") from error
    return Archive(tuple(pairs.values()))


def _pair(words: list[str], out: Path) -> Pair:
    if len(words) not in (2, 3) or not all(words[:2]):
        raise UsageError("two files are needed, A,B or A,B,OUT")
    a, b = map(Path, words[:2])
    name = Path(words[2]) if words[2:] and words[2] else Path(a.name)
    if name.is_absolute() or ".." in name.parts or not name.name or "\0" in "".join(words):
        raise UsageError(f"{name} is no name inside of the output's directory")
    return Pair(a, b, out / name)


def _files(directory: Path, but: Path) -> Iterator[Path]:
    """The names below a directory."""

    def fail(error: OSError) -> None:
        raise UsageError(f"cannot read {error.filename}: {reason(error)}") from error

    for place, directories, names in os.walk(directory, onerror=fail):
        directories[:] = [name for name in directories if not same(Path(place, name), but)]
        for name in names:
            path = Path(place, name)
            if path.suffix.lower() == _SUFFIX and not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path.relative_to(directory)
