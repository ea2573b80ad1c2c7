"""Where a daemon keeps its socket, and what it needs to remember until the next boot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NAME = "phone-recorder"
ROOT = Path("/run") / NAME
"""That of root, and of the service."""


def runtime_directory(environ: Mapping[str, str], uid: int) -> Path:
    """The directory of a daemon that runs as this user. It need not be there yet.

    systemd gives a service one, and says so in RUNTIME_DIRECTORY (systemd.exec(5)), a session in XDG_RUNTIME_DIR (XDG
    base directory specification, where a path that is not absolute counts as none).
    """
    # There may be several; the first is the service's own.
    given = Path(environ.get("RUNTIME_DIRECTORY", "").partition(":")[0])
    if given.is_absolute():
        return given
    if uid == 0:
        return ROOT
    session = Path(environ.get("XDG_RUNTIME_DIR", ""))
    return session / NAME if session.is_absolute() else Path(f"/tmp/{NAME}-{uid}")
