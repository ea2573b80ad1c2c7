"""Drives as `find_drives` would tell them, for tests that plug nothing in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from phone_recorder.adapters.drives import FoundDrive

USABLE = FoundDrive(
    device="/dev/sda1",
    sys_path="/sys/devices/pci0000:00/usb1/1-1/block/sda/sda1",
    number=0x801,
    sequence=7,
    partition=1,
    model="Ultra Fit",
    label="BACKUP",
    serial="4C530001",
    uuid="1234-ABCD",
    file_system="vfat",
    size=16_000_000_000,
    mount=Path("/media/BACKUP"),
    read_only=False,
    free=12_340_000_000,
)


def found(**facts: Any) -> FoundDrive:
    """A FAT stick, mounted and with room, but for these facts."""
    return replace(USABLE, **facts)


def not_mounted(**facts: Any) -> FoundDrive:
    """The same before anybody mounts it."""
    return found(**{"mount": None, "free": None, **facts})
