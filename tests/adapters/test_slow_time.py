from __future__ import annotations

import threading

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.adapters.drive_jobs import Job, Jobs
from phone_recorder.adapters.slow_time import SlowTime

SECOND = 8000


class Rig:
    """A recording whose jobs wait for so many seconds; `did`: those done, and the second at which the call saw it."""

    def __init__(self, time: SlowTime, clock: VirtualClock) -> None:
        self.time = time
        self.clock = clock
        self.jobs = Jobs()
        self.event = threading.Event()
        self.did: list[tuple[str, float]] = []
        self.worker = time.worker()
        self.worker.start(self.jobs, self.do)

    def do(self, job: Job) -> bool:
        job.run()
        return job.size != 1

    def post(self, name: str, *seconds: float, last: bool = False) -> None:
        self.jobs.post(Job(self.clock.now(), lambda: self.work(name, *seconds), int(last)))
        self.worker.notify()

    def work(self, name: str, *seconds: float) -> None:
        for wait in seconds:
            self.time.wait(self.event, wait)
        self.did.append((name, self.clock.now() / SECOND))

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(round(seconds * SECOND))
        self.time.advance()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def rig(clock: VirtualClock) -> Rig:
    return Rig(SlowTime(clock), clock)


def test_what_does_not_wait_is_done_at_once(rig: Rig) -> None:
    assert not rig.worker.finished
    rig.post("open")
    rig.post("close", last=True)
    assert rig.did == [("open", 0), ("close", 0)]
    assert rig.worker.finished


def test_a_job_that_waits_is_done_when_its_time_has_passed_and_others_come_after_it(rig: Rig) -> None:
    rig.post("slow", 2)
    rig.post("next")
    rig.pass_time(1.75)
    assert (rig.did, rig.jobs.behind(rig.clock.now())) == ([], 14_000)
    rig.pass_time(0.25)
    assert rig.did == [("slow", 2), ("next", 2)]
    assert rig.jobs.behind(rig.clock.now()) == 0


def test_waits_add_up_from_where_the_one_before_ended_not_from_the_tick_that_saw_it(rig: Rig) -> None:
    rig.post("three", 0.5, 0.5, 0.5)
    rig.post("one", 0.5)
    for _ in range(5):
        rig.pass_time(0.4)
    assert rig.did == [("three", 1.6), ("one", 2.0)]


def test_a_job_begins_when_it_is_wanted_if_the_drive_is_free(rig: Rig) -> None:
    rig.post("a", 0.5)
    rig.pass_time(1)
    rig.post("b", 0.5)
    rig.pass_time(0.25)
    assert rig.did == [("a", 1)]
    rig.pass_time(0.25)
    assert rig.did == [("a", 1), ("b", 1.5)]


def test_an_event_ends_a_wait_at_the_next_tick(rig: Rig) -> None:
    rig.post("hour", 3600)
    rig.pass_time(1)
    rig.event.set()
    assert rig.did == []
    rig.pass_time(0.1)
    assert rig.did == [("hour", 1.1)]
    rig.event.clear()
    rig.post("next", 0.5)
    rig.pass_time(0.5)
    assert rig.did[1:] == [("next", 1.6)]


def test_to_wait_for_the_last_lets_its_time_pass_and_no_more(rig: Rig) -> None:
    rig.post("slow", 3)
    rig.post("last", 3, last=True)
    assert not rig.worker.finish(5)
    assert [name for name, _ in rig.did] == ["slow"]
    assert rig.worker.finish(6)
    assert rig.clock.now() == 0


def test_the_call_itself_never_waits(rig: Rig) -> None:
    assert not rig.time.wait(rig.event, 3600)
    rig.event.set()
    assert rig.time.wait(rig.event, 3600)


def test_recordings_on_one_drive_wait_each_for_itself(rig: Rig, clock: VirtualClock) -> None:
    other = Rig(rig.time, clock)
    rig.post("slow", 2)
    other.post("quick", 1)
    rig.pass_time(1)
    rig.pass_time(1)
    assert (other.did, rig.did) == ([("quick", 1)], [("slow", 2)])


def test_a_drive_that_makes_nobody_wait_needs_no_thread(clock: VirtualClock) -> None:
    rig = Rig(SlowTime(clock, lambda: False), clock)
    threads: list[threading.Thread] = []
    rig.jobs.post(Job(0, lambda: threads.append(threading.current_thread())))
    rig.post("odd", 5)
    assert threads == [threading.current_thread()]
    assert rig.did == [("odd", 0)]


def test_a_drive_that_was_slow_leaves_no_thread(rig: Rig) -> None:
    before = threading.active_count()
    rig.post("slow", 1)
    assert threading.active_count() == before + 1
    rig.pass_time(1)
    assert rig.did == [("slow", 1)]
    # Its last act is to give the turn back.
    for thread in threading.enumerate():
        if thread.name == "slow drive":
            thread.join(10)
    assert threading.active_count() == before


def test_a_job_that_asks_for_jobs_is_not_begun_again(rig: Rig) -> None:
    rig.jobs.post(Job(0, rig.worker.notify))
    rig.post("after")
    assert rig.did == [("after", 0)]


def test_it_is_the_same_each_time() -> None:
    def run() -> list[tuple[str, float]]:
        clock = VirtualClock()
        rig = Rig(SlowTime(clock), clock)
        for number in range(100):
            rig.post(str(number), number % 7 / 10)
            rig.pass_time(0.2)
        rig.worker.finish(100)
        return rig.did

    assert run() == run()
