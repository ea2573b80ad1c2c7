"""The program itself, in a live call that records to a drive; several at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.cli.call import Document
from tests.system.aftermath import PATIENCE_S, SECOND, has_begun, in_order, look, until

SEED = "5"
ROOT = Path(__file__).parent.parent.parent


@dataclass
class LiveCall:
    """A call of `duration_s` that is recorded from its beginning; `behind` is where its files can be looked at."""

    process: subprocess.Popen[str]
    behind: Path
    duration_s: float

    def wait_until_recorded(self, seconds: float) -> None:
        """Until a file has so much audio."""

        def recorded() -> bool:
            assert self.process.poll() is None, self.process.communicate()
            return any(path.stat().st_size >= 76 + seconds * SECOND for path in in_order(self.behind))

        until(lambda: has_begun(self.behind))
        until(recorded)

    def end(self, code: int) -> Document:
        """Its JSON document; it must end with this code, and complain of nothing."""
        stdout, stderr = self.process.communicate(timeout=self.duration_s + PATIENCE_S)
        assert (self.process.returncode, stderr) == (code, ""), stdout
        found: Document = json.loads(stdout)
        assert found["duration_s"] == self.duration_s
        return found


@contextmanager
def live_call(
    stick: Path,
    behind: Path,
    duration_s: float,
    *words: str,
    cwd: Path | None = None,
    prepare: Callable[[], None] | None = None,
) -> Iterator[LiveCall]:
    """`prepare` is done in the new process, before the program is. It is killed at the end if it still runs."""
    command = [
        sys.executable,
        "-m",
        "phone_recorder",
        "call",
        "--json",
        "--usb",
        str(stick),
        *options(duration_s),
        *words,
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    if cwd:
        environment |= {"TMPDIR": str(cwd), "HOME": str(cwd)}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd or stick.parent,
        env=environment,
        preexec_fn=prepare,
    )
    try:
        yield LiveCall(process, behind, duration_s)
    finally:
        process.kill()
        process.communicate()


def options(duration_s: float) -> list[str]:
    """Of every call here: the same voices, one file, all of the drive."""
    return ["--seed", SEED, "--duration", str(duration_s), "--size-limit", "0", "--reserve", "0"]


def began_at(found: Document) -> float:
    """The wall clock at the beginning of the call, in seconds."""
    return datetime.fromisoformat(found["recordings"][0]["started_at"]).timestamp()


def seen_s(found: Document, fault_at: float) -> float:
    """Seconds from a fault, at this wall clock time, to the screen that says that the recording has failed."""
    failed = [screen["t"] for screen in found["screen"] if screen["icon"] == "failed"]
    return float(began_at(found) + failed[0] - fault_at)


def lost_s(found: Document, fault_at: float, behind: Path) -> float:
    """Seconds of audio from before the fault that no file has after repair."""
    return max(fault_at - began_at(found) - len(look(in_order(behind)).audio) / SECOND, 0.0)
