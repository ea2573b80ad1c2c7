"""The log of a daemon: entries with fields in systemd's journal, or lines on stderr. It never waits and never raises.

The journal takes one datagram an entry (systemd: "Native Journal Protocol"). `logging` is not used: it takes memory
that the agent does not have, and waits for who does not read.
"""

from __future__ import annotations

import io
import os
import re
import select
import socket
import stat
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, TextIO

from phone_recorder.wire.printable import printable

Level = Literal["error", "warning", "notice", "info"]
PRIORITIES: Mapping[Level, int] = {"error": 3, "warning": 4, "notice": 5, "info": 6}
"""As syslog(3) counts them."""
IDENTIFIER = "phone-recorder"
JOURNAL = Path("/run/systemd/journal/socket")
_FIELD = re.compile(r"[A-Z][A-Z0-9_]{0,63}", re.ASCII)
"""The names of fields that the journal takes from programs."""
_OURS = {"MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER"}
_PLAIN = re.compile(r"[^\s\"=\\]+")
_AT_ONCE = select.PIPE_BUF
"""Bytes of a line at most: a pipe that has room has room for as many."""


class Log:
    """Call it with a level and a message of one sentence; what came from others goes into fields.

    Control characters, and with them the ends of lines, are made visible; each text has at most 200 letters. Whatever
    cannot be written at once is lost. Any thread may call.
    """

    def __init__(self, stream: TextIO | None, journal: Path | None = None) -> None:
        """`journal` is its socket, None for lines on the stream alone. The stream's file stays open for the log."""
        self._fd = _own(stream)
        self._stream = stream if self._fd is None else None
        self._lock = threading.Lock()  # for the stream: two that find room for one line
        self._socket: socket.socket | None = None
        self._journal = str(journal)
        if journal is not None:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)

    def __call__(self, level: Level, message: str, /, **fields: str | int | float) -> None:
        """Log it. Names of fields are letters, digits and _; others, and MESSAGE and PRIORITY, are left out."""
        named = {name: printable(str(value)) for key, value in fields.items() if (name := _name(key))}
        text = printable(message)
        if not self._to_journal({"MESSAGE": text, "PRIORITY": str(PRIORITIES[level]), **named}):
            with self._lock:
                self._to_stream(_line(level, text, named))

    def close(self) -> None:
        """Log nothing any more."""
        with self._lock:
            if self._fd is not None:
                os.close(self._fd)
            self._fd = self._stream = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _to_journal(self, fields: Mapping[str, str]) -> bool:
        journal = self._socket
        if journal is None:
            return False
        try:
            journal.sendto(entry({**fields, "SYSLOG_IDENTIFIER": IDENTIFIER}), self._journal)
        except OSError:  # journald starts anew, or has no time
            return False
        return True

    def _to_stream(self, line: bytes) -> None:
        with suppress(OSError, ValueError):
            if self._fd is not None:
                _write_at_once(self._fd, line)
            elif self._stream is not None:
                self._stream.write(line.decode("utf-8", "replace"))
                self._stream.flush()


def open_log(environ: Mapping[str, str] = os.environ, stream: TextIO | None = None, journal: Path = JOURNAL) -> Log:
    """The journal where systemd has connected the stream (stderr) to it, else lines on the stream."""
    stream = stream or sys.stderr
    connected = _identity(stream) == environ.get("JOURNAL_STREAM", "")
    return Log(stream, journal if connected else None)


def entry(fields: Mapping[str, str]) -> bytes:
    """A datagram for the journal. A value of more lines has its length before it (64 bits, little-endian)."""
    return b"".join(_field(name.encode(), value.encode("utf-8", "replace")) for name, value in fields.items())


def _field(name: bytes, value: bytes) -> bytes:
    if b"\n" in value:
        return name + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
    return name + b"=" + value + b"\n"


def _name(key: str) -> str:
    """The name of a field in the journal; "" if it can have none."""
    name = key.upper()
    return name if _FIELD.fullmatch(name) and name not in _OURS else ""


def _line(level: Level, message: str, fields: Mapping[str, str]) -> bytes:
    """`notice: message KEY=value`, a value of more words in quotes."""
    words = [f"{level}: {message}", *(f"{name}={_quoted(value)}" for name, value in fields.items())]
    return " ".join(words).encode()[: _AT_ONCE - 1] + b"\n"


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _own(stream: TextIO | None) -> int | None:
    """A descriptor of our own: if the stream is closed, its number may become another file's. None without a file."""
    try:
        return None if stream is None else os.dup(stream.fileno())
    except (OSError, ValueError, io.UnsupportedOperation):
        return None


def _identity(stream: TextIO | None) -> str | None:
    """Device and inode, as systemd writes them to JOURNAL_STREAM (systemd.exec(5))."""
    try:
        found = None if stream is None else os.fstat(stream.fileno())
    except (OSError, ValueError):
        return None
    return None if found is None else f"{found.st_dev}:{found.st_ino}"


def _write_at_once(fd: int, line: bytes) -> None:
    """Write it if nobody need be waited for; OSError if the file takes it no more."""
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    if not poll.poll(0):
        return
    if stat.S_ISSOCK(os.fstat(fd).st_mode):
        with socket.socket(fileno=os.dup(fd)) as there:
            there.send(line, socket.MSG_DONTWAIT)
    else:
        os.write(fd, line)
