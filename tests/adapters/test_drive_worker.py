from __future__ import annotations

import threading

from phone_recorder.adapters.drive_jobs import Job, Jobs
from phone_recorder.adapters.drive_worker import ThreadWorker

DEADLINE_S = 10


class Rig:
    """A worker, and which jobs it has done; the one wanted at 0 is the last."""

    def __init__(self) -> None:
        self.jobs = Jobs()
        self.worker = ThreadWorker()
        self.did: list[tuple[int, str]] = []

    def start(self) -> None:
        self.worker.start(self.jobs, self.do)

    def do(self, job: Job) -> bool:
        job.run()
        self.did.append((job.wanted, threading.current_thread().name))
        return job.wanted != 0

    def post(self, wanted: int) -> None:
        self.jobs.post(Job(wanted, lambda: None))
        self.worker.notify()


def test_a_worker_that_never_began_is_finished() -> None:
    rig = Rig()
    rig.worker.notify()
    assert rig.worker.finished and rig.worker.finish(0)


def test_jobs_are_done_in_their_turn_on_a_thread_until_the_last() -> None:
    rig = Rig()
    rig.start()
    for wanted in (3, 1, 2, 0, 7):
        rig.post(wanted)
    assert rig.worker.finish(DEADLINE_S)
    assert rig.did == [(wanted, "drive writer") for wanted in (3, 1, 2, 0)]
    assert rig.jobs.first() is None


def test_a_worker_that_hangs_has_not_finished() -> None:
    rig = Rig()
    goes_on = threading.Event()

    def hang() -> None:
        assert goes_on.wait(DEADLINE_S)

    rig.start()
    rig.jobs.post(Job(0, hang))
    rig.worker.notify()
    assert not rig.worker.finish(0.01)
    goes_on.set()
    assert rig.worker.finish(DEADLINE_S)
