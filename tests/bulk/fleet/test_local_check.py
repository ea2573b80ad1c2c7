"""Every frame of a recording looked at: what is right is passed, and whatever is wrong is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from phone_recorder.bulk.columns import NO_LAW
from phone_recorder.bulk.fleet.local_check import MOST_IN_VAIN, MOST_LOST, Bytes, Frames, check, right_frames
from phone_recorder.bulk.fleet.local_messages import Check, Checked, Leg
from phone_recorder.bulk.mixing import mix
from phone_recorder.bulk.pattern import pattern
from phone_recorder.wire.payload import PCMA, PCMU, Codec
from phone_recorder.wire.record_file import RecordHeader

SIZE, FRAMES = 160, 100
KNOWN = 1 << 40


@dataclass
class Told:
    """A leg that says `said` frames, the first in frame `begin` of the recording; `lost` are places in the recording.

    From the frame `moved_at` on it stands `moved` frames later.
    """

    flow: int
    begin: int = 5
    said: int = 80
    lost: tuple[int, ...] = ()
    moved_at: int = 1 << 30
    moved: int = 0
    numbers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        at = range(FRAMES)
        numbers = [frame - self.begin - (self.moved if frame >= self.moved_at else 0) for frame in at]
        self.numbers = [
            n if 0 <= n < self.said and frame not in self.lost else -1 for frame, n in zip(at, numbers, strict=True)
        ]

    @property
    def payloads(self) -> Bytes:
        return pattern(np.full(FRAMES, self.flow), np.maximum(self.numbers, 0), SIZE)

    def law(self, codec: Codec) -> Bytes:
        return np.where(np.array(self.numbers) >= 0, codec.payload_type, NO_LAW).astype(np.uint8)

    def leg(self, known: int = KNOWN) -> Leg:
        missing = [-1, *(at for at, number in enumerate(self.numbers) if number >= 0), FRAMES]
        gaps = tuple((a + 1, b - a - 1) for a, b in pairwise(missing) if b - a > 1 and a + 1 < known)
        placed = sum(number >= 0 for number in self.numbers)
        return Leg(self.flow, self.said, placed, gaps, known, moves=int(self.moved != 0))


def recorded(near: Told, far: Told, codec: Codec = PCMU) -> Bytes:
    """What the recorder makes of them, by its own mixer."""
    return mix(near.payloads, far.payloads, near.law(codec), far.law(codec), codec)


def wrong(near: Told, far: Told, got: Bytes | None = None, codec: Codec = PCMU, known: int = KNOWN) -> int:
    got = recorded(near, far, codec) if got is None else got
    right, _ = right_frames(got, (near.leg(known), far.leg(known)), codec)
    return int((~right).sum())


RIGHT = {
    "both together": (Told(10), Told(11)),
    "one later": (Told(10, begin=5), Told(11, begin=9)),
    "one alone": (Told(10, said=0), Told(11)),
    "neither": (Told(10, said=0), Told(11, said=0)),
    "one after the other": (Told(10, begin=2, said=20), Told(11, begin=40, said=30)),
    "with gaps": (Told(10, lost=(20, 21, 50)), Told(11, lost=(21, 70))),
    "the first ones lost": (Told(10, lost=tuple(range(5, 12))), Told(11, lost=(5,))),
    "moved by drift": (Told(10, moved_at=40, moved=1), Told(11)),
    "moved far": (Told(10, said=60, moved_at=30, moved=25), Told(11, said=60, moved_at=33, moved=21)),
    "moved back": (Told(10, moved_at=40, moved=-1), Told(11, moved_at=60, moved=1)),
    "cut at the end": (Told(10, said=300), Told(11, said=300)),
}


@pytest.mark.parametrize("codec", [PCMU, PCMA])
@pytest.mark.parametrize("case", RIGHT)
def test_what_was_said_is_right(case: str, codec: Codec) -> None:
    assert wrong(*RIGHT[case], codec=codec) == 0


@pytest.mark.parametrize("case", [name for name in RIGHT if name != "neither"])
def test_a_byte_that_is_another_makes_its_frame_wrong(case: str) -> None:
    got = recorded(*RIGHT[case])
    for at in (0, 45, FRAMES - 1):
        spoilt = got.copy()
        spoilt[at, 100] ^= 1
        assert wrong(*RIGHT[case], got=spoilt) == 1, at


def test_frames_of_another_call_at_a_wrong_place_or_twice_are_wrong() -> None:
    near, far = Told(10), Told(11)
    got = recorded(near, far)
    assert wrong(near, far, recorded(Told(12), Told(13))) == 80
    assert wrong(near, far, recorded(near, Told(13))) == 80
    assert wrong(near, far, np.roll(got, 1, axis=0)) >= 80
    got[[30, 31]] = got[[31, 30]]
    assert wrong(near, far, got) == 2
    got[40] = got[41]
    assert wrong(near, far, got) == 3


def test_a_leg_that_has_not_moved_by_its_account_is_wrong_where_it_has() -> None:
    near, far = Told(10), Told(11)
    assert wrong(near, far, recorded(Told(10, moved_at=50, moved=1), far)) == 36


def test_silence_where_the_account_has_no_gap_is_wrong_and_what_is_there_in_a_gap_too() -> None:
    assert wrong(Told(10), Told(11), recorded(Told(10, lost=(30,)), Told(11, lost=(30, 31)))) == 2
    assert wrong(Told(10, lost=(30,)), Told(11), recorded(Told(10), Told(11))) == 1


def test_beyond_what_the_account_lists_a_leg_may_have_come_or_not() -> None:
    near, far = Told(10, lost=(20, 60, 61)), Told(11, lost=(61,))
    assert wrong(near, far, known=50) == 0
    spoilt = recorded(near, far)
    spoilt[61] = 0
    assert wrong(near, far, spoilt, known=50) == 1
    assert wrong(near, far, recorded(Told(10), far), known=50) == 1


def test_so_many_lost_at_the_beginning_are_found_and_no_more() -> None:
    most = len(MOST_LOST)
    assert wrong(Told(10, lost=tuple(range(5, 5 + most - 1))), Told(11)) == 0
    assert wrong(Told(10, lost=tuple(range(5, 5 + most))), Told(11)) > 0


def test_a_leg_that_moves_after_a_time_of_somebody_else_s_audio_is_found_again_unless_that_was_long() -> None:
    for foreign, found in ((MOST_IN_VAIN - 1, True), (MOST_IN_VAIN, False)):
        near, far = Told(10, moved_at=40, moved=1), Told(11)
        got = recorded(near, far)
        got[40 : 40 + foreign] = pattern(np.full(foreign, 99), np.arange(foreign), SIZE)
        assert (wrong(near, far, got) == foreign) is found


def file_of(place: Path, got: Bytes, data_size: int | None = None) -> str:
    path = place / "Record_20240131120000.wav"
    size = got.size if data_size is None else data_size
    path.write_bytes(bytes(RecordHeader(PCMU, SIZE, SIZE, size)) + got.tobytes())
    return str(path)


def asked(path: str, near: Leg, far: Leg, whole: bool = True) -> Checked:
    return check(Check((path,), (near, far), whole), Frames(PCMU, SIZE))


def test_a_file_is_read_and_its_header_must_be_true(tmp_path: Path) -> None:
    near, far = Told(10), Told(11)
    got = recorded(near, far)
    assert asked(file_of(tmp_path, got), near.leg(), far.leg()) == Checked(FRAMES, 0)
    assert asked(file_of(tmp_path, got, data_size=got.size - SIZE), near.leg(), far.leg()).wrong == 1
    assert asked(str(tmp_path / "none"), near.leg(), far.leg()).wrong == 1
    assert asked(file_of(tmp_path, got[:0]), Leg(10, 5, 0, (), KNOWN), far.leg(), whole=False) == Checked(0, 0)


def test_a_gap_where_a_packet_was_placed_is_wrong_unless_the_recording_was_cut_short(tmp_path: Path) -> None:
    near, far = Told(10, lost=(30,)), Told(11)
    path, told = file_of(tmp_path, recorded(near, far)), near.leg()
    more = Leg(told.flow, told.said, told.placed + 1, told.gaps, told.known)
    assert asked(path, more, far.leg()).wrong == 1
    assert asked(path, more, far.leg(), whole=False).wrong == 0
    moved = Leg(told.flow, told.said, told.placed + 2, told.gaps, told.known, moves=1, repeated=2)
    assert asked(path, moved, far.leg()).wrong == 0
    assert asked(path, Leg(told.flow, told.said, told.placed - 1, told.gaps, told.known, 1, 2), far.leg()).wrong == 1


def test_packets_that_have_their_place_after_the_end_are_cut_and_not_wrong(tmp_path: Path) -> None:
    near, far = Told(10, said=100), Told(11)
    path, told = file_of(tmp_path, recorded(near, far)), near.leg()
    assert asked(path, told, far.leg()) == Checked(FRAMES, 0, 0)
    came = Leg(told.flow, told.said, told.placed + 5, told.gaps, told.known)
    assert asked(path, came, far.leg()) == Checked(FRAMES, 0, 5)
    more = Leg(told.flow, told.said, told.placed + 7, told.gaps, told.known)
    assert asked(path, more, far.leg()) == Checked(FRAMES, 2, 5)
