"""Archives that the kernel takes for its first file system: cpio, "newc", several in a row (initramfs-format.txt)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

CONSOLE = (5, 1)
"""Device number of /dev/console; without it the first process has no output to tell its end on."""


def write_tree(out: BinaryIO, files: Iterable[tuple[str, Path]]) -> None:
    """An archive of these files, directories and links, by their names in the guest; all are root's."""
    for name, path in files:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            data = os.fsencode(path.readlink())
        else:
            data = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
        _write(out, name, status.st_mode, data)
    _write(out, "TRAILER!!!", 0, b"")


def write_console(out: BinaryIO) -> None:
    """An archive that holds /dev/console."""
    _write(out, "dev", stat.S_IFDIR | 0o755, b"")
    _write(out, "dev/console", stat.S_IFCHR | 0o600, b"", CONSOLE)
    _write(out, "TRAILER!!!", 0, b"")


def _write(out: BinaryIO, name: str, mode: int, data: bytes, device: tuple[int, int] = (0, 0)) -> None:
    encoded = os.fsencode(name) + b"\0"
    # ino, mode, uid, gid, nlink, mtime, filesize, dev (2), rdev (2), namesize, check
    fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0)
    out.write(b"070701" + b"".join(b"%08X" % field for field in fields) + encoded)
    _pad(out)
    out.write(data)
    _pad(out)


def _pad(out: BinaryIO) -> None:
    out.write(bytes(-out.tell() % 4))
