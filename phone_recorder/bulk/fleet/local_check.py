"""Whether each frame of a recording is the mix of what its two legs said then: both said a pattern, in G.711.

Where a leg stands is told by its own audio, where it has gaps by the recording's account. So a frame that is at a wrong
place or of another call is found, and so is a gap where a packet had been placed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.bulk.fleet.local_messages import Check, Checked, Leg
from phone_recorder.bulk.pattern import LABEL_SIZE, expected, pattern
from phone_recorder.errors import RecordFileError
from phone_recorder.media.g711 import transcode_table
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import Codec
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

MOST_LOST = np.arange(32)
"""Packets of a leg that may be lost before the first one that is placed."""
FURTHEST = 4 * SECOND
"""By so much a leg may move at once, by drift or a new anchor, and still be found."""
MOST_TRIES, MOST_IN_VAIN = 100, 20
"""Wrong frames of a recording at which it is looked whether a leg has moved; and such of them where none has."""


class Frames(NamedTuple):
    """The law of a recording, and the bytes of its frames."""

    codec: Codec
    size: int


def check(asked: Check, frames: Frames) -> Checked:
    """Look at every frame of the files of a recording; what cannot be read, or has no true header, is one wrong."""
    try:
        audio = [_audio(path, frames) for path in asked.paths]
    except (OSError, RecordFileError):
        return Checked(0, 1)
    got = np.concatenate([np.zeros((0, frames.size), np.uint8), *audio])
    right, ahead = right_frames(got, asked.legs, frames.codec)
    wrong, cut = int((~right).sum()), 0
    for leg, first in zip(asked.legs, ahead, strict=True) if asked.whole else ():
        missing = _not_shown(leg, len(got))
        after = min(max(leg.said - first - len(got), 0), max(missing, 0))
        wrong, cut = wrong + abs(missing - after), cut + after
    return Checked(len(got), min(wrong, max(len(got), 1)), cut)


def right_frames(got: Bytes, legs: Sequence[Leg], codec: Codec) -> tuple[Flags, list[int]]:
    """Which frames [n, size] of a recording are the mix of what its two legs said; `ahead` of each leg at its end."""
    if not len(got):
        return np.ones(0, np.bool_), [0, 0]
    call = _Call(got, legs, codec)
    ahead, most = call.first_numbers(), FURTHEST // got.shape[1]
    right = call.right(ahead, 0)
    at = in_vain = 0
    for _ in range(MOST_TRIES if any(leg.moves for leg in legs) else 0):
        missed = np.flatnonzero(~right[at:])
        if not len(missed) or in_vain == MOST_IN_VAIN:
            break
        at += int(missed[0])
        if moved := call.find(at, [at + first + np.arange(-most, most + 1) for first in ahead]):
            ahead = moved
            right[at:] = call.right(ahead, at)
        in_vain += not moved
        at += 1
    return right, ahead


class _Call:
    """What was got, and what was said. `ahead`: of each leg, the number of what it says in the recording's frame 0."""

    def __init__(self, got: Bytes, legs: Sequence[Leg], codec: Codec) -> None:
        self._got = got
        self._legs = legs
        self._codec = codec
        self._known = min(leg.known for leg in legs)
        self._came = [came(leg, len(got)) for leg in legs]
        self._alone = np.frombuffer(transcode_table(codec, codec), np.uint8)

    def first_numbers(self) -> list[int]:
        """As is told by the first frame in which both legs are; where there is none, by the first of each."""
        firsts = [int(flags.argmax()) for flags in self._came]
        both = np.flatnonzero(self._came[0] & self._came[1])
        likely = [-first for first in firsts]
        if len(both):
            return self.find(int(both[0]), [both[0] - first + MOST_LOST for first in firsts]) or likely
        found = [self.find(at, [at - first + MOST_LOST for first in firsts]) or likely for at in firsts]
        return [found[0][0], found[1][1]]

    def find(self, at: int, numbers: Sequence[Numbers]) -> list[int] | None:
        """`ahead`, if the frame `at` is right with some of these numbers of each leg's frames there."""
        here = [bool(flags[at]) for flags in self._came]
        # One that is not there is as good with one number as with any other.
        could = [self._could(leg, numbers[leg]) if here[leg] else numbers[leg][:1] for leg in range(2)]
        said = [self._said(leg, could[leg]) for leg in range(2)]
        # Few have the same label, and only those are compared as a whole.
        shape = len(could[0]), len(could[1]), LABEL_SIZE
        labels = [one[:, :LABEL_SIZE] for one in said]
        pairs = [np.broadcast_to(labels[0][:, np.newaxis], shape), np.broadcast_to(labels[1][np.newaxis], shape)]
        near, far = np.nonzero((self._mixed(pairs, here) == self._got[at, :LABEL_SIZE]).all(axis=2))
        whole = (self._mixed([said[0][near], said[1][far]], here) == self._got[at]).all(axis=1)
        if not whole.any():
            return None
        first = int(whole.argmax())
        return [int(could[0][near[first]]) - at, int(could[1][far[first]]) - at]

    def right(self, ahead: Sequence[int], begin: int) -> Flags:
        """Which frames from `begin` on are as they must be."""
        at = np.arange(begin, len(self._got))
        here = [flags[begin:] for flags in self._came]
        right = self._as_said(ahead, at, here)
        # Beyond what the account tells, a leg may have come or not.
        for one in product((False, True), repeat=2):
            unsure = np.flatnonzero(~right & (at >= self._known))
            right[unsure] = self._as_said(ahead, at[unsure], [np.full(len(unsure), flag) for flag in one])
        return right

    def _as_said(self, ahead: Sequence[int], at: Numbers, here: Sequence[Flags]) -> Flags:
        """Whether these frames are right, if of each leg that is there which is `here`."""
        numbers = [at + first for first in ahead]
        said = [self._said(leg, numbers[leg]) for leg in range(2)]
        right: Flags = np.ones(len(at), np.bool_)
        for both in product((False, True), repeat=2):
            some = np.flatnonzero((here[0] == both[0]) & (here[1] == both[1]))
            mixed = self._mixed([one[some] for one in said], both)
            right[some] = (mixed == self._got[at[some]]).all(axis=1)
        for leg, count in enumerate(one.said for one in self._legs):
            right &= ~here[leg] | ((numbers[leg] >= 0) & (numbers[leg] < count))
        return right

    def _could(self, leg: int, numbers: Numbers) -> Numbers:
        """Those of these that it has said."""
        return numbers[(numbers >= 0) & (numbers < self._legs[leg].said)]

    def _said(self, leg: int, numbers: Numbers) -> Bytes:
        flow = self._legs[leg].flow
        return pattern(np.full(len(numbers), flow), np.maximum(numbers, 0), self._got.shape[1])

    def _mixed(self, said: Sequence[Bytes], here: Sequence[bool]) -> Bytes:
        """Of two legs, of which each is here or not."""
        if all(here):
            return expected(said[0], said[1], (self._codec, self._codec), self._codec)
        if not any(here):
            return np.full_like(said[0], self._codec.silence_byte)
        alone: Bytes = self._alone[said[0] if here[0] else said[1]]
        return alone


def came(leg: Leg, frames: int) -> Flags:
    """In which frames of a recording something came of a leg, as its account tells."""
    flags = np.ones(frames, np.bool_)
    for first, length in leg.gaps:
        flags[first : first + length] = False
    return flags


def _not_shown(leg: Leg, frames: int) -> int:
    """Packets that have a place and are not in the recording; below 0, frames that are there and have no packet."""
    if leg.known < frames:
        return 0
    missing = leg.placed - int(came(leg, frames).sum())
    # A leg that has moved may come to frames that it has been in, which then stay as they are.
    return max(missing - leg.repeated, 0) if leg.moves and missing > 0 else missing


def _audio(path: str, frames: Frames) -> Bytes:
    """The frames [n, size] of a file; RecordFileError if its header is not true."""
    data = Path(path).read_bytes()
    header = RecordHeader.parse(data)
    wanted = RecordHeader(frames.codec, frames.size, frames.size, len(data) - HEADER_SIZE)
    if header != wanted:
        raise RecordFileError(f"the header is {header}, and should be {wanted}")
    return np.frombuffer(data, np.uint8, offset=HEADER_SIZE).reshape(-1, frames.size)
