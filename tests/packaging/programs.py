"""Programs run as on a machine that has no virtual environment of ours."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.peers import need

REPOSITORY = Path(__file__).parents[2]
DEBIAN = REPOSITORY / "packaging/debian"
UNIT = REPOSITORY / "phone_recorder/agent/phone-recorder-agent.service"

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def run(*words: str, **environment: str) -> str:
    """What a program prints; the test fails with its stderr if it fails."""
    done = attempt(*words, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def attempt(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program with nothing in its environment but these."""
    names = {"PATH": PATH, "LC_ALL": "C.UTF-8", **environment}
    return subprocess.run(words, env=names, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def need_debian_python() -> str:
    """Debian's own Python, for which the package is; skipped without, but under CI it fails."""
    need("dpkg")
    if not Path("/usr/bin/python3").exists():
        pytest.skip("/usr/bin/python3 is not installed")
    return "/usr/bin/python3"


def need_root(what: str) -> None:
    """Skip where this user is not root; with CI=true in the environment, fail."""
    if os.geteuid() == 0:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} needs root, and with CI=true no peer test may be skipped")
    pytest.skip(f"{what} needs root")
