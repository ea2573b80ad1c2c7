"""The agent's socket from the other side, for one program that may wait: JSON-RPC 2.0, a line each.

Neither asyncio nor msgspec is loaded for it: on a small phone a command should be over before somebody wonders.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import stat
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from phone_recorder.adapters.runtime_directory import runtime_directory
from phone_recorder.errors import AgentRefused, AgentUnreachable
from phone_recorder.wire.printable import printable

NAME = "agent.sock"
SYSTEM_SOCKET = Path("/run/phone-recorder") / NAME
"""Where the agent that the system has started has its socket."""
MOST_BYTES = 16 << 20
"""Of one line. A list of all recordings of a large stick is one."""
_AGAIN_S = 0.02
"""How long to wait before a socket whose queue is full is tried again."""


def default_socket(environ: Mapping[str, str], uid: int) -> Path:
    """Where an agent of this user has its socket."""
    return runtime_directory(environ, uid) / NAME


def default_sockets(environ: Mapping[str, str], uid: int) -> tuple[Path, ...]:
    """Where an agent is looked for, one after the other: this user's own, then the system's.

    In a place for all, such as /tmp, a stranger may have made what is called as this user's.
    """
    own = default_socket(environ, uid)
    return tuple(dict.fromkeys((*([own] if _belongs_to(own.parent, uid) else []), SYSTEM_SOCKET)))


def _belongs_to(directory: Path, uid: int) -> bool:
    """Whether it is this user's or root's; what is not there is nobody else's."""
    try:
        return directory.lstat().st_uid in (uid, 0)
    except OSError:
        return True


def connect_first(paths: Sequence[Path], timeout_s: float | None = 10) -> AgentClient:
    """The first of these where an agent answers; AgentUnreachable for the first one if none does.

    Only the system's may be another user's: at any other place that is a stranger. A socket that this user may not use
    ends the search: there is an agent, and its user should know.
    """
    nobody: AgentUnreachable | None = None
    for path in paths:
        try:
            client = AgentClient(path, timeout_s)
        except NobodyAnswers as error:
            nobody = nobody or error
            continue
        if path == SYSTEM_SOCKET or client.is_ours:
            return client
        client.close()
        nobody = nobody or _nobody_at(path)
    raise nobody or NobodyAnswers("there is no socket to find an agent at: name one")


class NobodyAnswers(AgentUnreachable):
    """There is no socket, or nobody listens at it."""


