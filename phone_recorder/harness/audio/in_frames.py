"""Which frames of a recording hold what, at a device whose frames are its own.

A leg stands in them from the first packet on that came after the recording's start, or one beside it; and a key takes a
moment to the device, so that a pause begins and ends some frames later. Each is put where it fits best, never further.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from phone_recorder.errors import PhoneRecorderError
from phone_recorder.harness.audio.places import Grid
from phone_recorder.harness.audio.recorded import Heard, heard, in_time
from phone_recorder.harness.audio.said import in_g722, new_counts, packets_of, said_both_ways
from phone_recorder.harness.audio.samples import Samples
from phone_recorder.harness.evidence import Recorded
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.wire.payload import G722

Moves = tuple[int, ...]
Leg = Sequence[Datagram]
Said = Mapping[str, Leg]
Begins = dict[int, tuple[int, int]]
"""By how many units later a leg stands: the number of its first packet, and the instant at which that has to come."""
Floats = NDArray[np.float64]

MOST_FRAMES = 8
"""A pause is looked for no further from where its keys were answered."""
_MOST = 20 * SECOND
"""So much of a recording is looked at for its legs."""
_AROUND = SECOND
"""So much before and after a pause tells where that is."""
_AFTER = 5 * SECOND
"""So much after a count's beginning tells where that is."""
_PIECE = from_ms(10)
_NEARLY = from_ms(1)
"""The start is found as nearly as that."""
_SAME = 1.002
"""Of places that are so nearly as good as the best, the nearest counts: a tone is as like itself a period later."""


