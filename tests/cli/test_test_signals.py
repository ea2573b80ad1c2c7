"""Signals that come in a run of `test`, to real processes: what was played is reported, and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest

from phone_recorder.cli.test_signals import Interrupts
from phone_recorder.harness.runner.worker import HEARD
from tests.cli.foreground import hears_ctrl_c

PATIENCE_S = 30
SHORT = "scenario: A short call\ncall: {length: 1 s}\n"
LONG = "scenario: A long call\ncall: {length: 24 h}\n"


class Run(subprocess.Popen[str]):
    """`test` with a short case, and one that takes minutes; all of its processes hold `alive` open."""

    def __init__(self, home: Path, *options: str) -> None:
        (home / "a.scenario.yaml").write_text(SHORT)
        (home / "b.scenario.yaml").write_text(LONG)
        (home / "tmp").mkdir()
        self.alive, theirs = os.pipe()
        super().__init__(
            [sys.executable, "-m", "phone_recorder", "test", *options, "a.scenario.yaml", "b.scenario.yaml"],
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=hears_ctrl_c,
            pass_fds=[theirs],
            env={**os.environ, "TMPDIR": str(home / "tmp"), "PYTHONUNBUFFERED": "1"},
        )
        os.close(theirs)

    def played_one(self) -> None:
        """Wait until the second is under way."""
        assert self.stdout and self.stdout.readline().startswith("passed   a")

    def all_gone(self) -> bool:
        """Wait until the last of its processes has ended."""
        ready = subprocess.run(["cat"], stdin=self.alive, timeout=PATIENCE_S, stdout=subprocess.DEVNULL)
        os.close(self.alive)
        return ready.returncode == 0


@contextmanager
def running(home: Path, *options: str) -> Iterator[Run]:
    with Run(home, *options) as run:
        try:
            run.played_one()
            yield run
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)


@pytest.mark.parametrize("more", [["-j", "1"], ["-j", "2"], ["-j", "1", "--timeout", "0"]], ids=" ".join)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_was_played_is_reported_and_nothing_is_left(
    number: signal.Signals, more: list[str], tmp_path: Path
) -> None:
    with running(tmp_path, "--junit", "report.xml", *more) as run:
        run.send_signal(number)
        out, err = run.communicate(timeout=PATIENCE_S)
        assert run.all_gone()
    assert run.returncode == 128 + number
    assert "1 passed" in out and err == "phone-recorder: interrupted: not all cases have been played\n"
    assert parse(tmp_path / "report.xml").getroot().get("tests") == "1"
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_again_and_again_does_not_end_the_end(jobs: str, tmp_path: Path) -> None:
    """To the whole group, as a terminal sends it, until there is none any more."""
    with running(tmp_path, "--junit", "report.xml", "-j", jobs) as run:
        while run.poll() is None:
            os.killpg(run.pid, signal.SIGINT)
        assert run.all_gone()
        assert run.stdout and "1 passed" in run.stdout.read()
        assert run.stderr and run.stderr.read() == "phone-recorder: interrupted: not all cases have been played\n"
    assert run.returncode == 130
    assert parse(tmp_path / "report.xml").getroot().get("tests") == "1"
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_without_the_first_process_there_are_no_others(jobs: str, tmp_path: Path) -> None:
    with running(tmp_path, "-j", jobs) as run:
        run.kill()
        assert run.all_gone()
    # Whoever is killed tidies nothing up, but its processes do.
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_a_run_that_was_killed_keeps_can_be_looked_at(tmp_path: Path) -> None:
    """And the directory is nobody's any more: that it is not empty is all that is against it."""
    with running(tmp_path, "-j", "2", "--keep", str(tmp_path / "kept")) as run:
        run.kill()
        assert run.all_gone()
    assert [path.name for path in (tmp_path / "kept").iterdir() if path.name.startswith("001")] == ["001-a"]
    again = subprocess.run(
        [sys.executable, "-m", "phone_recorder", "test", "--keep", "kept", "a.scenario.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    sentence = "--keep kept is not empty: name another directory, or empty it"
    assert (again.returncode, again.stderr) == (2, f"phone-recorder: {sentence}\n")


@pytest.fixture
def handlers() -> Iterator[None]:
    """What this process did at a signal it does again afterwards."""
    before = {number: signal.getsignal(number) for number in HEARD}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
def test_who_is_told_to_ignore_the_end_of_the_terminal_does() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Interrupts() as interrupts:
        signal.raise_signal(signal.SIGHUP)
    assert interrupts.exit_code == 0


@pytest.mark.usefixtures("handlers")
def test_a_signal_that_is_always_heard_is_heard_though_it_was_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interrupts(always=(signal.SIGINT,)) as interrupts, pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert interrupts.exit_code == 130


@pytest.mark.usefixtures("handlers")
def test_a_signal_that_means_something_else_interrupts_nothing_until_that_is_over() -> None:
    heard = []
    with Interrupts() as interrupts:
        with interrupts.mean(lambda: heard.append("heard")):
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGHUP)
        assert (heard, interrupts.exit_code) == (["heard", "heard"], 0)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    assert interrupts.exit_code == 143


@pytest.mark.usefixtures("handlers")
def test_signals_wait_no_longer_when_it_is_over() -> None:
    with Interrupts():
        pass
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & set(HEARD)


@pytest.mark.usefixtures("handlers")
def test_the_first_signal_interrupts_and_no_other_from_then_on() -> None:
    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)
    assert interrupts.exit_code == 143


def test_without_a_signal_all_is_as_before() -> None:
    before = [signal.getsignal(number) for number in HEARD]
    with Interrupts() as interrupts:
        assert signal.getsignal(signal.SIGTERM) not in before
    assert interrupts.exit_code == 0
    assert [signal.getsignal(number) for number in HEARD] == before
