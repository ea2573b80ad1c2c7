"""Streams with every fault there is, against the reference of the rules: the same frames, whatever the ticks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.media.mixing import Piece
from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.placement import ByArrival
from phone_recorder.recording.timeline import Timeline
from tests.recording.reference import Heard, Reference
from tests.recording.streams import MS, SECOND, Sent, rtp, run

SIZES = [80, 160, 240, 320, 480]
DELAYS_MS = st.one_of(st.just(0), st.integers(0, 60), st.integers(0, 1000), st.integers(1000, 2600))
LEAPS = (1 << 31, 20 * SECOND, -20 * SECOND, 12_000, -12_000, 77)


@dataclass(frozen=True)
class Step:
    """What happens with one packet: how late each of its copies comes, and what the sender does before it."""

    delays_ms: list[int]
    happens: str = "nothing"
    amount: int = 0


STEPS = st.builds(
    Step,
    st.lists(DELAYS_MS, min_size=0, max_size=2) | st.just([0]),
    st.sampled_from(["nothing"] * 12 + ["leap", "stall", "ssrc", "codec", "event", "length"]),
    st.integers(0, 2600),
)


def packets(steps: list[Step], size: int, start: int) -> list[Heard]:
    """What a sender that goes through these steps gets across."""
    now = Heard(start, 0, 0, b"")
    leaps = list(LEAPS)
    payload_type = 0
    out = []
    for number, step in enumerate(steps):
        payload_type = (8, 0)[payload_type == 8] if step.happens == "codec" else payload_type
        if step.happens == "leap" and leaps:
            now = replace(now, time=now.time + leaps.pop(step.amount % len(leaps)))
        if step.happens == "stall":
            now = replace(now, arrival=now.arrival + step.amount * MS)
        if step.happens == "ssrc" and now.ssrc < 4:
            now = replace(now, ssrc=now.ssrc + 1, time=step.amount * 1000)
        if step.happens == "length":
            size = SIZES[step.amount % 5] + step.amount % 3
        payload = bytes((number * 7 + i // 5) % 256 for i in range(size))
        kind = 101 if step.happens == "event" else payload_type
        out += [replace(now, arrival=now.arrival + d * MS, payload=payload, payload_type=kind) for d in step.delays_ms]
        now = replace(now, arrival=now.arrival + size, number=now.number + 1, time=now.time + size)
    return sorted(out, key=lambda packet: packet.arrival)


def sent(heard: list[Heard], number: int, time: int) -> list[Sent]:
    """The datagrams, their counters beginning anywhere."""
    return [Sent(h.arrival, rtp(h.number + number, h.time + time, h.payload, h.ssrc, h.payload_type)) for h in heard]


def expected(heard: list[Heard], frame: int, horizon: int, until: int) -> tuple[list[Piece | None], StreamCounts]:
    reference = Reference(frame, horizon)
    for packet in heard:
        reference.receive(packet)
    counts = StreamCounts(
        received=reference.received,
        lost=reference.lost,
        late=reference.late,
        duplicate=reference.duplicate,
        other=reference.other,
        ssrc_changes=max(len(reference.counted) - 1, 0),
        jumps=reference.jumps,
        drifts=reference.drifts,
    )
    return reference.frames(until), counts


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    steps=st.lists(STEPS, max_size=25),
    frame=st.sampled_from(SIZES),
    size=st.sampled_from(SIZES),
    start=st.integers(-400, 1600),
    horizon=st.sampled_from([60 * MS, SECOND]),
    tick=st.sampled_from([1 * MS, 20 * MS, 137, 1000, 5 * SECOND, 15 * SECOND]),
    first=st.sampled_from([(0, 0), (65530, (1 << 32) - 700), (32760, (1 << 31) - 700)]),
)
def test_m17_the_frames_are_those_of_the_rules_whatever_the_faults_and_the_ticks(
    steps: list[Step], frame: int, size: int, start: int, horizon: int, tick: int, first: tuple[int, int]
) -> None:
    heard = packets(steps, size, start)
    until = max([packet.arrival for packet in heard], default=0) + 1000
    line = Timeline(frame, horizon, ByArrival(0))
    frames = run(line, sent(heard, *first), until, tick)
    assert (frames, line.counts) == expected(heard, frame, horizon, until)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    delays=st.lists(st.one_of(st.none(), st.integers(0, 999)), min_size=1, max_size=40),
    copies=st.lists(st.integers(0, 999), max_size=40),
)
def test_m17_every_delivered_packet_is_in_its_place_exactly_once(delays: list[int | None], copies: list[int]) -> None:
    """Loss, duplicates, reordering, lateness up to the horizon: no rule is needed to say what must come out."""
    number_of = list(enumerate(delays))
    arrivals = [(n, delay) for n, delay in number_of if delay is not None]
    arrivals += [(n, delay) for (n, first), delay in zip(number_of, copies, strict=False) if first is not None]
    # One that comes first, so that the anchor is known; its number is before all of them.
    stream = [Sent(0, rtp(99, 0, b"A" * 160))]
    for n, delay in arrivals:
        stream.append(Sent((n + 2) * 160 + delay * MS, rtp(100 + n, (n + 1) * 160, bytes([n + 1]) * 160)))
    line = Timeline(160, SECOND, ByArrival(0))
    frames = run(line, stream, (len(delays) + 1) * 160)
    assert [piece and piece.payload[0] for piece in frames] == [
        65, *(None if delay is None else n + 1 for n, delay in number_of)
    ]  # fmt: skip
    counts = line.counts
    came = [n for n, delay in number_of if delay is not None]
    assert counts.lost == (came[-1] + 1 - len(came) if came else 0)
    pairs = [(n, max(d, c)) for (n, d), c in zip(number_of, copies, strict=False) if d is not None]
    # A copy has no place of its own: it counts if it comes before the end.
    assert counts.duplicate == sum((n + 2) * 160 + second * MS < (len(delays) + 1) * 160 for n, second in pairs)
    assert (counts.late, counts.jumps) == (0, 0)


def drifting(ppm: int, seed: int, seconds: int, codec_type: int) -> list[Heard]:
    """A stream of a sender whose clock is off, with jitter, loss and pauses in its speech."""
    random = Random(seed)
    out = []
    for number in range(seconds * 50):
        quiet = random.random() < 0.3
        code = {0: 0xF5, 8: 0xD8}[codec_type] if quiet else random.randrange(64)
        at = 300 + number * 160 * (1_000_000 + ppm) // 1_000_000 + random.choice([0, 1, 7, 30, 200])
        if random.random() < 0.97 and not 300 < number < 340:
            out.append(Heard(at, number, number * 160, bytes([code]) * 160, codec_type))
    return sorted(out, key=lambda packet: packet.arrival)


@pytest.mark.parametrize(("ppm", "codec_type"), [(-9000, 0), (-2500, 8), (0, 0), (2500, 0), (9000, 8)])
def test_m16_drift_is_corrected_as_the_rules_say(ppm: int, codec_type: int) -> None:
    heard = drifting(ppm, seed=ppm, seconds=25, codec_type=codec_type)
    frames, counts = expected(heard, 160, SECOND, 25 * SECOND)
    assert bool(counts.drifts) == bool(ppm)
    line = Timeline(160, SECOND, ByArrival(0))
    datagrams = sent(heard, 65000, (1 << 32) - 90_000)
    assert run(line, datagrams, 40 * SECOND)[:1250] == frames
    assert line.counts == counts
