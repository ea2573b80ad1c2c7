"""An agent of our own for one case: `phone-recorder agent` as a child process, with a directory for its stick."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from phone_recorder.adapters.agent_client import NAME, AgentClient
from phone_recorder.adapters.parent_death import end_with_parent
from phone_recorder.errors import AgentUnreachable, NotConforming

START_S = 20.0
STOP_S = 5.0
LOOK_S = 0.02
LOG = "agent.log"
STICK = "stick"
LONGEST_PLACE = 80
"""Bytes of a directory: a socket's path has 107, and here 23 are the rest of it."""
MOST_LOG = 300
"""Characters of its log that an error quotes."""


class AgentFailed(NotConforming):
    """An agent that was started for a case does not come up."""


@contextmanager
def own_agent(place: Path, texts: Mapping[str, str], size: int) -> Iterator[AgentClient]:
    """A client of an agent that runs meanwhile; its stick of `size` bytes and its log are in `place`.

    AgentFailed, with what it says, if it does not come up. It ends with the thread that enters this, even if that is
    killed.
    """
    (place / STICK).mkdir(parents=True)
    with TemporaryDirectory(prefix="pr-", dir=_for_sockets(place)) as runtime, (place / LOG).open("wb") as log:
        words = [
            *("--usb", str(place / STICK), "--usb-size", str(size)),
            *("--runtime", runtime, "--config", str(place / "agent.toml")),
            *(word for key, text in texts.items() for word in ("--set", f"{key}={text}")),
        ]
        command = [sys.executable, "-m", "phone_recorder", "agent", *words]
        # In a session of its own: Ctrl-C is for whoever tests it, who ends it in order.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=partial(_tie_to, os.getpid()),
        )
        try:
            with _client(process, Path(runtime) / NAME, place / LOG) as client:
                yield client
        finally:
            _stop(process)


def _for_sockets(place: Path) -> Path | None:
    """There, as long as the path of a socket may be so long (unix(7)); else where temporary files are."""
    return place if len(os.fsencode(place)) <= LONGEST_PLACE else None


def _tie_to(parent: int) -> None:
    """In the child, before it is an agent: without its parent it is none."""
    if not end_with_parent(parent):
        os._exit(1)


def _client(process: subprocess.Popen[bytes], path: Path, log: Path) -> AgentClient:
    """As soon as it answers."""
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return AgentClient(path)
        except AgentUnreachable:
            time.sleep(LOOK_S)
    said = " ".join(log.read_text("utf-8", "replace").split())[-MOST_LOG:]
    raise AgentFailed(f"the agent does not come up: {said or 'it says nothing'}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
