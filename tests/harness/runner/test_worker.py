"""Processes of a run that are told to end, or lose their parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from threading import get_ident

import pytest

from phone_recorder.harness.runner import worker
from phone_recorder.harness.runner.worker import HEARD, Ending, Worker, held

PATIENCE_S = 20
CONTEXT = multiprocessing.get_context("fork")


def made(do: Callable[[int], object], orphaned: Callable[[], object] = lambda: None) -> Worker:
    with held():
        return Worker(do, (), orphaned)


def said(pipe: Connection) -> object:
    assert pipe.poll(PATIENCE_S)
    return pipe.recv()


def is_closed(pipe: Connection) -> bool:
    """All who had the other end are gone."""
    try:
        return pipe.poll(PATIENCE_S) and pipe.recv() is None
    except EOFError:
        return True


def test_it_leaves_in_order_when_it_is_told_to(tmp_path: Path) -> None:
    reader, writer = CONTEXT.Pipe(duplex=False)

    def work(number: int) -> None:
        try:
            writer.send("begun")
            signal.pause()
        finally:
            (tmp_path / "tidied").touch()

    busy = made(work)
    busy.give(0, PATIENCE_S)
    assert said(reader) == "begun"
    busy.tell_to_end()
    assert busy.ending() == Ending(signal=signal.SIGTERM)
    assert (tmp_path / "tidied").exists()


def test_it_leaves_in_order_and_without_a_word_however_often_it_is_told_to(capfd: pytest.CaptureFixture[str]) -> None:
    """Some of these come just while it makes itself deaf to them."""
    reader, writer = CONTEXT.Pipe(duplex=False)

    def work(number: int) -> None:
        try:
            writer.send("begun")
            signal.pause()
        finally:
            writer.send("tidied")

    for _ in range(40):
        busy = made(work)
        busy.give(0, PATIENCE_S)
        assert said(reader) == "begun"
        while not reader.poll(0):
            busy.tell_to_end()
        assert said(reader) == "tidied"
        assert busy.ending() == Ending(signal=signal.SIGTERM)
    assert capfd.readouterr().err == ""


def test_one_that_does_not_leave_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PATIENCE_S", 1)
    reader, writer = CONTEXT.Pipe(duplex=False)

    def work(number: int) -> None:
        while True:
            try:
                writer.send("begun")
                signal.pause()
            except SystemExit:
                writer.send("stays")

    busy = made(work)
    busy.give(0, PATIENCE_S)
    assert said(reader) == "begun"
    busy.tell_to_end()
    assert said(reader) == "stays"
    assert busy.ending().signal in (signal.SIGALRM, signal.SIGKILL)


@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_with_its_parent_whatever_ends_that(busy: bool, tmp_path: Path) -> None:
    """A parent that kills itself: the other end of its child's pipe is open for as long as the child lives."""
    reader, writer = CONTEXT.Pipe(duplex=False)
    ready, is_ready = CONTEXT.Pipe(duplex=False)

    def work(number: int) -> None:
        if number:
            try:
                is_ready.send(number)
                signal.pause()
            finally:
                (tmp_path / "tidied").touch()

    def parent() -> None:
        child = made(work)
        child.give(int(busy), PATIENCE_S)
        assert said(ready) if busy else said(child.pipe) is None
        os.kill(os.getpid(), signal.SIGKILL)

    process = CONTEXT.Process(target=parent)
    process.start()
    writer.close()
    assert is_closed(reader)
    process.join(PATIENCE_S)
    assert process.exitcode == -signal.SIGKILL
    assert (tmp_path / "tidied").exists() == busy


@pytest.mark.parametrize("killed", [True, False])
def test_it_tidies_up_if_its_parent_cannot_any_more(killed: bool, tmp_path: Path) -> None:
    """Not if that has told it to end, and is there to do so."""
    reader, writer = CONTEXT.Pipe(duplex=False)
    ready, is_ready = CONTEXT.Pipe(duplex=False)

    def work(number: int) -> None:
        is_ready.send(number)
        signal.pause()

    def parent() -> None:
        child = made(work, (tmp_path / "tidied").touch)
        child.give(0, PATIENCE_S)
        assert said(ready) == 0
        if killed:
            os.kill(os.getpid(), signal.SIGKILL)
        child.end()

    process = CONTEXT.Process(target=parent)
    process.start()
    writer.close()
    assert is_closed(reader)
    process.join(PATIENCE_S)
    assert (tmp_path / "tidied").exists() == killed


def test_a_signal_waits_while_signals_are_held() -> None:
    # Ignored where a script runs the tests in its background.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            interrupt_itself()
    finally:
        signal.signal(signal.SIGINT, before)


def interrupt_itself() -> None:
    seen = []
    try:
        with held():
            # To this thread, for who runs the tests may have more of them.
            signal.pthread_kill(get_ident(), signal.SIGINT)
            seen.append("inside")
        seen.append("after")
    finally:
        assert seen == ["inside"]
        assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & set(HEARD)
