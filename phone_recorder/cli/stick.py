"""What `--usb` names: a directory that stands for a stick, or real ones. It loads little, for the agent needs it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from phone_recorder.errors import UsageError

DEFAULT_STICK = "usb"
NO_UDEV = "udev does not run here: file systems and labels are told only as far as root can read them with blkid"


def real_usb(automount: bool) -> Path | None:
    """Where real drives are mounted here, if that is asked for; what makes them hard to find is said."""
    from phone_recorder.adapters.drive_port import AUTOMOUNT_BASE
    from phone_recorder.adapters.drives import udevd_runs

    if automount and os.geteuid():
        raise UsageError("--automount needs root: let the desktop mount the drive, or run as root")
    if not udevd_runs():
        click.echo(f"phone-recorder: {NO_UDEV}", err=True)
    return AUTOMOUNT_BASE if automount else None


def made(path: Path, default: Path, needed: bool) -> Path:
    """A directory that the user named must be there; the default one is made."""
    if needed and path == default:
        try:
            path.mkdir(exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot make the directory {path}: {(error.strerror or '').lower()}") from error
    if needed and not path.exists():
        raise UsageError(f"cannot record to {path}: there is no such file or directory; make it, or name another")
    return path
