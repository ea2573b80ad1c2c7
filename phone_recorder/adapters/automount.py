"""Mounting of USB drives by an agent that runs as root, where nobody else does it.

Several recorders may run at once, and use what one of them has mounted: whoever mounts holds a lock on the directory
of the mounts meanwhile, and what is still in use is left to those who use it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from phone_recorder.adapters.drives import FoundDrive
from phone_recorder.errors import DriveError
from phone_recorder.wire.printable import printable

_TIMEOUT_S = 60.0
"""A stick that the kernel still tries to read has failed long before: after 30 s a command."""

_ALWAYS = ("nosuid", "nodev", "noexec", "noatime")
"""A stranger's stick may bring programs, devices and doors to root; and playing back need not write access times."""

_NO_LINKS = "nosymfollow"
"""A symbolic link on the stick cannot send root's files elsewhere. Linux 5.10 and util-linux 2.38 or later know it."""

_BY_FILE_SYSTEM = {
    # flush: what is written goes out at once, as on a stick that may be pulled; utf8: names are UTF-8, not the system's
    # default letters; remount-ro: a damaged file system is not damaged more.
    "vfat": ("flush", "utf8=1", "errors=remount-ro"),
    "exfat": ("iocharset=utf8", "errors=remount-ro"),
    # Otherwise the stick itself says what the kernel does on errors, and may say: panic.
    **dict.fromkeys(("ext2", "ext3", "ext4"), ("errors=remount-ro",)),
}


class Automount:
    """Mounts drives below `base`, and later unmounts those, and only those, that it has mounted."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._ours: dict[Path, FoundDrive] = {}

    def mount(self, found: FoundDrive) -> Path:
        """Mount it at a new directory, private to root, named after the device; DriveError with the reason if not."""
        with self._alone(found):
            place = self._new_directory(found)
            try:
                _mount(found, place)
            except DriveError:
                with suppress(OSError):
                    place.rmdir()
                raise
        self._ours[place] = found
        return place

    def tidy(self, drives: Iterable[FoundDrive]) -> None:
        """Clear away mounts whose stick is not in `drives`, what is there now, and directories unmounted by others."""
        present = {drive.identity for drive in drives}
        for place, drive in list(self._ours.items()):
            if drive.identity not in present:
                _umount("-l", place)
            self._forget_if_unmounted(place)

    def close(self) -> None:
        """Unmount all that is ours, written out first; one that is still in use is left to those who use it."""
        for place in list(self._ours):
            _umount(place)
            self._forget_if_unmounted(place)

    @contextmanager
    def _alone(self, found: FoundDrive) -> Iterator[None]:
        """While no other recorder mounts: a directory that one of them has just made is not yet a mount."""
        with self._making_directories(found):
            self._base.mkdir(mode=0o700, parents=True, exist_ok=True)
            base = os.open(self._base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with self._making_directories(found):
                fcntl.flock(base, fcntl.LOCK_EX)
            yield
        finally:
            os.close(base)

    def _new_directory(self, found: FoundDrive) -> Path:
        with self._making_directories(found):
            return next(place for place in _places(self._base / Path(found.device).name) if _made(place))

    @contextmanager
    def _making_directories(self, found: FoundDrive) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = f"no directory can be made below {self._base}: {error.strerror}"
            raise DriveError(f"{_named(found)}: {reason}") from error

    def _forget_if_unmounted(self, place: Path) -> None:
        """The directory of a mount is busy; what others put into the bare directory stays there."""
        try:
            place.rmdir()
        except OSError as error:
            if error.errno == errno.EBUSY:
                return
        del self._ours[place]


def _places(first: Path) -> Iterator[Path]:
    """sda1, sda1-2, sda1-3..: an earlier run of ours, ended by force, may have left what is in use."""
    yield first
    yield from (first.with_name(f"{first.name}-{number}") for number in count(2))


def _made(place: Path) -> bool:
    """Whether there is a new directory now, in the place of an empty one if need be: a mount is busy, and stays."""
    try:
        if place.is_dir():
            place.rmdir()
        place.mkdir(mode=0o700)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.EBUSY, errno.ENOTEMPTY):
            return False
        raise
    return True


def _mount(found: FoundDrive, place: Path) -> None:
    """With the option that not every system knows, or else without."""
    options = (*_ALWAYS, *_BY_FILE_SYSTEM.get(found.file_system, ()))
    kind = ("-t", found.file_system) if found.file_system else ()
    reason = ""
    for words in ((*options, _NO_LINKS), options):
        reason = _run("mount", *kind, "-o", ",".join(words), found.device, str(place))
        if not reason:
            return
    raise DriveError(f"{_named(found)}: {_first_clause(reason, place)}")


def _umount(*words: str | Path) -> bool:
    return not _run("umount", *map(str, words))


def _run(*words: str) -> str:
    """What the program says when it fails; "" when it succeeds."""
    try:
        program = subprocess.run(
            words, capture_output=True, timeout=_TIMEOUT_S, env={**os.environ, "LC_ALL": "C"}, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        return f"the program {words[0]} is missing"
    except subprocess.TimeoutExpired:
        return f"it does not answer for {_TIMEOUT_S:.0f} s"
    if program.returncode == 0:
        return ""
    return program.stderr.decode("utf-8", "replace") or f"{words[0]} ended with {program.returncode}"


def _first_clause(stderr: str, place: Path) -> str:
    """`mount: /where: reason.` and further lines to `reason`."""
    line = (stderr.strip() or "it could not be mounted").splitlines()[0]
    return printable(line.removeprefix("mount: ").removeprefix(f"{place}: ").rstrip("."))


def _named(found: FoundDrive) -> str:
    return f"the USB drive {found.name} ({found.device}) cannot be mounted"
