"""An agent that answers as it should, but for one method, to which it says whatever bytes the test wants."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

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


class HostileAgent:
    """Listens at `path` while it is entered; `hostile` is what it says to `method`."""

    def __init__(self, path: Path, method: str, hostile: Answer) -> None:
        self._method, self._hostile = method, hostile
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()

    def __enter__(self) -> HostileAgent:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        try:
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()
        except OSError:
            return

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            try:
                for line in lines:
                    asked = json.loads(line)
                    answers = self._hostile if asked["method"] == self._method else result(GOOD[asked["method"]])
                    said = answers(asked["id"])
                    connection.sendall(said)
                    if not said.endswith(b"\n"):
                        return
            except OSError:
                return
