"""What takes long to build is kept in `.machine/`, each thing in a directory named by all that it was built from."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
CACHE = REPOSITORY / ".machine"


def kept(inputs: Iterable[bytes], build: Callable[[Path], None]) -> Path:
    """The directory that `build` has filled; it fills one now if there is none from these inputs."""
    found = CACHE / hashlib.sha256(b"\0".join(inputs)).hexdigest()[:16]
    if not found.exists():
        CACHE.mkdir(exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=CACHE))
        try:
            build(made)
            with suppress(OSError):  # somebody else was faster
                made.rename(found)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return found


def sources(*modules: str | None) -> list[bytes]:
    """The text of modules (their `__file__`), as inputs."""
    return [Path(module).read_bytes() for module in modules if module]
