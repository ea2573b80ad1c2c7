"""From the record key, as it is written to the agent's socket, to the first audio on the drive and at a server."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from phone_recorder.wire.record_file import HEADER_SIZE
from tests.agent.agent_process import AgentProcess, agent_process
from tests.agent.rtp_sender import rtp_sender
from tests.agent.stub_server import StubServer, stub_server

PRESSES = 20
ENDS = {"answers unended": b"", "answers end in LF": b"\n"}
"""What follows a server's answer: nothing, as the guide has it, or what says at once that it is whole."""
LOOK_EACH_S = 0.0005
PATIENCE_S = 20
SETTLE_S = 1
APART_S = (0.2, 0.5)
"""Between a recording and the next key, so that keys come anywhere within a tick and a packet."""


def keys(home: Path) -> None:
    """In a call whose two legs are mixed by the agent."""
    print(f"the record key, {PRESSES} times each")
    took = list(to_drive(home / "drive"))
    print(row("until the first audio is on the drive", took, "target 1200"))
    for name, end in ENDS.items():
        with stub_server(end) as server:
            asked, heard = zip(*to_server(home / name, server), strict=True)
        print(row(f"until a record server is asked, {name}", asked, ""))
        print(row(f"until it has the first RTP, {name}", heard, "target 60"))


def to_drive(home: Path) -> Iterator[float]:
    """Milliseconds, of each key."""
    with agent_process(home) as agent, rtp_sender(*agent.begin_call("legs")):
        time.sleep(SETTLE_S)
        for _ in range(PRESSES):
            before = {path.name for path in agent.stick.iterdir()}
            pressed = press(agent)
            until(partial(has_audio, agent.stick, before))
            yield 1000 * (time.monotonic() - pressed)
            stop(agent)


def to_server(home: Path, server: StubServer) -> Iterator[tuple[float, float]]:
    """Milliseconds until it is asked and until it hears something, of each key."""
    where = ("record.mode=network", "server.host=127.0.0.1", f"server.port={server.port}")
    with agent_process(home, *where) as agent, rtp_sender(*agent.begin_call("legs")):
        time.sleep(SETTLE_S)
        for _ in range(PRESSES):
            server.forget_media()
            server.requests.clear()
            pressed = press(agent)
            heard = server.first_packet()
            yield 1000 * (server.requests[0].at - pressed), 1000 * (heard - pressed)
            stop(agent)


def press(agent: AgentProcess) -> float:
    """Start a recording; when that was asked for."""
    pressed = time.monotonic()
    agent.client.send("record.press", event="start")
    return pressed


def stop(agent: AgentProcess) -> None:
    """End the recording that a key has started, and wait a while after its end."""
    agent.client.answer()
    agent.ask("record.press", event="stop")
    until(lambda: agent.ask("record.get")["recordings"][-1]["state"] != "recording", 0.05)
    time.sleep(random.uniform(*APART_S))


def has_audio(stick: Path, before: set[str]) -> bool:
    """Whether a file that was not there before has more than a header."""
    # A file is made under another name, and gets its own when its header is safe.
    new = [path for path in stick.glob("Record_*") if path.name not in before]
    return any(path.stat().st_size > HEADER_SIZE for path in new)


def until(condition: Callable[[], bool], step: float = LOOK_EACH_S) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"nothing has come within {PATIENCE_S} s")
        time.sleep(step)


def row(name: str, took: list[float] | tuple[float, ...], target: str) -> str:
    figures = f"{statistics.median(took):8.1f} ms median {max(took):8.1f} ms worst of {len(took)}"
    return f"  {name:52} {figures}{f' ({target} ms)' if target else ''}"
