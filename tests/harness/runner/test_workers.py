from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.runner.worker import Ending
from phone_recorder.harness.runner.workers import in_order

PATIENCE_S = 20


def test_results_come_in_order_whoever_is_first() -> None:
    """Number 0 is held until all others are done."""
    others_done = multiprocessing.get_context("fork").Event()

    def work(number: int) -> int:
        if number == 0:
            assert others_done.wait(PATIENCE_S)
        elif number == 5:
            others_done.set()
        return number * number

    assert list(in_order(work, 6, 2, died)) == [0, 1, 4, 9, 16, 25]


def died(number: int, ending: Ending) -> object:
    return number, ending


def test_so_many_processes_do_the_work() -> None:
    """Each waits for the other, so that one alone would never be done."""
    context = multiprocessing.get_context("fork")
    events = [context.Event(), context.Event()]

    def meet(number: int) -> int:
        events[number].set()
        assert events[1 - number].wait(PATIENCE_S)
        return os.getpid()

    processes = set(in_order(meet, 2, 2, died))
    assert len(processes) == 2 and os.getpid() not in processes


@pytest.mark.parametrize(("count", "processes"), [(3, 1), (1, 8)])
def test_what_one_process_can_do_is_done_in_this_one(count: int, processes: int) -> None:
    assert set(in_order(lambda number: os.getpid(), count, processes, died)) == {os.getpid()}


def test_nothing_to_do_is_no_result() -> None:
    assert list(in_order(lambda number: number, 0, 4, died)) == []


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), Ending(signal=signal.SIGKILL)),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), Ending(signal=signal.SIGTERM)),
        (lambda: os._exit(3), Ending(exit_code=3)),
    ],
)
def test_a_process_that_dies_costs_what_it_was_at(end: object, told: Ending) -> None:
    def work(number: int) -> object:
        if number in (1, 4):
            end()  # type: ignore[operator]
        return number

    assert list(in_order(work, 6, 2, died)) == [0, (1, told), 2, 3, (4, told), 5]


def test_all_processes_die_and_the_work_goes_on() -> None:
    def work(number: int) -> object:
        return os._exit(1) if number < 4 else number

    results = list(in_order(work, 6, 2, died))
    assert [result[0] if isinstance(result, tuple) else result for result in results] == [0, 1, 2, 3, 4, 5]


def test_who_stops_asking_ends_what_is_under_way() -> None:
    """The second is at it for ever; its end of a pipe closes when it is gone."""
    reader, writer = multiprocessing.get_context("fork").Pipe(duplex=False)
    started: Event = multiprocessing.get_context("fork").Event()

    def work(number: int) -> int:
        if number:
            started.set()
            signal.pause()
        assert started.wait(PATIENCE_S)
        return number

    results = in_order(work, 2, 2, died)
    assert next(results) == 0
    writer.close()
    results.close()
    assert reader.poll(PATIENCE_S)
    with pytest.raises(EOFError):
        reader.recv()


def test_a_process_does_not_hear_the_terminals_interrupt() -> None:
    def work(number: int) -> object:
        return signal.getsignal(signal.SIGINT)

    assert set(in_order(work, 2, 2, died)) == {signal.SIG_IGN}


@pytest.mark.parametrize("processes", [1, 2])
def test_what_takes_too_long_is_ended_and_the_work_goes_on(processes: int) -> None:
    def work(number: int) -> object:
        if number in (1, 3):
            signal.pause()
        return number

    overdue = Ending(overdue=True)
    limits_s = {1: 0.1, 3: 0.0}
    results = in_order(work, 5, processes, died, lambda number: limits_s.get(number, PATIENCE_S))
    assert list(results) == [0, (1, overdue), 2, (3, overdue), 4]


@pytest.mark.parametrize("processes", [1, 2])
def test_what_has_a_limit_is_done_in_a_process_that_can_be_ended(processes: int) -> None:
    results = set(in_order(lambda number: os.getpid(), 3, processes, died, lambda _: 1e9))
    assert os.getpid() not in results


def with_open_files(most: int) -> object:
    """What comes of work for many processes where so many files may be open; in a process of its own."""
    reader, writer = multiprocessing.get_context("fork").Pipe(duplex=False)

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        try:
            writer.send(list(in_order(lambda number: number, 20, 20, died)))
        except UsageError as error:
            writer.send(str(error))

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    told: object = reader.recv() if reader.poll(PATIENCE_S) else None
    process.join(PATIENCE_S)
    return told


def test_there_are_as_many_processes_as_the_system_gives() -> None:
    open_now = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    assert with_open_files(open_now + 12) == list(range(20))
    sentence = "no process can be started: too many open files: end others, or raise what `ulimit -a` shows"
    assert with_open_files(3) == sentence
