"""Files that `phone-recorder test` is to write: that each can be is known before minutes of playing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

from phone_recorder.adapters.files import reason
from phone_recorder.errors import UsageError

WhyNot = Callable[[Path], str]
"""Why a file may not be replaced, "" if it may."""


def target_of(option: str, path: Path, why_not: WhyNot) -> Path:
    """The file that is written in the end: one that a link leads to, not the link. UsageError if that cannot be."""
    try:
        target = path.resolve()
        why = _why_not(target, path) or why_not(target)
        if not why:
            # Whether there may be a file; its own is made when all is known.
            NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.").close()
    except (OSError, RuntimeError) as error:
        why = reason(error) if isinstance(error, OSError) else "it is a link that leads to itself"
        why += ": name another file"
    if why:
        raise UsageError(f"--{option} {path}: {why}")
    return target


def _why_not(target: Path, path: Path) -> str:
    if path.exists() and not path.is_file():
        return "it is no regular file, and cannot be replaced: name another file"
    if path.exists() and any(_is_open_as(path, descriptor) for descriptor in (1, 2)):
        return "what is told of the run goes there: name another file"
    if not target.parent.is_dir():
        return f"there is no directory {path.parent}"
    return ""


def _is_open_as(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False
