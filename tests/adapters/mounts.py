"""Small file systems of a test's own, where the machine permits mounting."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def tmpfs(directory: Path, options: str) -> Iterator[Path]:
    """A tmpfs over the directory; the test is skipped where none may be mounted."""
    directory.mkdir(exist_ok=True)
    _mount("-t", "tmpfs", "-o", options, "none", str(directory))
    try:
        yield directory
    finally:
        subprocess.run(["umount", "-l", str(directory)], capture_output=True)


def remount(directory: Path, options: str) -> None:
    """The same file system, with other options."""
    _mount("-o", f"remount,{options}", str(directory))


def _mount(*words: str) -> None:
    try:
        subprocess.run(["mount", *words], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a file system is not permitted here")
