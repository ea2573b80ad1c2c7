"""Limits of the operating system, in a process of their own."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

SCRIPT = """
import resource
from phone_recorder.adapters.process import most_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 96))
print(most_open_files(), resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_all_that_is_allowed_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout == "96 (96, 96)\n"


@pytest.mark.parametrize(
    ("ignored", "number", "code"),
    [
        (False, signal.SIGHUP, 0),
        (False, signal.SIGTERM, 0),
        (False, signal.SIGINT, 0),
        (True, signal.SIGHUP, -signal.SIGUSR1),
    ],
)
def test_a_signal_asks_to_stop_but_not_the_end_of_a_terminal_under_nohup(
    ignored: bool, number: signal.Signals, code: int
) -> None:
    """The second signal is sure death; where the first has asked to stop, the process has ended in order by then."""
    command = [sys.executable, "-c", STOP.format(ignored=ignored)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:
        assert process.stdout and process.stdin
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        if code:
            process.send_signal(signal.SIGUSR1)
        assert process.wait(10) == code


STOP = """
import asyncio, signal
from phone_recorder.adapters.process import asked_to_stop
if {ignored}:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
async def main():
    asked = asked_to_stop()
    print("ready", flush=True)
    await asked.wait()
asyncio.run(main())
"""
