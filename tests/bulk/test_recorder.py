"""Many calls are recorded as one is: the same files and counts, byte for byte, whatever comes and when."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.bulk.placing import Packets
from phone_recorder.bulk.recorder import BulkPlan, BulkRecorder
from phone_recorder.recording.account import Account, StreamCounts
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.mixed_stream import MixedStream, StreamPlan
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.recorder import Recorder
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader
from phone_recorder.wire.rtp import RtpSender
from tests.bulk.traffic import FAULTS, FRAME, MS, SECOND, Arrived, leg
from tests.recording.memory_drive import Memory, system_time

WIDTH = 700
arrived = attrgetter("arrival")
LEGS = ("near", "far")


class Call(NamedTuple):
    """When it begins and ends, and what comes of its legs."""

    begin: int
    end: int
    near: list[Arrived]
    far: list[Arrived]


class Kept(NamedTuple):
    """What is left of a call: its files in order, the counts of each leg, and the gaps."""

    files: list[bytes]
    counts: dict[str, StreamCounts]
    gaps: list[tuple[str, int, int]]


def destination(drive: Memory, codec: Codec, limit: int) -> DriveDestination:
    return DriveDestination(drive, RecordHeader(codec, FRAME, FRAME), SpacePolicy(limit), system_time)


def kept(drive: Memory, account: Account) -> Kept:
    counts = {name: account.streams[name] for name in LEGS}
    gaps = sorted((gap.stream, gap.start, gap.length) for gap in account.gaps.gaps)
    return Kept([bytes(data) for data in drive.files.values()], counts, gaps)


def alone(call: Call, ticks: list[int], codec: Codec, horizon: int, limit: int) -> Kept:
    """By the recorder of one call."""
    drive, account = Memory(), Account("a", "local", codec.name)
    sender = RtpSender(codec.payload_type, 1, 2, 3)
    recorder: Recorder
    stream = MixedStream(StreamPlan(FRAME, horizon, codec), call.begin, sender, lambda *gap: recorder.note_gap(*gap))
    recorder = Recorder(lambda now: stream.begin(now, destination(drive, codec, limit), account), stream.mixer)
    recorder.press(call.begin, Event.PRESS)
    before, stopped = call.begin - 1, False
    for now in (tick for tick in ticks if tick >= call.begin):
        for line, packets in ((stream.mixer.near, call.near), (stream.mixer.far, call.far)):
            for one in between(packets, before, now):
                line.receive(*one)
        before = now
        if now >= call.end and not stopped:
            recorder.press(now, Event.STOP)
            stopped = True
        packets_of_mix = stream.mix(now, recorder.wanted_from)
        recorder.receive([(now, packet) for packet in packets_of_mix])
        recorder.advance(now)
    assert not recorder.unsaved
    return kept(drive, account)


def together(calls: list[Call], ticks: list[int], codec: Codec, horizon: int, limit: int) -> list[Kept]:
    """All of them by one bulk recorder."""
    drives = [Memory() for _ in calls]
    ended: dict[int, Account] = {}
    running: dict[int, int] = {}  # by the recorder's number, which may be given to another call later: which call it is
    plan = BulkPlan(len(calls), FRAME, horizon, codec)
    recorder = BulkRecorder(plan, lambda number, account: ended.update({running.pop(number): account}))
    before = min(ticks) - 1
    waiting = sorted(range(len(calls)), key=lambda at: calls[at].begin)
    for now in ticks:
        while waiting and calls[waiting[0]].begin <= now:
            at, account = waiting.pop(0), Account("a", "local", codec.name)
            running[recorder.begin(calls[at].begin, destination(drives[at], codec, limit), account)] = at
        recorder.receive(rows(calls, running, before, now))
        before = now
        for number, at in running.items():
            if now >= calls[at].end:
                recorder.stop(number, now, "stopped")
        recorder.advance(now)
    assert not recorder.running
    return [kept(drive, ended[at]) for at, drive in enumerate(drives)]


def rows(calls: list[Call], running: dict[int, int], before: int, now: int) -> Packets:
    """What has come since, one row after another."""
    found = [
        (2 * number + number_of_leg, one)
        for number, at in running.items()
        for number_of_leg, packets in enumerate((calls[at].near, calls[at].far))
        for one in between(packets, max(before, calls[at].begin - 1), now)
    ]
    found.sort(key=lambda entry: entry[0])
    return Packets(
        np.array([row for row, _ in found], np.int64),
        np.array([one.arrival for _, one in found], np.int64),
        np.array([len(one.data) for _, one in found], np.int64),
        np.arange(len(found)),
        table([one.data for _, one in found]),
    )


def between(packets: list[Arrived], before: int, now: int) -> list[Arrived]:
    """Those that came after the one and by the other."""
    return packets[bisect_right(packets, before, key=arrived) : bisect_right(packets, now, key=arrived)]


def table(datagrams: list[bytes]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    data = np.full((len(datagrams), WIDTH), 0xEE, np.uint8)
    for at, datagram in enumerate(datagrams):
        data[at, : len(datagram)] = np.frombuffer(datagram, np.uint8)
    return data


STEPS = st.lists(
    st.tuples(st.sampled_from(FAULTS), st.integers(1, 60) | st.sampled_from([150, 300])), min_size=1, max_size=10
)
TICKS = st.lists(st.sampled_from([20, 200, 200, 200, 137, 500, 2500]), min_size=1, max_size=8)


@st.composite
def drawn_calls(draw: st.DrawFn) -> list[Call]:
    calls = []
    for number in range(draw(st.integers(1, 3))):
        begin = 1000 + 3333 * number
        near, far = (leg(draw(STEPS), draw(st.integers(0, 1 << 20)), begin) for _ in LEGS)
        last = max(one.arrival for one in (*near, *far, Arrived(begin, b"")))
        calls.append(Call(begin, last - draw(st.sampled_from([-SECOND, 0, SECOND])), near, far))
    return calls


def ticks_of(calls: list[Call], pattern: list[int]) -> list[int]:
    ticks, now, last = [], 1000, max(call.end for call in calls) + 20 * SECOND
    while now < last:
        ticks.append(now)
        now += pattern[len(ticks) % len(pattern)] * MS
    return ticks


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    calls=drawn_calls(),
    pattern=TICKS,
    codec=st.sampled_from([PCMU, PCMU, PCMA, G722]),
    horizon=st.sampled_from([SECOND, 60 * MS]),
    limit=st.sampled_from([0, 76 + 100 * FRAME]),
)
def test_files_and_counts_are_those_of_one_call_at_a_time(
    calls: list[Call], pattern: list[int], codec: Codec, horizon: int, limit: int
) -> None:
    ticks = ticks_of(calls, pattern)
    expected = [alone(call, ticks, codec, horizon, limit) for call in calls]
    assert together(calls, ticks, codec, horizon, limit) == expected


def test_a_call_that_has_the_number_of_one_that_is_over_knows_nothing_of_it() -> None:
    first, second = (leg([("run", 90), ("behind", 30)], seed, 1000) for seed in (1, 2))
    begin = first[-1].arrival + 5 * SECOND
    # Its numbers are those of the first.
    later = leg([("overtaken", 9), ("swap", 60), ("lose", 30), ("repeat", 30)], 1, begin)
    calls = [Call(1000, first[-1].arrival, first, second), Call(begin, begin + 3 * SECOND, later, [])]
    ticks = ticks_of(calls, [200])
    expected = [alone(call, ticks, PCMU, SECOND, 0) for call in calls]
    assert together(calls, ticks, PCMU, SECOND, 0) == expected


def test_a_leg_that_is_first_heard_of_long_after_its_beginning_and_in_a_stall_of_ours_is_laid_right() -> None:
    begin = 4333
    near, far = leg([("run", 1)], 5, begin), leg([("hold", 150)], 5, begin)
    calls = [Call(begin, far[-1].arrival + SECOND, near, far)]
    ticks = ticks_of(calls, [2500, 200, 200, 200, 500, 500])
    expected = [alone(call, ticks, PCMU, SECOND, 0) for call in calls]
    assert together(calls, ticks, PCMU, SECOND, 0) == expected


def test_headers_are_true_whenever_anything_was_written() -> None:
    talk = leg([("run", 200)], 5, 1000)
    # So that nothing is waited for, and the first write comes long before a checkpoint would.
    begin = talk[0].arrival
    call, drive = Call(begin, talk[-1].arrival, talk, talk), Memory()
    recorder = BulkRecorder(BulkPlan(1, FRAME, SECOND, PCMU))
    running = {recorder.begin(begin, destination(drive, PCMU, 0), Account("a", "local", "PCMU")): 0}
    before, sizes = 0, set()
    for now in range(begin + 300 * MS, call.end, 200 * MS):
        recorder.receive(rows([call], running, before, now))
        recorder.advance(now)
        before, [file] = now, drive.files.values()
        assert RecordHeader.parse(bytes(file)).data_size == len(file) - HEADER_SIZE
        sizes.add(len(file))
    assert len(sizes) > 3


def test_who_speaks_only_after_the_end_is_not_counted() -> None:
    begin = 1000
    near, far = leg([("run", 99)], 5, begin), leg([("run", 20)], 8, begin + SECOND + 300 * MS)
    calls = [Call(begin, begin + SECOND, near, far)]
    ticks = ticks_of(calls, [200])
    expected = [alone(call, ticks, PCMU, SECOND, 0) for call in calls]
    assert together(calls, ticks, PCMU, SECOND, 0) == expected


def test_what_was_overtaken_and_stands_before_the_call_is_not_counted() -> None:
    begin = 1000
    sent = leg([("run", 40)], 6, begin)
    overtaken = [Arrived(begin + at, one.data) for at, one in enumerate([sent[9], *sent[:9]])]
    calls = [Call(begin, begin + 2 * SECOND, [*overtaken, *sent[10:]], [])]
    ticks = ticks_of(calls, [200])
    expected = [alone(call, ticks, PCMU, SECOND, 0) for call in calls]
    assert together(calls, ticks, PCMU, SECOND, 0) == expected


@pytest.mark.parametrize("offset", range(1, 200 * MS, 23 * MS))
def test_what_reaches_beyond_the_end_is_counted_wherever_that_is(offset: int) -> None:
    near, far = leg([("run", 60), ("cut", 30), ("slower", 20)], 3, 1000), leg([("run", 60), ("repeat", 90)], 4, 1000)
    calls = [Call(1000, near[92].arrival, near, far)]
    ticks = [1000, *range(1000 + offset, near[-1].arrival + 5 * SECOND, 200 * MS)]
    expected = [alone(call, ticks, PCMU, 60 * MS, 0) for call in calls]
    assert together(calls, ticks, PCMU, 60 * MS, 0) == expected


LONG = 5000
"""Packets: numbers come round in what is known of those before."""


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([("run", LONG), ("lose", 60), ("late", 60), ("repeat", 60)], id="numbers come round"),
        pytest.param([("lose", LONG), ("run", 50), ("repeat", LONG)], id="losses come round"),
        pytest.param([("swap", LONG)], id="swapped"),
        pytest.param([("fast", 1500), ("quiet", 200), ("slow", 1500), ("quiet", 200), ("fast", 600)], id="drift"),
        pytest.param([("run", 50), ("hold", 180), ("run", 600), ("hold", 300), ("run", 700)], id="held too long"),
        pytest.param([("run", 60), ("rush", 110), ("slow", 60), ("rush", 140), ("fast", 200)], id="faster than time"),
        pytest.param([("overtaken", 5), ("run", 50), ("overtaken", 5), ("run", 100)], id="the first was overtaken"),
        pytest.param(
            [("run", 99), ("hold", 75), ("run", 99), ("hold", 110), ("repeat", 99)], id="held, and in time again"
        ),
        pytest.param(
            [("run", 99), ("behind", 22), ("again", 99), ("behind", 60), ("again", 60)], id="late for a while"
        ),
        pytest.param([("run", 99), ("behind", 150), ("again", 99)], id="late for too long"),
        pytest.param([("run", 99), ("behind", 15), ("event", 9), ("run", 99)], id="late, a key, and late for too long"),
        pytest.param([("run", 99), *[("late", 9), ("lose", 9), ("late", 3)] * 20], id="some are late"),
        pytest.param(
            [("behind", 40), ("again", 1), ("behind", 5), ("lose", 40), ("again", 9)] * 9, id="late on and off"
        ),
        pytest.param([("wait", 0), ("event", 3), ("run", 60)], id="first heard of by a key"),
        pytest.param([("wait", 0), ("hold", 150), ("run", 60)], id="first heard of with too much at once"),
        pytest.param([("event", 3), ("run", 30), ("comfort", 1), ("run", 60)], id="a key before a word"),
        pytest.param([("cut", 1), ("size", 99)], id="cut from the first packet on"),
    ],
)
@pytest.mark.parametrize("horizon", [SECOND, 60 * MS])
@pytest.mark.parametrize("pattern", [[200], [200, 200, 200, 2500]], ids=["in time", "stalls of ours"])
def test_long_streams_are_those_of_one_call_too(steps: list[tuple[str, int]], horizon: int, pattern: list[int]) -> None:
    near, far = leg(steps, 1, 1000), leg([("run", 3000)], 7, 1000)
    calls = [Call(1000, near[-1].arrival, near, far)]
    ticks = ticks_of(calls, pattern)
    expected = [alone(call, ticks, PCMU, horizon, 0) for call in calls]
    assert together(calls, ticks, PCMU, horizon, 0) == expected


@pytest.mark.parametrize(
    ("disturbed", "when"),
    [
        pytest.param([("run", 180)], "always", id="not at all"),
        pytest.param([("lose", 180)], "always", id="losses"),
        pytest.param([("run", 60), ("pause", 100)], "always", id="a lull"),
        pytest.param([("run", 60), ("late", 60), ("run", 60)], "always", id="late by more than the horizon"),
        pytest.param([("run", 60), ("hold", 75), ("run", 60)], "always", id="held for longer than the horizon"),
        pytest.param([("run", 60), ("ssrc", 120)], "soon again", id="another SSRC"),
        pytest.param([("run", 60), ("restart", 120)], "soon again", id="other numbers"),
        pytest.param([("run", 60), ("event", 120)], "always", id="a key in the call"),
        pytest.param([("run", 60), ("comfort", 1), ("cut", 120)], "no more", id="cut packets"),
    ],
)
def test_a_stream_is_an_array_from_its_first_tick_on_and_soon_again(
    disturbed: list[tuple[str, int]], when: str
) -> None:
    call = Call(1000, 1 << 30, [], leg(disturbed, 3, 1000))
    recorder = BulkRecorder(BulkPlan(1, FRAME, SECOND, PCMU))
    recorder.begin(1000, destination(Memory(), PCMU, 0), Account("a", "local", "PCMU"))
    columns, in_step = recorder.legs.columns, []
    for now in range(1000 + 200 * MS, call.far[-1].arrival, 200 * MS):
        recorder.receive(rows([call], {0: 0}, now - 200 * MS, now))
        recorder.advance(now)
        in_step.append(bool(columns.in_step[1]))
    assert (in_step[0], in_step[-1], all(in_step)) == (True, when != "no more", when == "always")
    assert columns.silent.tolist() == [True, False], "nobody has ever spoken there"
