"""The unit tests under another Python than this machine has: `python -m tests.python_versions 3.14`, as root.

Debian has each version in another suite. One is laid out in a temporary directory, from the mirror that this machine's
own apt uses, and the tests run there; nothing is left behind. It takes about five minutes, and `mmdebstrap`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SUITES = {"3.11": "bookworm", "3.13": "trixie", "3.14": "sid"}
PACKAGES = "python3-venv,python3-dev,gcc,libc6-dev,linux-libc-dev,libudev1,libportaudio2"
"""Compiler and headers are for evdev, of which there are no wheels."""
PARTS = ("phone_recorder", "tests", "docs", "fixtures", "packaging", "Makefile", "LICENSE")
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
LEFT_OUT = ("tests/system", "tests/web", "tests/bench", "tests/packaging")
"""Rigs with programs of others, browsers, and what is about this machine's Debian."""
ROOT = Path(__file__).parents[1]


def main(version: str) -> int:
    """The exit code of pytest there."""
    files = " ".join(str(path) for path in (*(ROOT / part for part in PARTS), *ROOT.glob("*.toml"), *ROOT.glob("*.md")))
    hooks = ["mkdir -p $1/src", f"cp -r {files} $1/src", f"install -D -m 644 {CERTIFICATES} $1{CERTIFICATES}"]
    hooks.append(f"chroot $1 env PIP_CERT={CERTIFICATES} sh -ec '{inside(version)}'")
    command = ["mmdebstrap", "--variant=apt", "--format=null", f"--include={PACKAGES}", *apt_options()]
    done = subprocess.run([*command, *(f"--customize-hook={hook}" for hook in hooks), SUITES[version], "-", mirror()])
    return done.returncode


def inside(version: str) -> str:
    """What is done there; it fails if that Debian has another version by now."""
    tests = " ".join(f"--ignore={path}" for path in LEFT_OUT)
    lines = (
        f'python3 --version | grep -F "Python {version}."',
        "cd /src",
        "python3 -m venv /venv",
        '/venv/bin/pip install --quiet --editable ".[dev]"',
        f'/venv/bin/python -m pytest -m "not peer and not live" {tests} tests',
    )
    return "; ".join(lines)


def mirror() -> str:
    """Where this machine's apt has Debian from."""
    return output("apt-get", "indextargets", "--format", "$(REPO_URI)", "Origin: Debian", "Identifier: Packages")[0]


def apt_options() -> list[str]:
    """A mirror that stands still is told to apt as on this machine."""
    return [f"--aptopt={line}" for line in output("apt-config", "dump", "Acquire::Check-Valid-Until")]


def output(*command: str) -> list[str]:
    """The lines of what a program prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in SUITES:
        sys.exit(f"say which version: one of {', '.join(SUITES)}")
    sys.exit(main(sys.argv[1]))
