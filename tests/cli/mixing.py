"""`phone-recorder mix` as a process of its own, to be interrupted."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.foreground import hears_ctrl_c

PATIENCE_S = 30


@contextmanager
def started(home: Path, *words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """The process, which is killed if it is still there in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "phone_recorder", "mix", *map(str, words)],
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hears_ctrl_c,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def begun(*outputs: Path) -> None:
    """Wait until all of these are being written."""
    until = time.monotonic() + PATIENCE_S
    while not all(output.with_name(f".{output.name}.partial").exists() for output in outputs):
        assert time.monotonic() < until, "nothing is being written"
        time.sleep(0.01)
