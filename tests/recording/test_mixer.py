from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pytest

from phone_recorder.media.mixing import PayloadMixer, Piece
from phone_recorder.recording.mixer import FAR, NEAR, Mixer
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU, Codec
from tests.recording.streams import FRAME, MS, SECOND, Sent, talk

HORIZON = SECOND
ALL = 0
NEVER = 1 << 62


class Rig:
    """A mixer from instant 0, what it gave, and the gaps it told of."""

    def __init__(self, out: Codec = PCMU, frame: int = FRAME, horizon: int = HORIZON, start: int = 0) -> None:
        self.gaps: list[tuple[str, int, int]] = []
        self.mixer = Mixer(start, frame, horizon, out, lambda *gap: self.gaps.append(gap))
        self.numbers: list[int] = []
        self.frames: list[bytes] = []

    def hear(self, near: Iterable[Sent], far: Iterable[Sent]) -> Rig:
        for line, sent in ((self.mixer.near, near), (self.mixer.far, far)):
            for item in sent:
                line.receive(*item)
        return self

    def mix(self, now: int, wanted: int = ALL) -> int:
        """How many frames came."""
        first, frames = self.mixer.mix(now, wanted)
        self.numbers += range(first, first + len(frames))
        self.frames += frames
        return len(frames)


def sums(near: str, far: str, near_codec: Codec = PCMU, far_codec: Codec = PCMU, out: Codec = PCMU) -> list[bytes]:
    """What frames of those letters make, `.` being nothing."""
    mixer = PayloadMixer(out)
    pieces = [
        [None if letter == "." else Piece(codec, letter.encode() * FRAME) for letter in letters]
        for letters, codec in ((near, near_codec), (far, far_codec))
    ]
    return [mixer.mix(a, b, FRAME) for a, b in zip(*pieces, strict=True)]


def test_frames_of_the_same_time_are_mixed() -> None:
    rig = Rig().hear(talk("ABCD"), talk("NOPQ"))
    rig.mix(4 * FRAME)
    assert (rig.numbers, rig.frames, rig.gaps) == ([0, 1, 2, 3], sums("ABCD", "NOPQ"), [])


def test_the_legs_are_told_apart_and_both_count_from_the_start() -> None:
    rig = Rig(start=1600).hear(talk("A", 1600), talk("N", 1600 + FRAME))
    rig.mix(1600 + 3 * FRAME + HORIZON)
    assert rig.frames[:3] == sums("A..", ".N.")
    assert {(leg, start // FRAME) for leg, start, _ in rig.gaps[:4]} == {(NEAR, 1), (NEAR, 2), (FAR, 0), (FAR, 2)}
    assert {length for _, _, length in rig.gaps} == {FRAME}


@pytest.mark.parametrize("late", [0, 1, 500 * MS, 999 * MS])
@pytest.mark.parametrize("tick", [FRAME, 333, SECOND])
def test_the_legs_are_in_step_whatever_arrives_when(late: int, tick: int) -> None:
    letters = "ABCDEFGHIJ" * 20
    far = talk(letters)
    rig = Rig()
    waiting = [(s.arrival, NEAR, s.data) for s in talk(letters)]
    waiting += [(s.arrival + (late if n else 0), FAR, s.data) for n, s in enumerate(far)]
    for now in range(tick, 6 * SECOND, tick):
        for item in sorted(item for item in waiting if now - tick <= item[0] < now):
            (rig.mixer.near if item[1] == NEAR else rig.mixer.far).receive(item[0], item[2])
        rig.mix(now)
    assert rig.frames[:200] == sums(letters, letters)
    assert rig.numbers == [*range(len(rig.frames))]


def test_the_mix_waits_for_the_slower_leg_and_never_longer_than_the_horizon() -> None:
    rig = Rig().hear(talk("ABCD"), [])
    assert [rig.mix(now) for now in (4 * FRAME, HORIZON, HORIZON + FRAME - 1, HORIZON + FRAME)] == [0, 0, 0, 1]
    assert rig.mix(HORIZON + 4 * FRAME) == 3
    assert rig.frames == sums("ABCD", "....")
    assert rig.gaps == [(FAR, n * FRAME, FRAME) for n in range(4)]


@pytest.mark.parametrize("horizon", [60 * MS, SECOND])
def test_a_leg_that_is_silent_for_hours_needs_no_memory(horizon: int) -> None:
    rig = Rig(horizon=horizon)
    for n in range(20_000):
        rig.hear([Sent(n * FRAME, talk("A", 0, n, n * FRAME)[0].data)], [])
        rig.mix(n * FRAME, NEVER)
        assert len(rig.mixer._waiting[0]) <= horizon // FRAME + 1
    assert len(rig.gaps) == 20_000 - horizon // FRAME - 1


@pytest.mark.parametrize(("wanted", "numbers"), [(0, [0, 1, 2, 3]), (1, [1, 2, 3]), (3, [3]), (4, []), (NEVER, [])])
def test_frames_before_the_one_that_is_wanted_are_not_mixed(wanted: int, numbers: list[int]) -> None:
    rig = Rig().hear(talk("ABCD"), talk("NOPQ"))
    rig.mix(4 * FRAME, wanted)
    assert rig.numbers == numbers
    assert rig.frames == [sums("ABCD", "NOPQ")[n] for n in numbers]
    rig.hear(talk("E", 4 * FRAME, 4, 4 * FRAME), talk("R", 4 * FRAME, 4, 4 * FRAME))
    rig.mix(5 * FRAME)
    assert rig.numbers == [*numbers, 4]


def test_a_gap_in_what_nobody_wants_is_told_too() -> None:
    rig = Rig()
    rig.mix(HORIZON + FRAME, NEVER)
    assert rig.gaps == [(NEAR, 0, FRAME), (FAR, 0, FRAME)]


@pytest.mark.parametrize(("near", "far", "out"), [*product((PCMU, PCMA), repeat=3)], ids=str)
def test_m1_legs_of_different_codecs(near: Codec, far: Codec, out: Codec) -> None:
    rig = Rig(out).hear(talk("ABCD", codec=near), talk("NOPQ", codec=far))
    rig.mix(4 * FRAME)
    assert rig.frames == sums("ABCD", "NOPQ", near, far, out)


@pytest.mark.parametrize("codec", CODECS, ids=str)
@pytest.mark.parametrize(("near", "far"), [*product((80, 160, 240, 320, 480), repeat=2)])
def test_m1_legs_of_different_packet_times_are_in_step(near: int, far: int, codec: Codec) -> None:
    # 9600 bytes in each leg, the same code all along: every frame of the mix is the same.
    rig = Rig(codec, horizon=60 * MS)
    rig.hear(talk("A" * (9600 // near), 0, size=near, codec=codec), talk("B" * (9600 // far), 0, size=far, codec=codec))
    rig.mix(9600)
    assert rig.frames == sums("A" * 60, "B" * 60, codec, codec, codec)
    assert rig.gaps == []


def test_m2_g722_and_g711_are_mixed_at_one_speed() -> None:
    rig = Rig(PCMU).hear(talk("AB" * 25, codec=G722), talk("NO" * 25))
    rig.mix(SECOND)
    assert rig.frames == sums("AB" * 25, "NO" * 25, G722, PCMU, PCMU)
    assert sum(map(len, rig.frames)) == SECOND
