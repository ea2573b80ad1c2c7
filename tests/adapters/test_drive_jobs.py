from __future__ import annotations

from phone_recorder.adapters.drive_jobs import Job, Jobs


def job(wanted: int, size: int = 0) -> Job:
    return Job(wanted, lambda: None, size)


def test_the_first_job_stays_until_it_is_done() -> None:
    jobs = Jobs()
    assert jobs.first() is None
    first, second = job(1), job(2)
    jobs.post(first)
    jobs.post(second)
    assert jobs.wait() is jobs.first() is first
    jobs.done()
    assert jobs.first() is second


def test_it_is_behind_since_the_first_job_was_wanted() -> None:
    jobs = Jobs()
    assert jobs.behind(9) == 0
    jobs.post(job(2))
    jobs.post(job(5))
    assert jobs.behind(9) == 7
    jobs.done()
    assert jobs.behind(9) == 4


def test_how_much_audio_waits() -> None:
    jobs = Jobs()
    for size in (100, 20, 3):
        jobs.post(job(0, size))
    assert jobs.waiting == 123
    jobs.done()
    assert jobs.waiting == 23
    jobs.close()
    assert jobs.waiting == 0


def test_what_has_not_begun_is_replaced() -> None:
    jobs = Jobs()
    first, last = job(1, 100), job(9)
    for each in (first, job(2, 20), job(3, 3)):
        jobs.post(each)
    jobs.replace(last)
    assert (jobs.first(), jobs.waiting) == (first, 100)
    jobs.done()
    assert jobs.first() is last


def test_after_the_last_job_none_is_taken() -> None:
    jobs = Jobs()
    jobs.post(job(1, 100))
    jobs.close()
    jobs.post(job(2, 20))
    assert (jobs.first(), jobs.waiting, jobs.behind(9)) == (None, 0, 0)
