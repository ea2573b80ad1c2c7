"""What the agent is started with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phone_recorder.settings.phone import PhoneSettings

SOCKET = "agent.sock"
STATE = "agent.state"


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """`file` keeps the settings, None does not. `runtime` is the directory of its socket and its state.

    `usb` is a directory that stands for the stick, of `usb_size` bytes if that is told; None is for real ones, which
    are mounted below `automount` if nobody else does it and that is given. `resumes`: what was being recorded when the
    agent was told to stop goes on when it is started again, as systemd does at a restart.
    """

    settings: PhoneSettings
    file: Path | None
    runtime: Path
    usb: Path | None = None
    usb_size: int | None = None
    automount: Path | None = None
    resumes: bool = False

    @property
    def socket(self) -> Path:
        """Where the agent is spoken to."""
        return self.runtime / SOCKET

    @property
    def state(self) -> Path:
        """What a crash must not lose."""
        return self.runtime / STATE