def in_frames(recorded: Recorded, said: Said, late: int = 0) -> tuple[Recorded, Said]:
    """The recording with its pauses where they are, and what was said with each leg in the frames where it is.

    A leg is moved by a frame at most, a pause by two, and by so much as keys were `late`. What cannot be read is left
    as it is.
    """
    try:
        found = heard(recorded, any(map(in_g722, said.values())))
    except PhoneRecorderError:
        return recorded, said
    said = _legs_in_frames(found, said, found.grid.frame + _NEARLY + late)
    voices, reach = _voices(said, found), min(2 + late // found.grid.frame, MOST_FRAMES)
    for number in range(len(recorded.pauses)):
        recorded = _with_pause(recorded, number, found, voices, reach)
    return recorded, _counts_in_frames(in_time(found, recorded), said)


def _legs_in_frames(found: Heard, said: Said, reach: int) -> Said:
    """Each leg from its first packet in the recording on, at the frame in which that is."""
    begins = {leg: _begins(sent, found, reach) for leg, sent in said.items()}
    end = min([len(found.samples), _MOST, *_breaks(found, said)])
    lines = {leg: _lines(found, _own(said[leg], found), list(moves), end) for leg, moves in begins.items()}
    best = _best_sum(found.samples[:end], list(lines.values()))
    return {
        leg: _from(said[leg], *begins[leg][moved]) if begins[leg] else said[leg]
        for leg, moved in zip(lines, best, strict=True)
    }


def _breaks(found: Heard, said: Said) -> Iterator[int]:
    """Where in the recording it may be other frames: at its first pause, and where a leg begins a count anew."""
    yield from (stretch.end for stretch in found.stretches[:1])
    for sent in said.values():
        places = [place - found.grid.origin for _, place in new_counts(sent, _own_grid(sent, found.grid.frame))]
        yield from (place for place in places if place > SECOND)


def _begins(sent: Leg, found: Heard, reach: int) -> Begins:
    """Where the leg can begin: with a packet beside the recording's start, at a frame beside its instant."""
    origin, frame = found.grid.origin, found.grid.frame
    out: Begins = {}
    for number, place in packets_of(sent, origin - reach - frame, origin + reach + frame, _own_grid(sent, frame)):
        first = (place - origin) // frame
        for index in range(max(first - reach // frame - 1, 0), first + reach // frame + 2):
            moved = origin + index * frame - place
            if abs(moved) <= reach:
                out.setdefault(moved, (number, origin + index * frame))
    return out


def _lines(found: Heard, voice: Samples, moves: Sequence[int], end: int) -> dict[int, Samples]:
    """What the recording has of a voice that is so much later, up to its first pause; nothing if it has no move."""
    return {moved: found.align(voice, 0, end, moved) for moved in moves} or {0: found.align(voice, 0, end) * 0}


def _best_sum(wave: Samples, legs: Sequence[Mapping[int, Samples]]) -> Moves:
    """Which line of each leg, all together, leaves least of the recording."""
    names = [(leg, moved) for leg, lines in enumerate(legs) for moved in lines]
    rows = np.array([wave, *(legs[leg][moved] for leg, moved in names)], np.float64)
    products = rows @ rows.T
    left = {}
    for moves in product(*legs):
        chosen = [0, *(1 + names.index((leg, moved)) for leg, moved in enumerate(moves))]
        signs = np.array([1, *[-1] * len(legs)])
        left[moves] = float(signs @ products[np.ix_(chosen, chosen)] @ signs)
    return _nearest(left)


def _from(sent: Leg, number: int, instant: int) -> list[Datagram]:
    """The leg from that packet on, which comes at that instant."""
    later = instant - sent[number][0]
    return [(came + later, data) for came, data in sent[number:]]


def _counts_in_frames(found: Heard, said: Said) -> Said:
    """Each count that a leg begins anew in the midst of it a frame earlier or later, if that fits better."""
    for leg in said:
        for number, place in new_counts(said[leg], found.grid):
            moved: dict[Moves, Said] = {
                (frames,): _later(said, leg, number, frames * found.grid.frame) for frames in (0, -1, 1)
            }
            said = moved[_nearest({frames: _left_after(found, one, place) for frames, one in moved.items()})]
    return said


def _later(said: Said, leg: str, number: int, by: int) -> Said:
    """The same with the packets of a leg from that number on so much later."""
    sent = said[leg]
    return {**said, leg: [*sent[:number], *((instant + by, data) for instant, data in sent[number:])]}


def _left_after(found: Heard, said: Said, instant: int) -> float:
    """What is left of the recording, after that instant, without what was said."""
    later = [one.start + max(instant - one.instant, 0) for one in found.stretches]
    start = next((place for place, one in zip(later, found.stretches, strict=True) if place < one.end), 0)
    end = min(start + _AFTER, len(found.samples))
    rest = found.samples[start:end] - _sum(found, _voices(said, found), start, end)
    return float(rest @ rest)


def _with_pause(recorded: Recorded, number: int, found: Heard, voices: Mapping[str, Samples], reach: int) -> Recorded:
    """The same with one of its pauses where it fits best: its beginning and its end each so many frames off at most."""
    both = list(product(range(-reach, reach + 1), repeat=2))
    places: dict[Moves, Recorded] = {moves: _paused(recorded, number, moves, found.grid.frame) for moves in both}
    start, end = _window(recorded, number, len(found.samples))
    # Behind a seam G.722 is late by what its filters take, for a while: there it is only as loud as what was said.
    seen = _loudness if found.codec is G722 else np.asarray
    wave, left = seen(found.samples[start:end].astype(np.float64)), {}
    for moves, one in places.items():
        laid = in_time(found, one)
        rest = wave - seen(_sum(laid, voices, start, end))
        left[moves] = float(rest @ rest)
    return places[_nearest(left)]


def _loudness(wave: Floats) -> Floats:
    """The RMS of each hundredth of a second."""
    pieces = wave[: len(wave) // _PIECE * _PIECE].reshape(-1, _PIECE)
    loud: Floats = np.sqrt((pieces**2).mean(axis=1))
    return loud


def _paused(recorded: Recorded, number: int, moves: Moves, frame: int) -> Recorded:
    begun, over = recorded.pauses[number]
    pause = begun + moves[0] * frame, over + moves[1] * frame
    return replace(recorded, pauses=(*recorded.pauses[:number], pause, *recorded.pauses[number + 1 :]))


def _window(recorded: Recorded, number: int, length: int) -> tuple[int, int]:
    """From where to where in the recording a pause can be told."""
    begun, over = recorded.pauses[number]
    before = sum(over - begun for begun, over in recorded.pauses[:number]) if recorded.skips else 0
    place = begun - recorded.start - before
    past = place if recorded.skips else over - recorded.start
    return max(min(place - _AROUND, length), 0), max(min(past + _AROUND, length), 0)


def _nearest(left: Mapping[Moves, float]) -> Moves:
    """Of the moves after which next to nothing more is left than after the best, the least."""
    most = max(min(left.values()), 1.0) * _SAME
    return min((moves for moves in left if left[moves] <= most), key=lambda moves: sum(map(abs, moves)))


def _sum(found: Heard, voices: Mapping[str, Samples], start: int, end: int) -> Floats:
    total = np.zeros(end - start)
    for voice in voices.values():
        total += found.align(voice, start, end)
    return total


def _own(sent: Leg, found: Heard) -> Samples:
    """What is heard of a leg if its first packet stands at its instant."""
    return said_both_ways(sent, grid=_own_grid(sent, found.grid.frame)).placed


def _own_grid(sent: Leg, frame: int) -> Grid:
    return Grid(sent[0][0] if sent else 0, frame)


def _voices(said: Said, found: Heard) -> dict[str, Samples]:
    return {leg: said_both_ways(sent, grid=found.grid).placed for leg, sent in said.items()}
