"""A file system that fails when it is told to: a directory seen through FUSE, each call failing or stalling at will.

The file system is a process of its own, fault_fs_server.py. It is mounted without caches: every call of the recorder
arrives there, by the names of `CALLS`. fdatasync(2) is `fsync`, close(2) is `flush` and then `release`, stat(2) is
`getattr`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tests.peers import need

CALLS = (
    *("getattr", "access", "statfs", "opendir", "readdir", "releasedir", "fsyncdir", "mkdir", "rmdir", "unlink"),
    *("rename", "create", "open", "read", "write", "truncate", "fsync", "flush", "release", "utimens", "chmod"),
)
CHANGES = ("create", "write", "truncate", "fsync", "fsyncdir", "mkdir", "unlink", "rename", "flush")
"""Those after which the drive, or what is safe on it, may be another; `release` comes when its caller is gone."""
PATIENCE_S = 20
POLL_S = 0.01
_EVER_S = 3600.0
_FAULTY = b", true]\n"
"""How a line of the log ends whose call has gone wrong."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The calls named in `call`, but for the first `after`, and `times` of them (0: all from then on), go wrong.

    `call` holds one of CALLS or several with spaces between them. Each waits for `stall_s` seconds, and then fails with
    `error` (an errno), or is done if that is 0. Only calls on a path that ends in `path` count, and of writes only
    those that begin at the offset `beyond` or after it: a full drive still takes a new header in place of the old one.
    `short` writes so many bytes only. `forget`: when a sync fails, what no sync has vouched for is zeros afterwards, as
    on a medium whose dirty pages the kernel has thrown away.
    """

    call: str
    error: int = 0
    stall_s: float = 0.0
    after: int = 0
    times: int = 0
    path: str = ""
    beyond: int = 0
    short: int = 0
    forget: bool = False

    def __post_init__(self) -> None:
        assert set(self.call.split()) <= set(CALLS), self.call


def stalled_for_ever(call: str, after: int = 0, error: int = 0) -> Fault:
    """Until it is taken back, or the file system aborted; then it fails with `error`, or is done."""
    return Fault(call, error, _EVER_S, after)


@dataclass(frozen=True, slots=True)
class Call:
    """One call that the file system was asked for; `at` is wall clock time in seconds, `faulty` that it went wrong.

    `offset` of a write, -1 for other calls.
    """

    at: float
    name: str
    path: str
    offset: int
    faulty: bool


class FaultyDrive:
    """What a test holds of the file system: `path` is where it is mounted, `behind` the directory that it shows."""

    def __init__(self, path: Path, behind: Path, control: Path, log: Path) -> None:
        self.path = path
        self.behind = behind
        self._control = control
        self._log = log
        self._generation = 0
        self._known = 0  # faults that were met before those that are set now
        self.set()

    def set(self, *faults: Fault) -> None:
        """These faults hold from the next call on, and no others; counting begins anew. Stalls not in it end."""
        self._generation += 1
        self._known = self._count()
        content = {"generation": self._generation, "faults": [asdict(fault) for fault in faults]}
        partial = self._control.with_suffix(".partial")
        partial.write_text(json.dumps(content))
        partial.replace(self._control)

    def wait_for_fault(self) -> None:
        """Until a call has met one of the faults that are set now."""
        deadline = time.monotonic() + PATIENCE_S
        while self._count() == self._known:
            assert time.monotonic() < deadline, "no call has met the fault"
            time.sleep(POLL_S / 5)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.set()

    @property
    def calls(self) -> list[Call]:
        """All so far, oldest first."""
        return [Call(*json.loads(line)) for line in self._log.read_text().splitlines()]

    @property
    def faults(self) -> list[Call]:
        """Those that went wrong."""
        return [call for call in self.calls if call.faulty]

    def _count(self) -> int:
        return self._log.read_bytes().count(_FAULTY)


@contextmanager
def fault_fs(directory: Path, *options: str) -> Iterator[FaultyDrive]:
    """A faulty drive at `directory`/stick; the test is skipped where FUSE is not to be had.

    `options` are further ones of the mount: "blkdev", "fsname=/dev/loop4".
    """
    need("fusermount3")
    behind, stick = directory / "behind", directory / "stick"
    control, log = directory / "control", directory / "log"
    for made in (behind, stick):
        made.mkdir()
    log.touch()
    drive = FaultyDrive(stick, behind, control, log)
    words = [str(path) for path in (behind, stick, control, log)]
    command = [sys.executable, "-m", "tests.system.fault_fs_server", *words, *options]
    with (directory / "fuse.err").open("w+") as errors, subprocess.Popen(command, stderr=errors) as server:
        try:
            _wait_for_mount(server, stick, directory / "fuse.err")
            yield drive
        finally:
            subprocess.run(["umount", "-l", str(stick)], capture_output=True)
            # Whoever still waits for a call gets an error.
            server.kill()


def _wait_for_mount(server: subprocess.Popen[bytes], stick: Path, errors: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not os.path.ismount(stick):
        if server.poll() is not None:
            message = f"a FUSE file system cannot be mounted here: {errors.read_text()[-300:]}"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
        assert time.monotonic() < deadline, "the file system is not mounted"
        time.sleep(POLL_S)
