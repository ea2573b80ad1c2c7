"""What a drive's failing calls mean: full, write-protected, gone, or an error of the device."""

from __future__ import annotations

import errno
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from phone_recorder.adapters.files import reason
from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly, FileTooLarge, SyncFailed
from phone_recorder.wire.printable import printable

REMOVED = "the drive was removed"
HANGS = "the drive does not answer: pull it out and plug it in again"
HANGS_AFTER_S = 5.0
"""So long a drive may take to list, find, open or delete a recording for somebody who waits."""
GRACE_S = 0.3
"""How long after an error the kernel may still believe in a stick that has been pulled out."""

_KINDS: dict[int, type[DriveError]] = {
    errno.ENOSPC: DriveFull,
    errno.EDQUOT: DriveFull,
    errno.EFBIG: FileTooLarge,
    errno.EROFS: DriveReadOnly,
    errno.EACCES: DriveReadOnly,
    errno.EPERM: DriveReadOnly,
    errno.ENOENT: DriveGone,
    errno.ENODEV: DriveGone,
    errno.ENXIO: DriveGone,
    errno.ENOMEDIUM: DriveGone,
    errno.ESHUTDOWN: DriveGone,
    errno.ESTALE: DriveGone,
    errno.ENOTCONN: DriveGone,
    errno.ENOTDIR: DriveGone,
}
_WHAT = {
    errno.ENOSPC: "the drive is full",
    errno.EDQUOT: "the drive is full",
    errno.EROFS: "the drive is write-protected",
}
_OF_A_SYNC = {errno.EIO: SyncFailed}


class LimitReached(OSError):
    """A file is as large as this machine lets the process make one, as `ulimit -f` says; its drive would take more."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            errno.EFBIG, f"a file may have no more than {limit:,} bytes on this machine: raise `ulimit -f`"
        )


def limit_reached(error: OSError, size: int) -> LimitReached | None:
    """What to say in place of an error if a file of that size has met the process's own limit, None if it has not."""
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    met = error.errno == errno.EFBIG and limit != resource.RLIM_INFINITY and size >= limit
    return LimitReached(limit) if met else None


def always() -> bool:
    """A directory is never unplugged."""
    return True


class Certain:
    """Tells whether an emulated stick is plugged in: none of its errors comes a moment before it is gone."""

    def __init__(self, present: Callable[[], bool]) -> None:
        self._present = present

    def __call__(self) -> bool:
        return self._present()


def _gone(present: Callable[[], bool], grace_s: float) -> bool:
    """Whether the stick is gone, or goes within the grace: one that is being pulled out fails a moment before."""
    deadline = time.monotonic() + grace_s
    while present():
        if present is always or isinstance(present, Certain) or time.monotonic() >= deadline:
            return False
        time.sleep(GRACE_S / 20)
    return True


class DriveErrors:
    """Inside, every OSError becomes the DriveError that it means. It may be entered again and again.

    Where the stick is not `present` any more it is gone, whatever was said: the kernel tells ENOSPC, EIO, or nothing
    (EDGE-CASES S5). `syncing`: an EIO tells of earlier writes, and the next ones may succeed (S6).
    """

    # No generator: where thousands of files are written it would cost more than the writing.
    __slots__ = ("_path", "_present", "_syncing")

    def __init__(self, path: Path, present: Callable[[], bool], syncing: bool = False) -> None:
        self._path = path
        self._present = present
        self._syncing = syncing

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            self.told(error)

    def told(self, error: OSError) -> NoReturn:
        """Raise what it means."""
        number = error.errno or 0
        if _gone(self._present, 0 if number == errno.EFBIG else GRACE_S):
            raise DriveGone(REMOVED) from error
        kind = (_OF_A_SYNC if self._syncing else {}).get(number) or _KINDS.get(number, DriveError)
        what = _WHAT.get(number) or f"cannot write to {printable(str(self._path))}"
        raise kind(f"{what}: {reason(error)}") from error


def drive_errors(path: Path, present: Callable[[], bool] = always, syncing: bool = False) -> DriveErrors:
    """Those of the drive at this path."""
    return DriveErrors(path, present, syncing)
