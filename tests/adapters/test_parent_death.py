"""A child whose parent is killed hears of it from the kernel."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import pytest

_SLEEPS = "import signal, sys; sys.stdout.write('there\\n'); sys.stdout.flush(); signal.pause()"
_MAKES_ONE = f"""
import os, subprocess, sys
from functools import partial
from phone_recorder.adapters.parent_death import end_with_parent
child = subprocess.Popen([sys.executable, "-c", {_SLEEPS!r}], preexec_fn=partial(end_with_parent, os.getpid()))
child.wait()
"""


@pytest.mark.live
def test_it_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _MAKES_ONE], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "there\n"
        parent.kill()
        # The child holds the pipe: there is an end of it when it has ended.
        assert parent.stdout.read() == ""


def test_a_parent_that_is_gone_already_is_noticed() -> None:
    check = partial(subprocess.run, capture_output=True, check=True, text=True)
    code = "import os, sys; from phone_recorder.adapters.parent_death import end_with_parent as e; "
    assert check([sys.executable, "-c", code + "print(e(os.getppid()), e(1))"]).stdout == "True False\n"
