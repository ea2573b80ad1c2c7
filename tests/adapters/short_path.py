"""A directory whose path leaves room for the name of a socket: 107 bytes are all that it may have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def short_path() -> Iterator[Path]:
    """An empty directory that everybody may enter."""
    with TemporaryDirectory(prefix="s") as directory:
        path = Path(directory)
        path.chmod(0o755)
        yield path
