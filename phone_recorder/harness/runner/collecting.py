"""From the paths that a user names to the cases that they hold."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from phone_recorder.adapters.files import reason
from phone_recorder.errors import UsageError
from phone_recorder.settings.kinds import quoted

if TYPE_CHECKING:
    from phone_recorder.harness.scenario.case import Case

SUFFIX = ".scenario.yaml"
USUAL = Path("tests/scenarios")
"""Where scenarios are looked for if none are named and it is there."""
NEEDED = ("jinja2", "numpy", "yaml")
"""Packages of the extra `test`."""
_INSTEAD = "name a scenario's file, or a directory with some"
_LONGEST = 200
_NOWHERE = (errno.ELOOP, errno.ENOTDIR)


def read_file(path: Path) -> tuple[Case, ...]:
    """The cases of one file; UsageError says what is wrong with it, or which package is missing."""
    try:
        from phone_recorder.harness.scenario.reading import read_cases
    except ModuleNotFoundError as error:
        raise explained(error) from error
    return read_cases(path)


def collect(paths: Sequence[Path] = ()) -> tuple[Case, ...]:
    """The cases of all files that are named or that are in a directory that is named, each of another name.

    UsageError is about the first file that is no good, or says that there are none.
    """
    places = list(paths) or [_usual()]
    files = find_files(places)
    if not files:
        named = ", ".join(map(str, places))
        raise UsageError(f"there is no scenario in {named}: name a file, or a directory with *{SUFFIX} in it")
    return tuple(_told_apart([case for file in files for case in read_file(file)]))


def _usual() -> Path:
    try:
        return USUAL if USUAL.is_dir() else Path()
    except OSError:
        return USUAL  # which is then told to be unreadable


def find_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Each path that is a file, and of each that is a directory the scenarios in and below it; each once.

    UsageError where one cannot be looked at, or a directory cannot be read: no scenario is left out in silence.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _files_of(path):
            found.setdefault(file.resolve(), file)
    return tuple(found.values())


def explained(error: ModuleNotFoundError) -> UsageError | ModuleNotFoundError:
    """What to tell of a module that is not there: of one of the extra's, how to come by it."""
    package = (error.name or "").partition(".")[0]
    return missing(package) if package in NEEDED else error


def missing(package: str) -> UsageError:
    """That a package of the extra is."""
    return UsageError(f"scenarios need {package}: install phone-recorder[test]")


def _files_of(path: Path) -> Iterable[Path]:
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"there is no {path}: {_INSTEAD}") from error
    except OSError as error:
        raise UsageError(f"cannot read {_short(path)}: {reason(error)}: {_INSTEAD}") from error
    except ValueError as error:
        raise UsageError(f"cannot read {_short(repr(str(path)))}: no name has a NUL in it: {_INSTEAD}") from error
    return sorted(_below(path)) if stat.S_ISDIR(mode) else [path]


def _below(top: Path) -> Iterator[Path]:
    """The scenarios in a directory and in those below it, in any order. Links to directories are not followed."""
    waiting = [top]
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(place / entry.name)
                    elif entry.name.endswith(SUFFIX) and _leads_to_a_file(entry):
                        yield place / entry.name
        except OSError as error:
            where = _short(error.filename or place)
            raise UsageError(f"cannot read {where}: {reason(error)}: let it be read, or name other paths") from error


def _leads_to_a_file(entry: os.DirEntry[str]) -> bool:
    """Editors leave links that lead nowhere beside what they have open."""
    try:
        return entry.is_file()
    except OSError as error:
        if error.errno not in _NOWHERE:
            raise
        return False


def _short(path: object) -> str:
    """A path as far as it helps to find it."""
    text = str(path)
    return text if len(text) <= _LONGEST else quoted(text)


def _told_apart(cases: Sequence[Case]) -> Iterator[Case]:
    """Cases of files of one name in several directories get more of their path, and at last a number."""
    twice = {name for name, count in Counter(case.name for case in cases).items() if count > 1}
    wide = [f"{case.path.parent.name or '.'}/{case.name}" if case.name in twice else case.name for case in cases]
    taken, seen = {case.name for case in cases} - twice, Counter[str]()
    for case, name in zip(cases, wide, strict=True):
        yield case if name == case.name else replace(case, name=_free(name, taken, seen))


def _free(name: str, taken: set[str], seen: Counter[str]) -> str:
    """The name, or with a number at its end one that is not `taken`; it is then. `seen`: how often it was asked for."""
    free = name
    while free in taken:
        seen[name] += 1
        free = f"{name}~{seen[name] + 1}"
    taken.add(free)
    return free
