"""Telling systemd how the agent is (sd_notify(3)): ready, reloading, stopping, and that it is alive."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

from phone_recorder.wire.printable import printable

WAIT_S = 1.0
"""How long a systemd that is busy is waited for, with what it waits for itself: not with what comes again."""


class Notifier:
    """Tells whoever is named by NOTIFY_SOCKET; without that, nobody. Nothing here raises.

    `watchdog_s`: every so many seconds `watchdog` must be called, or systemd starts the service anew: half of what it
    allows. None where it does not watch.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._socket: socket.socket | None = None
        if self._address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.watchdog_s = _watchdog_s(environ) if self._address else None

    def ready(self, status: str) -> None:
        """Started, or reloaded; and what it does now, in a few words."""
        self._send("READY=1", f"STATUS={printable(status)}", wait_s=WAIT_S)

    def reloading(self) -> None:
        """The settings are being read again; `ready` ends it."""
        # CLOCK_MONOTONIC, which is what Python's monotonic clock is on Linux.
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}", wait_s=WAIT_S)

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """What it does now, in a few words, for `systemctl status`."""
        self._send(f"STATUS={printable(text)}")

    def watchdog(self) -> None:
        """It is alive."""
        self._send("WATCHDOG=1")

    def close(self) -> None:
        """Tell nothing any more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, *lines: str, wait_s: float = 0.0) -> None:
        if self._socket is None:
            return
        try:
            self._socket.settimeout(wait_s)
            self._socket.sendto("\n".join(lines).encode(), self._address)
        except OSError:
            pass  # nobody is there, or it does not read: the service goes on without being seen


def _address(text: str) -> str:
    """A path, or `@name` for a socket of the abstract namespace; "" for what is neither (of a virtual machine)."""
    if text.startswith("@"):
        return "\0" + text[1:]
    return text if text.startswith("/") else ""


def _watchdog_s(environ: Mapping[str, str]) -> float | None:
    usec, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if pid not in ("", str(os.getpid())) or not (usec.isascii() and usec.isdecimal()):
        return None
    return int(usec) / 2_000_000 or None
