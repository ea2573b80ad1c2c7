"""Where a run plays: what becomes of its directory, and to whom one belongs that is kept."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from threading import get_ident

import pytest

from phone_recorder.cli.test_place import fleeting_place, place_of
from phone_recorder.errors import UsageError

CONTEXT = multiprocessing.get_context("fork")
PATIENCE_S = 20


def test_without_a_name_it_is_empty_and_gone_afterwards() -> None:
    with place_of(None) as place:
        assert list(place.iterdir()) == []
        (place / "left").touch()
    assert not place.exists()


def test_what_is_kept_stays_and_nothing_beside_it(tmp_path: Path) -> None:
    with place_of(tmp_path / "x" / "kept") as place:
        (place / "left").touch()
    assert [path.name for path in place.iterdir()] == ["left"]


def test_a_directory_belongs_to_one_run_until_that_is_over(tmp_path: Path) -> None:
    keep = tmp_path / "kept"
    with place_of(keep):
        with pytest.raises(UsageError) as caught, place_of(keep):
            pass
        assert str(caught.value) == f"--keep {keep} is another run's: name another directory, or let that end"
    with place_of(keep):
        pass


def test_it_is_free_again_when_a_run_is_killed(tmp_path: Path) -> None:
    def take_and_die() -> None:
        with place_of(tmp_path):
            os.kill(os.getpid(), signal.SIGKILL)

    process = CONTEXT.Process(target=take_and_die)
    process.start()
    process.join(PATIENCE_S)
    assert process.exitcode == -signal.SIGKILL
    with place_of(tmp_path) as place:
        assert list(place.iterdir()) == []


def test_a_run_s_processes_have_it_too(tmp_path: Path) -> None:
    """They may still write there when it is dead."""
    go_on, hold = CONTEXT.Pipe(duplex=False)
    with place_of(tmp_path):
        process = CONTEXT.Process(target=go_on.poll, args=(PATIENCE_S,))
        process.start()
    with pytest.raises(UsageError, match="is another run's"), place_of(tmp_path):
        pass
    hold.send(None)
    process.join(PATIENCE_S)
    with place_of(tmp_path):
        pass


def test_what_is_there_already_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(UsageError, match=r"is not empty: name another directory, or empty it$"), place_of(tmp_path):
        pass
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written_to_is_told_before(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(UsageError, match=r": you have no permission: name another directory$"), place_of(tmp_path):
        pass
    tmp_path.chmod(0o755)


@pytest.mark.filterwarnings("ignore:Implicitly cleaning up")
@pytest.mark.parametrize("at", ["mkdir", "rmdir"])
def test_a_signal_does_not_come_between_a_directory_and_its_end(
    at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes as the directory is made, or as it is deleted."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    function = getattr(os, at)

    def interrupted(*words: object, **more: object) -> None:
        function(*words, **more)
        signal.pthread_kill(get_ident(), signal.SIGINT)

    monkeypatch.setattr(os, at, interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), fleeting_place() as place:
            (place / "left").touch()
    finally:
        signal.signal(signal.SIGINT, before)
    assert list(tmp_path.iterdir()) == []
