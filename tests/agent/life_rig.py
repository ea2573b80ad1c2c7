"""The whole life of an agent in the test's own process, told what to do by signals, and watched as systemd does."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from phone_recorder.adapters.journal import Log
from phone_recorder.agent.life import live
from phone_recorder.agent.plan import AgentPlan
from phone_recorder.settings.phone import PhoneSettings
from tests.agent.agent_process import Client

PATIENCE_S = 20


class Systemd:
    """What a service manager hears. `environ` is what it has told the service."""

    def __init__(self, directory: Path, watchdog_us: int = 0) -> None:
        path = directory / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(PATIENCE_S)
        self.environ = {"NOTIFY_SOCKET": str(path)}
        if watchdog_us:
            self.environ["WATCHDOG_USEC"] = str(watchdog_us)

    def hear(self) -> dict[str, str]:
        """The next message; TimeoutError if none comes."""
        lines = self._socket.recv(4096).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def hear_of(self, name: str) -> dict[str, str]:
        """The next message that has this."""
        while name not in (message := self.hear()):
            pass
        return message

    def close(self) -> None:
        self._socket.close()


def send(number: signal.Signals) -> None:
    """To the agent, which runs on the main thread."""
    os.kill(os.getpid(), number)


def lived(
    plan: AgentPlan,
    systemd: Systemd,
    beside: Callable[[], None],
    read_settings: Callable[[], PhoneSettings] = PhoneSettings,
    said: StringIO | None = None,
) -> str:
    """Run an agent with `beside` on a thread, from when it is ready; the agent's log. The error of either is raised.

    It is told to end when `beside` has returned. What it logs is in `said`, whatever becomes of it.
    """
    said, errors = StringIO() if said is None else said, []

    def run() -> None:
        try:
            systemd.hear_of("READY")
            beside()
        except BaseException as error:
            errors.append(error)
        finally:
            send(signal.SIGTERM)

    # What comes too late for the agent must not end the tests.
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    thread = threading.Thread(target=run)
    thread.start()
    try:
        live(plan, read_settings, Log(said), systemd.environ)
    finally:
        thread.join(PATIENCE_S)
        signal.signal(signal.SIGTERM, before)
        systemd.close()
    if errors:
        raise errors[0]
    return said.getvalue()


def asked(plan: AgentPlan, method: str, **params: object) -> Any:
    """What the agent answers, over a connection for that alone."""
    client = Client(plan.socket)
    try:
        return client.ask(method, **params)
    finally:
        client.close()
