"""Microphone and loudspeaker of a call with a sound server between them: what is played is what is heard."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

from tests.peers import need
from tests.system.pulse import PATIENCE_S, captured, sound_server

ROOT = Path(__file__).parents[2]


@pytest.mark.peer
@pytest.mark.parametrize("rate", [8000, 16000])
def test_what_is_played_is_heard_and_a_device_that_goes_is_noticed(tmp_path: Path, rate: int) -> None:
    for program in ("pulseaudio", "parec"):
        need(program)
    command = [sys.executable, "-m", "tests.system.echoed_call", str(rate)]
    # Somebody who listens closely keeps the server's null device from working in blocks of two seconds.
    with sound_server(tmp_path, rate) as environment, captured(tmp_path, environment, rate):
        call = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert call.stdout is not None
        runs = json.loads(call.stdout.readline())
    # Now the sound server is gone.
    out, _ = call.communicate(timeout=PATIENCE_S)
    assert json.loads(out) == [True, True]
    assert longest_whole(runs, rate // 50) >= 25


def longest_whole(runs: list[tuple[int, int]], frame: int) -> int:
    """How many numbered frames in a row came whole and in order; a machine under load may lose one now and then."""
    steps = [value - place if value and length == frame else None for place, (value, length) in enumerate(runs)]
    return max((len(list(group)) for step, group in groupby(steps) if step is not None), default=0)
