"""The next frames of many calls: gathered from the rings of their legs, mixed, and told where something never came."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from phone_recorder.bulk.columns import NO_LAW, Bytes, Ints
from phone_recorder.bulk.legs import Legs
from phone_recorder.bulk.mixing import in_g711, make_tables, mix
from phone_recorder.media.mixing import PayloadMixer, Piece
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, G722, Codec

LEGS = 2
"""Rows of a call: 2 n is the near party's, 2 n + 1 the far party's."""
_BLOCK = 1000
"""Frames mixed at a time: what is gathered for them stays in the cache."""


class Gap(NamedTuple):
    """Frames of one leg that never came, from number `first` on."""

    call: int
    leg: int
    first: int
    frames: int


class MixedFrames(NamedTuple):
    """Frames [n, frame] of calls, those of one call one after another; each call's number for each of them."""

    calls: Ints
    numbers: Ints
    payloads: Bytes
    gaps: list[Gap]


class _Frames(NamedTuple):
    """What is to be mixed: of each leg the frames [n, frame], and the law or codec that each is in."""

    calls: Ints
    numbers: Ints
    data: tuple[Bytes, Bytes]
    laws: tuple[Bytes, Bytes]


class FrameMixer:
    """Mixes what both legs of a call have given out, in the law or codec `out`."""

    def __init__(self, legs: Legs, out: Codec) -> None:
        self._legs = legs
        self._out = out
        make_tables(out)
        self._mixers: dict[int, PayloadMixer] = {}  # of calls with G.722 in them, which has a state

    def begin(self, call: int) -> None:
        """A new call: nothing of an earlier one with this number is known."""
        self._mixers.pop(call, None)

    def take(self, calls: Ints, most: int) -> MixedFrames:
        """The next frames of these calls, which are in order, at most so many of each."""
        columns = self._legs.columns
        near, far = LEGS * calls, LEGS * calls + 1
        done = columns.mixed[near]
        counts = np.minimum(np.minimum(columns.given[near], columns.given[far]) - done, most)
        each = np.repeat(calls, counts)
        numbers = np.arange(counts.sum()) + np.repeat(done - np.cumsum(counts) + counts, counts)
        columns.mixed[near] = columns.mixed[far] = done + counts
        return self._mix(each, numbers)

    def _mix(self, calls: Ints, numbers: Ints) -> MixedFrames:
        payloads, gaps = np.empty((len(calls), self._legs.columns.frame), np.uint8), []
        for start in range(0, len(calls), _BLOCK):
            part = slice(start, start + _BLOCK)
            frames = self._gathered(calls[part], numbers[part])
            payloads[part] = self._payloads(frames)
            gaps += [gap for leg in range(LEGS) for gap in _gaps(frames, leg)]
        # Wherever the blocks part.
        return MixedFrames(calls, numbers, payloads, sorted(gaps, key=lambda gap: (gap.leg, gap.call, gap.first)))

    def _gathered(self, calls: Ints, numbers: Ints) -> _Frames:
        columns = self._legs.columns
        laws, ring = columns.flat()
        slots = numbers & columns.slots - 1
        near, far = LEGS * calls * columns.slots + slots, (LEGS * calls + 1) * columns.slots + slots
        near_law, far_law = laws[near], laws[far]
        size = columns.frame
        near_bytes, far_bytes = (ring[leg].view(np.uint8).reshape(-1, size) for leg in (near, far))
        laws[near] = laws[far] = NO_LAW
        return _Frames(calls, numbers, (near_bytes, far_bytes), (near_law, far_law))

    def _payloads(self, frames: _Frames) -> Bytes:
        (near, far), laws = frames.data, frames.laws
        plain = in_g711(*laws) if self._out is not G722 else np.zeros(len(near), np.bool_)
        if plain.all():
            return mix(near, far, *laws, self._out)
        mixed = np.empty_like(near)
        mixed[plain] = mix(near[plain], far[plain], laws[0][plain], laws[1][plain], self._out)
        for at in np.flatnonzero(~plain).tolist():
            pieces = (self._piece(frames, leg, at) for leg in range(LEGS))
            call = int(frames.calls[at])
            mixer = self._mixers.setdefault(call, PayloadMixer(self._out))
            mixed[at] = np.frombuffer(mixer.mix(next(pieces), next(pieces), near.shape[1]), np.uint8)
        return mixed

    def _piece(self, frames: _Frames, leg: int, at: int) -> Piece | None:
        law = int(frames.laws[leg][at])
        if law == NO_LAW:
            return None
        holes = self._legs.holes.get(LEGS * int(frames.calls[at]) + leg, {})
        return Piece(BY_PAYLOAD_TYPE[law], frames.data[leg][at].tobytes(), holes.pop(int(frames.numbers[at]), ()))


def _gaps(frames: _Frames, leg: int) -> list[Gap]:
    """Runs of frames that are missing."""
    calls, numbers, at = frames.calls, frames.numbers, np.flatnonzero(frames.laws[leg] == NO_LAW)
    if not len(at):
        return []
    breaks = (np.diff(calls[at]) != 0) | (np.diff(numbers[at]) != 1)
    begins = np.flatnonzero(np.concatenate([[True], breaks]))
    lengths = np.diff(begins, append=len(at))
    first = at[begins]
    columns = (calls[first].tolist(), numbers[first].tolist(), lengths.tolist())
    return [Gap(call, leg, number, length) for call, number, length in zip(*columns, strict=True)]
