from __future__ import annotations

import threading
from functools import partial

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.adapters.drive_jobs import Job, Jobs
from phone_recorder.adapters.slow_time import SlowTime
from phone_recorder.adapters.stick_writers import MakeWriters, Threads


@pytest.mark.parametrize("make", [Threads, SlowTime])
def test_whoever_writes_does_its_jobs_until_the_last(make: MakeWriters) -> None:
    writers = make(VirtualClock(), lambda: True)
    done: list[int] = []

    def do(job: Job) -> bool:
        job.run()
        return len(done) < 2

    jobs, worker = Jobs(), writers.worker()
    worker.start(jobs, do)
    for number in (1, 2):
        jobs.post(Job(0, partial(done.append, number)))
        worker.notify()
    writers.advance()
    assert worker.finish(5)
    assert done == [1, 2]


def test_a_thread_waits_for_its_stick_and_no_longer_than_that() -> None:
    writers, hurry = Threads(VirtualClock(), lambda: False), threading.Event()
    assert not writers.wait(hurry, 0.001)
    threading.Timer(0.01, hurry.set).start()
    assert writers.wait(hurry, 30)


def test_each_recording_has_a_thread_of_its_own() -> None:
    writers = Threads(VirtualClock(), lambda: False)
    assert writers.worker() is not writers.worker()
