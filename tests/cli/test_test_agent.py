"""`test --agent auto` that is ended, or killed: it says so in a line, and no agent lives on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.adapters.short_path import short_path
from tests.cli.foreground import hears_ctrl_c

pytestmark = pytest.mark.live

PATIENCE_S = 30
LONG = "scenario: A long call\ncall: {length: 1 h}\nsteps:\n  - {at: 0 s, press: record}\n"
INTERRUPTED = "phone-recorder: interrupted: not all cases have been played\n"


class Run(subprocess.Popen[str]):
    """A case that takes an hour, at an agent of its own that records; temporary files are in `home`/tmp."""

    def __init__(self, home: Path) -> None:
        (home / "a.scenario.yaml").write_text(LONG)
        (home / "tmp").mkdir()
        super().__init__(
            [sys.executable, "-m", "phone_recorder", "test", "--agent", "auto", "-j", "1"],
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=hears_ctrl_c,
            env={**os.environ, "TMPDIR": str(home / "tmp")},
        )
        self._wait_for(home / "tmp", "*/*/stick/Record_*")
        [self.worker] = psutil.Process(self.pid).children()
        [self.agent] = self.worker.children()

    def _wait_for(self, place: Path, pattern: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not any(place.glob(pattern)):
            assert time.monotonic() < deadline and self.poll() is None
            time.sleep(0.02)

    def all_gone(self) -> bool:
        """Whether worker and agent end, in a while."""
        return not psutil.wait_procs([self.worker, self.agent], PATIENCE_S)[1]


@contextmanager
def running(home: Path) -> Iterator[Run]:
    with Run(home) as run:
        try:
            yield run
        finally:
            for one in (run.agent, run.worker):
                if one.is_running():
                    one.kill()
            run.kill()


@pytest.fixture
def home() -> Iterator[Path]:
    """Whose path leaves room for a socket."""
    with short_path() as home:
        yield home


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_it_in_order(home: Path, times: int) -> None:
    """The terminal's is for each process of its session that stands in the foreground."""
    with running(home) as run:
        for _ in range(times):
            os.killpg(run.pid, signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE_S)
        assert (run.returncode, err) == (130, INTERRUPTED)
        assert out.startswith("nothing was played in ")
        assert run.all_gone()
    assert list((home / "tmp").iterdir()) == []


def test_a_worker_that_is_killed_takes_its_agent_with_it(home: Path) -> None:
    with running(home) as run:
        run.worker.kill()
        out, _ = run.communicate(timeout=PATIENCE_S)
        assert run.returncode == 3 and "signal 9 has ended its process" in out
        assert run.all_gone()
    assert list((home / "tmp").iterdir()) == []


def test_a_run_that_is_killed_leaves_no_agent(home: Path) -> None:
    with running(home) as run:
        run.kill()
        run.wait(PATIENCE_S)
        assert run.all_gone()
    assert list((home / "tmp").iterdir()) == []


def test_an_agent_that_is_killed_has_failed(home: Path) -> None:
    with running(home) as run:
        run.agent.kill()
        out, err = run.communicate(timeout=PATIENCE_S)
    assert (run.returncode, err) == (1, "")
    assert "agent.sock has closed the connection: it was stopped, or has crashed" in out
