"""What the agent has in memory all day: the modules that it needs load neither an event loop nor TLS."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("asyncio", "ssl", "http", "click", "starlette", "uvicorn")
LIGHT = (
    "control_api",
    "control_api.json_rpc",
    "control_api.told",
    "control_api.watchers",
    "adapters.lane",
    "adapters.settings_keeper",
    "adapters.drive_recordings",
    "adapters.drive_export",
    "adapters.usb_port",
    "adapters.phone_drive",
    "adapters.record_client",
)


def loaded_by(module: str) -> str:
    """Which of HEAVY are there when a fresh process has imported that."""
    program = f"import sys\nimport {module}\nprint(*[name for name in {HEAVY} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("module", LIGHT)
def test_it_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"phone_recorder.{module}") == ""


def test_what_is_heavy_is_seen() -> None:
    assert loaded_by("phone_recorder.adapters.aside").split()[0] == "asyncio"
