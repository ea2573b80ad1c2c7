"""What all commands below `phone-recorder ctl` share: the agent that is asked, and how its answer is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from phone_recorder.adapters.agent_client import AgentClient

ANSWER_S = 10.0
"""How long an answer may take that no drive is needed for."""
DRIVE_S = 600.0
"""How long one may take that a slow drive is needed for: a recording of hours is exported."""

Answer = dict[str, Any]
Decorated = TypeVar("Decorated", bound=Callable[..., object])


@dataclass(slots=True)
class Asking:
    """`socket` None looks where agents usually have theirs."""

    socket: Path | None = None
    as_json: bool = False

    def connect(self, timeout_s: float | None = ANSWER_S) -> AgentClient:
        """A connection to the agent; AgentUnreachable without one."""
        import os

        from phone_recorder.adapters.agent_client import AgentClient, NobodyAnswers, connect_first, default_sockets

        if self.socket is not None:
            return AgentClient(self.socket, timeout_s)
        try:
            return connect_first(default_sockets(os.environ, os.getuid()), timeout_s)
        except NobodyAnswers as error:
            raise NobodyAnswers(f"{error}, or name its socket with --socket") from error

    def ask(self, method: str, params: Answer | None = None, timeout_s: float = ANSWER_S) -> Answer:
        """The method's result."""
        with self.connect(timeout_s) as agent:
            return agent.ask(method, params or {})

    def show(self, answer: Answer, lines: Callable[[Answer], Iterable[str]]) -> None:
        """Print an answer: its lines for people, or itself as one line of JSON."""
        for line in [json.dumps(answer)] if self.as_json else lines(answer):
            echo(line)


def takes_json(command: Decorated) -> Decorated:
    """A command with --json, before its name or after it."""

    def keep(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        ctx.ensure_object(Asking).as_json |= value

    option = click.option("--json", is_flag=True, expose_value=False, callback=keep, help="Print one line of JSON.")
    return option(command)


def given(**params: object) -> Answer:
    """The parameters that were given; the agent knows the defaults of the others."""
    return {name: value for name, value in params.items() if value is not None}


def echo(line: str) -> None:
    """Print a line at once; what the terminal has no letters for is shown as its code."""
    if sys.stdout is None:  # closed before we began
        return
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(line.encode(encoding, "backslashreplace").decode(encoding))
