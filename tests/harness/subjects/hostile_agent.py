"""An agent that answers as it should, but for one method, to which it says whatever bytes the test wants."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.harness.listening import listening

STARTED = {"id": "1", "host": "127.0.0.1", "ports": {"near": 9, "far": 9}}
ACCOUNT = {
    "id": "a",
    "state": "recorded",
    "duration_s": 1.5,
    "gaps": [{"stream": "far", "start_s": 0, "duration_s": 0.02}],
    "gaps_count": 1,
    "gaps_s": {"far": 0.02},
    "streams": [{"name": "far", "received": 99}],
    "parts": [{"path": "/media/usb/a.wav"}],
}
STATE = {"key": "idle", "icon": "idle", "timer": "00:00", "prompt": "", "lamp": "off", "recordings": [ACCOUNT]}
GOOD: dict[str, dict[str, Any]] = {
    "call.start": STARTED,
    "call.list": {"calls": [{"id": "1", "state": "connected"}]},
    "call.change": {},
    "call.end": {"whatever": ["it", "says"]},
    "record.get": STATE,
    "record.press": STATE,
    "settings.list": {
        "settings": [{"key": "record.codec", "label": "", "help": "", "kind": "choice", "value": "G722", "choices": []}]
    },
    "settings.set": {},
}
"""Results, by method."""
Answer = Callable[[int], bytes]
"""To the request of this id; nothing ends the connection."""


def result(told: object) -> Answer:
    """A result of any shape."""
    return lambda number: json.dumps({"jsonrpc": "2.0", "id": number, "result": told}).encode() + b"\n"


def refusal(error: object) -> Answer:
    """An error of any shape."""
    return lambda number: json.dumps({"jsonrpc": "2.0", "id": number, "error": error}).encode() + b"\n"


def raw(said: bytes) -> Answer:
    """Just these bytes."""
    return lambda _: said


@contextmanager
def hostile_agent(path: Path, method: str, hostile: Answer) -> Iterator[None]:
    """It listens at `path`; `hostile` is what it says to `method`."""

    def serve(connection: socket.socket) -> None:
        with connection.makefile("rb") as lines:
            for line in lines:
                asked = json.loads(line)
                answers = hostile if asked["method"] == method else result(GOOD[asked["method"]])
                said = answers(asked["id"])
                connection.sendall(said)
                if not said.endswith(b"\n"):
                    return

    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    with listening(listener, serve):
        yield
