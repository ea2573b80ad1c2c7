"""Many pairs, one at a time: what becomes of each is a value, for one that cannot be mixed does not stop the rest."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from phone_recorder.adapters.files import reason
from phone_recorder.bulk.offline.pair import Mixed, Pair, mix_pair
from phone_recorder.bulk.offline.target import Wish
from phone_recorder.errors import PhoneRecorderError, UsageError

_ENDS_ALL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""What one file cannot be written for, and no other can."""


class Failed(NamedTuple):
    """Why a pair was not mixed, in a sentence that names a file; `full` if none that follow can be written either."""

    why: str
    full: bool = False


class Batch(NamedTuple):
    """Pairs, and what is to be made of each."""

    pairs: Sequence[Pair]
    wish: Wish
    force: bool = False

    def mix(self, number: int) -> Mixed | Failed:
        """Mix that pair, its directory made where it is missing."""
        pair = self.pairs[number]
        try:
            make_directory(pair.out.parent)
            return mix_pair(pair, self.wish, self.force)
        except PhoneRecorderError as error:
            return Failed(str(error), _ends_all(error))


def there(pairs: Sequence[Pair]) -> frozenset[Pair]:
    """Those whose output is there already: under its name a file is whole."""
    return frozenset(pair for pair in pairs if exists(pair.out))


def read_too(pairs: Sequence[Pair]) -> tuple[Path, ...]:
    """The outputs that are a side of some pair, under whatever name: to write them would be to lose it."""
    sides = {side.resolve() for pair in pairs for side in (pair.a, pair.b)}
    return tuple(pair.out for pair in pairs if exists(pair.out) and pair.out.resolve() in sides)


def exists(path: Path) -> bool:
    """Whether something is there. Where that cannot be asked, writing it tells why."""
    try:
        return path.exists()
    except OSError:
        return False


def make_directory(path: Path) -> None:
    """And what it lies in, where that is missing. UsageError if it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the directory {path}: {reason(error)}") from error


def _ends_all(error: PhoneRecorderError) -> bool:
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in _ENDS_ALL
