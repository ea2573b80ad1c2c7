"""A sink that makes no sound, on a clock of the test's own."""

from __future__ import annotations

import threading
import time

import pytest

from phone_recorder.adapters.silent_sink import SilentSink, open_silence
from phone_recorder.media import pcm

DEADLINE_S = 10


class Waiting:
    """A clock that goes on by what is waited for, or by a part of it; closed or not."""

    def __init__(self, part: float = 1.0) -> None:
        self.now = 100.0
        self.waits: list[float] = []
        self.closed = False
        self._part = part

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += 0 if self.closed else max(seconds * self._part, 1e-6)
        return self.closed

    def sink(self, rate: int = 8000) -> SilentSink:
        return SilentSink(rate, self.wait, self.clock)


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_write_takes_as_long_as_its_samples_last(rate: int) -> None:
    waiting = Waiting()
    sink = waiting.sink(rate)
    for samples in (rate // 50, rate // 50, rate):
        sink.write(pcm.silence(samples))
    assert waiting.waits == pytest.approx([0.02, 0.02, 1.0])


def test_what_is_done_between_the_writes_is_not_waited_for_too() -> None:
    waiting = Waiting()
    sink = waiting.sink()
    for _ in range(100):
        sink.write(pcm.silence(160))
        waiting.now += 0.005
    assert waiting.now == pytest.approx(102.005)


def test_a_standstill_is_not_made_up_for() -> None:
    waiting = Waiting()
    sink = waiting.sink()
    waiting.now += 3600
    for _ in range(500):
        sink.write(pcm.silence(160))
    assert 9.7 < waiting.now - 3700 < 10.1


def test_a_wait_that_returns_too_early_is_gone_on_with() -> None:
    waiting = Waiting(part=0.5)
    waiting.sink().write(pcm.silence(8000))
    assert waiting.now == pytest.approx(101.0, abs=1e-5)


def test_no_samples_take_no_time() -> None:
    waiting = Waiting()
    waiting.sink().write(pcm.silence(0))
    assert waiting.waits == []


def test_closed_it_takes_all_at_once() -> None:
    waiting = Waiting()
    sink = waiting.sink()
    waiting.closed = True
    sink.write(pcm.silence(8000 * 3600))
    sink.write(pcm.silence(8000 * 3600))
    assert (len(waiting.waits), waiting.now) == (2, 100.0)


def test_a_write_that_waits_wakes_when_it_is_closed() -> None:
    closed = threading.Event()
    with open_silence(8000, closed) as sink:
        thread = threading.Thread(target=sink.write, args=(pcm.silence(8000 * 3600),), daemon=True)
        thread.start()
        assert thread.is_alive()
        closed.set()
        thread.join(DEADLINE_S)
        assert not thread.is_alive()


@pytest.mark.live
def test_in_real_time_it_takes_as_long_as_its_samples_last() -> None:
    begun = time.monotonic()
    with open_silence(16000) as sink:
        for _ in range(10):
            sink.write(pcm.silence(320))
    assert 0.2 <= time.monotonic() - begun < 2


def test_left_it_is_closed() -> None:
    with open_silence(8000) as sink:
        pass
    sink.write(pcm.silence(8000 * 3600))
