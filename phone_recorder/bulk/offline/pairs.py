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
_UNCLOSED = "unexpected end of data"
"""What the standard library says of a quotation mark that is not closed."""


class Archive(NamedTuple):
    """`pairs` to be mixed, files that are `alone`, as there is no other of that name, and what is `odd`: no file."""

    pairs: tuple[Pair, ...]
    alone: tuple[Path, ...] = ()
    odd: tuple[Path, ...] = ()


def paired(a: Path, b: Path, out: Path) -> Archive:
    """The WAV files and record files (`*.wav`) of two directories and those below them, paired by their names there.

    What is in `out` is none of them, should that be inside; nor are links, pipes and the like, which are `odd`.
    UsageError if a directory cannot be read.
    """
    here, there = (_files(directory, out) for directory in (a, b))
    both = here.plain & there.plain
    pairs = (Pair(a / name, b / name, out / name) for name in sorted(both))
    # What has an odd other is not alone.
    alone = [a / name for name in here.plain - there.plain - there.odd]
    alone += [b / name for name in there.plain - here.plain - here.odd]
    odd = [a / name for name in here.odd] + [b / name for name in there.odd]
    return Archive(tuple(pairs), tuple(sorted(alone)), tuple(sorted(odd)))


def listed(path: Path, out: Path) -> Archive:
    """The pairs of a CSV file: a line has the two files, as from the current directory, and a name in `out`.

    Without that name, it is the first file's. A first line `a,b,out` is none. UsageError, with the line's number, if a
    line makes no sense, or would be written where another has been.
    """
    with open_for_reading(path) as file:
        data = file.read()
    # Names of files need not be UTF-8; whatever they are, they come back as they were.
    if b"\0" in data:
        raise UsageError(f"{path} is no text in UTF-8, which has no zero bytes: save it as UTF-8")
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
        why = "a quotation mark is not closed" if str(error) == _UNCLOSED else error
        raise UsageError(f"{path}, line {rows.line_num}: {why}") from error
    return Archive(tuple(pairs.values()))


def _pair(words: list[str], out: Path) -> Pair:
    if len(words) not in (2, 3) or not all(words[:2]):
        raise UsageError("two files are needed, A,B or A,B,OUT")
    a, b = map(Path, words[:2])
    name = Path(words[2]) if words[2:] and words[2] else Path(a.name)
    if words[2:] and words[2].endswith("/"):
        raise UsageError(f"{words[2]} names a directory: name a file")
    if name.is_absolute() or ".." in name.parts or not name.name or "\0" in "".join(words):
        raise UsageError(f"{name} is no name inside of the output's directory")
    return Pair(a, b, out / name)


class _Names(NamedTuple):
    """Of `*.wav` below a directory: files, and whatever else is called so."""

    plain: set[Path]
    odd: set[Path]


def _files(directory: Path, but: Path) -> _Names:
    found = _Names(set(), set())
    for path in _wavs(directory, but):
        plain = path.is_file() and not path.is_symlink()
        (found.plain if plain else found.odd).add(path.relative_to(directory))
    return found


def _wavs(directory: Path, but: Path) -> Iterator[Path]:
    """What is called as a file is."""

    def fail(error: OSError) -> None:
        raise UsageError(f"cannot read {error.filename}: {reason(error)}") from error

    for place, directories, names in os.walk(directory, onerror=fail):
        directories[:] = [name for name in directories if not same(Path(place, name), but)]
        for name in [*names, *(one for one in directories if Path(place, one).is_symlink())]:
            path = Path(place, name)
            if path.suffix.lower() == _SUFFIX and not name.startswith("."):
                yield path
