from __future__ import annotations

import struct
from collections import deque
from threading import Thread

from phone_recorder.adapters.sample_ring import SampleRing


def raw(*samples: int) -> bytes:
    return struct.pack(f"<{len(samples)}h", *samples)


def test_what_comes_is_given_in_order_when_the_lead_is_there() -> None:
    ring = SampleRing(4, 100)
    ring.put(raw(1, 2, 3))
    assert ring.take(2) == raw(0, 0)
    ring.put(raw(4))
    assert ring.take(3) == raw(1, 2, 3)
    ring.put(raw(5))
    assert ring.take(2) == raw(4, 5)
    assert (ring.underruns, ring.overruns) == (0, 0)


def test_waiting_for_the_first_samples_is_no_underrun() -> None:
    ring = SampleRing(4, 100)
    assert [ring.take(2) for _ in range(10)] == [raw(0, 0)] * 10
    assert ring.underruns == 0


def test_too_little_is_filled_up_and_the_lead_is_waited_for_again() -> None:
    ring = SampleRing(2, 100)
    ring.put(raw(1, 2, 3))
    assert ring.take(5) == raw(1, 2, 3, 0, 0)
    ring.put(raw(4))
    assert ring.take(1) == raw(0)
    ring.put(raw(5))
    assert ring.take(1) == raw(4)
    assert ring.underruns == 1


def test_of_too_much_the_oldest_are_dropped_down_to_the_lead() -> None:
    ring = SampleRing(2, 4)
    ring.put(raw(1, 2, 3, 4))
    ring.put(raw(5))
    assert ring.take(2) == raw(4, 5)
    assert (ring.overruns, ring.underruns) == (1, 0)
    ring.put(raw(*range(100)))
    assert ring.take(2) == raw(98, 99)


def test_a_clock_that_is_too_fast_is_caught_up_with_again_and_again() -> None:
    ring = SampleRing(160, 480)
    for _ in range(1000):
        ring.put(bytes(2 * 161))
        ring.take(160)
    assert ring.overruns == 1000 // 320
    assert ring.underruns == 0


def test_a_clock_that_is_too_slow_gives_silence_now_and_then() -> None:
    ring = SampleRing(320, 960)
    silent = 0
    for _ in range(1000):
        ring.put(b"\1\1" * 159)
        silent += ring.take(160).count(0) // 2
    assert 1 <= ring.underruns <= 10
    assert silent <= 1000 + 3 * 320
    assert ring.overruns == 0


def test_two_threads_lose_and_double_nothing() -> None:
    ring = SampleRing(1, 1 << 20)
    numbers = range(1, 20_001)
    writer = Thread(target=lambda: deque(map(ring.put, map(raw, numbers)), maxlen=0))
    writer.start()
    got: list[int] = []
    while len(got) < len(numbers):
        got += [n for n in struct.unpack("<7h", ring.take(7)) if n]
    writer.join()
    assert got == list(numbers)
