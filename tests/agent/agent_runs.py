"""`phone-recorder agent` run as a service is: in a home of its own, killed, started again, told apart from others."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.agent.agent_process import AGENT, PATIENCE_S, ROOT, STOP_S, AgentProcess, Client
from tests.agent.recorded_legs import Span, missing, recorded
from tests.agent.rtp_sender import Sender, rtp_sender

AT_MOST_S = 2.0
"""The agent's end."""
SLACK_S = 2.0
"""For a machine that runs other tests beside this one."""
LEFT_OUT = ("RUNTIME_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM")
"""What a service manager that runs the tests has told them is not meant for the agent."""


def started(
    home: Path,
    *words: str | Path,
    environ: Mapping[str, str] = {},
    stderr: int | IO[bytes] | None = None,
    program: Sequence[str] = AGENT,
) -> subprocess.Popen[bytes]:
    """An agent that starts in that home: `stick`, `run` and `phone.toml` are there, and `agent.log` is written on."""
    (home / "stick").mkdir(parents=True, exist_ok=True)
    own = ["--usb", home / "stick", "--runtime", home / "run", "--config", home / "phone.toml"]
    given = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    with (home / "agent.log").open("ab") as log:
        return subprocess.Popen(
            [*program, *map(str, own), *map(str, words)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stderr=log if stderr is None else stderr,
            env={**given, **environ},
        )


@contextmanager
def running(
    home: Path,
    *words: str | Path,
    environ: Mapping[str, str] = {},
    stderr: int | IO[bytes] | None = None,
    program: Sequence[str] = AGENT,
) -> Iterator[AgentProcess]:
    """One that answers; it is ended at the end, if it has not been before."""
    process = started(home, *words, environ=environ, stderr=stderr, program=program)
    try:
        wait_for_answer(process, home)
        yield AgentProcess(process, home)
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """In order if it can be, and else not."""
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def kill(agent: AgentProcess) -> None:
    """`kill -9`, and it is gone."""
    agent.client.close()
    agent.process.kill()
    agent.process.wait(PATIENCE_S)


def wait_for_answer(process: subprocess.Popen[bytes], home: Path) -> None:
    """Until it answers; RuntimeError with its log if it does not."""

    def answers() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"the agent did not start: {log_of(home)[-2000:]}")
        try:
            client = Client(home / "run" / "agent.sock")
        except OSError:
            return False
        client.ask("status.get")
        client.close()
        return True

    until(answers)


def until(so: Callable[[], object]) -> None:
    """Wait for it; AssertionError if it does not come."""
    deadline = time.monotonic() + PATIENCE_S
    while not so():
        assert time.monotonic() < deadline, f"{so} has not come within {PATIENCE_S} s"
        time.sleep(0.005)


def log_of(home: Path) -> str:
    """All that was logged in that home."""
    return (home / "agent.log").read_text("utf-8")


def account_of(agent: AgentProcess, call: str = "") -> dict[str, Any]:
    """Of the recording that was begun last."""
    found: dict[str, Any] = agent.ask("record.get", call=call)["recordings"][-1]
    return found


def recording_ended(agent: AgentProcess, call: str = "") -> dict[str, Any]:
    """Its account, once the recording that was begun last is safe."""
    until(lambda: account_of(agent, call)["state"] != "recording")
    return account_of(agent, call)


@contextmanager
def recorded_call(agent: AgentProcess, rtp: str = "mixed") -> Iterator[Sender]:
    """A call whose packets are numbered, and that is being recorded when the first of them comes."""
    with rtp_sender(*agent.begin_call(rtp)) as sender:
        agent.ask("record.press", event="start")
        yield sender


def assert_nothing_lost(files: Sequence[Path], sender: Sender, begun: int, over: int) -> None:
    """The files have every packet that was sent between these instants, each once and in its place, and no others."""
    found = recorded(files)
    assert found.broken == 0 and any(packets.numbers for packets in found.legs.values())
    for leg, packets in zip(sender.legs(), found.legs.values(), strict=False):
        leg.packets(over)
        assert missing(leg, packets, [Span(begun, over)]) == 0
        assert packets.disordered == 0


def stop(agent: AgentProcess) -> float:
    """Told to end in order; the seconds that it takes."""
    agent.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert agent.process.wait(PATIENCE_S) == 0
    return time.monotonic() - began