class AgentClient:
    """A connection to an agent. `timeout_s` is how long each answer may take, None for ever.

    AgentUnreachable, in one sentence that says what to do, if there is no agent, or it hangs, or breaks off.
    """

    def __init__(self, path: Path, timeout_s: float | None = 10) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._bytes = bytearray()
        self._events: deque[dict[str, Any]] = deque()
        self._number = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._connect()
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> AgentClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the agent."""
        self._socket.close()

    @property
    def is_ours(self) -> bool:
        """Whether it is this user's or root's program that answers."""
        pid_uid_gid = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)  # unix(7)
        return int.from_bytes(pid_uid_gid[4:8], sys.byteorder) in (os.geteuid(), 0)

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The method's result; AgentRefused with the agent's sentence if it cannot do that."""
        until = self._until()
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}, until)
        while True:
            said = self._said(until)
            if said.get("method") == "event":
                self._events.append(said)
            elif isinstance(error := said.get("error"), dict) and said.get("id") in (self._number, None):
                raise AgentRefused(str(error.get("message", "the agent refused, and did not say why")))
            elif said.get("id") == self._number and isinstance(result := said.get("result"), dict):
                return result
            else:
                raise self._strange(json.dumps(said))

    def events(self, events: Sequence[str]) -> Iterator[dict[str, Any]]:
        """`{"event": ..., "data": ...}` for each event of these kinds, for ever; the present state of each at first."""
        self.ask("events.watch", {"events": list(events)})
        while True:
            said = self._events.popleft() if self._events else self._said(None)
            params = said.get("params")
            if said.get("method") != "event" or not isinstance(params, dict) or "event" not in params:
                raise self._strange(json.dumps(said))
            yield params

    def _connect(self) -> None:
        until = self._until()
        while True:
            try:
                self._socket.settimeout(_left(until))
                self._socket.connect(str(self._path))
                return
            except BlockingIOError:  # A Unix socket whose queue is full does not wait, if it has a time-out.
                time.sleep(_AGAIN_S)
            except TimeoutError as error:
                raise self._hangs() from error
            except OSError as error:
                raise _unreachable(self._path, error) from error

    def _send(self, asked: dict[str, Any], until: float | None) -> None:
        try:
            self._socket.settimeout(_left(until))
            self._socket.sendall(json.dumps(asked).encode() + b"\n")
        except TimeoutError as error:
            raise self._hangs() from error
        except OSError as error:
            # Whoever has been shown the door has been told why: that is still to be read.
            if error.errno not in (errno.EPIPE, errno.ECONNRESET):
                raise self._gone() from error

    def _said(self, until: float | None) -> dict[str, Any]:
        line = self._line(until)
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._strange(line[:200].decode("utf-8", "replace")) from error
        if not isinstance(said, dict):
            raise self._strange(line[:200].decode("utf-8", "replace"))
        return said

    def _line(self, until: float | None) -> bytes:
        seen = 0
        while (end := self._bytes.find(b"\n", seen)) < 0:
            seen = len(self._bytes)
            if seen > MOST_BYTES:
                raise self._strange(f"a line of more than {MOST_BYTES >> 20} MiB")
            self._bytes += self._received(until)
        line = bytes(self._bytes[:end])
        del self._bytes[: end + 1]
        return line

    def _received(self, until: float | None) -> bytes:
        try:
            self._socket.settimeout(_left(until))
            data = self._socket.recv(1 << 16)
        except TimeoutError as error:
            raise self._hangs() from error
        except OSError as error:
            raise self._gone() from error
        if not data:
            raise self._gone()
        return data

    def _until(self) -> float | None:
        return None if self._timeout_s is None else time.monotonic() + self._timeout_s

    def _gone(self) -> AgentUnreachable:
        return AgentUnreachable(f"the agent at {self._path} has closed the connection: it was stopped, or has crashed")

    def _hangs(self) -> AgentUnreachable:
        return AgentUnreachable(
            f"the agent at {self._path} does not answer within {self._timeout_s:g} s: see its log, or start it anew"
        )

    def _strange(self, said: str) -> AgentUnreachable:
        return AgentUnreachable(f"what answers at {self._path} is no agent of this kind: it says {printable(said)}")


def _left(until: float | None) -> float | None:
    """Seconds until then; TimeoutError if there are none."""
    if until is None:
        return None
    if (left := until - time.monotonic()) <= 0:
        raise TimeoutError
    return left


def _unreachable(path: Path, error: OSError) -> AgentUnreachable:
    if isinstance(error, PermissionError):
        return AgentUnreachable(f"this user may not use {path}: {_who_may(path)}")
    if isinstance(error, FileNotFoundError | ConnectionRefusedError | NotADirectoryError):
        if path.exists() and not path.is_socket():
            return AgentUnreachable(f"{path} is no socket: name the agent's, such as {SYSTEM_SOCKET}")
        return _nobody_at(path)
    if error.errno is None:  # Python has not even asked the kernel.
        return AgentUnreachable(f"{path} is too long for a socket: name one with a shorter path")
    return AgentUnreachable(f"{path} cannot be used: {(error.strerror or str(error)).lower()}")


def _nobody_at(path: Path) -> NobodyAnswers:
    return NobodyAnswers(f"no agent answers at {path}: start one with `phone-recorder agent`")


def _who_may(path: Path) -> str:
    """What to do about a socket that is for others."""
    import grp  # For those alone who are turned away.

    try:
        facts = path.stat()
        group = grp.getgrgid(facts.st_gid).gr_name
    except (OSError, KeyError):
        return "ask whoever runs the agent"
    if not stat.S_IMODE(facts.st_mode) & stat.S_IWGRP:
        return "it is for its owner alone"
    if facts.st_gid in (os.getegid(), *os.getgroups()):
        return f"its group {group} may, but not here: ask whoever runs the agent"
    return f"you are not in its group {group}: have yourself added to it, and log in again"
