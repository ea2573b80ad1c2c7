"""What an emulated phone is switched on with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from phone_recorder.settings.phone import PhoneSettings


@dataclass(frozen=True, slots=True)
class DeskPlan:
    """`settings_file` keeps what is set, None for nowhere.

    `stick` is the directory that stands for a USB stick, which is plugged in when the phone is switched on if
    `inserted`; its capacity in bytes, None for what the disk has. `stick` None is for real drives, which are mounted
    below `automount` if that is given.
    """

    settings: PhoneSettings = field(default_factory=PhoneSettings)
    settings_file: Path | None = None
    stick: Path | None = Path("usb")
    inserted: bool = True
    stick_size: int | None = None
    automount: Path | None = None
