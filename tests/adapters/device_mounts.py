"""A mount that the mount table gives to a device, although there is no such device: a tmpfs of that name."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def device_mount(device: str, directory: Path, options: str = "size=64k") -> Iterator[Path]:
    """`device` mounted over the directory; the test is skipped where nothing may be mounted."""
    directory.mkdir(exist_ok=True)
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, device, str(directory)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a file system is not permitted here")
    try:
        yield directory
    finally:
        subprocess.run(["umount", "-l", str(directory)], capture_output=True)
