"""A G.722 stream with frames left out, or silence in their place: what a decoder of the recording makes of it."""

from __future__ import annotations

from array import array
from math import pi, sin

import pytest

from phone_recorder.media.codecs import decoder, encoder
from phone_recorder.media.mixing import Piece
from phone_recorder.media.seam import Seam
from phone_recorder.wire.payload import G722

pytest.importorskip("G722")
FRAME = 160
LOUD = 6000
TONE = array("h", [round(LOUD * sin(2 * pi * 440 * n / 16000)) for n in range(4 * 16000)])
SETTLED = 2
"""Frames in which the filters give out what they have."""


def sent() -> list[Piece]:
    """Four seconds of a tone, coded by one encoder."""
    coder = encoder(G722, 16000)
    return [Piece(G722, coder.encode(TONE[start : start + 2 * FRAME])) for start in range(0, len(TONE), 2 * FRAME)]


def peaks(payloads: list[bytes]) -> list[int]:
    """The loudest sample of each frame, as one decoder has them."""
    reader = decoder(G722, 16000)
    return [max(map(abs, reader.decode(payload))) for payload in payloads]


def test_a_stream_without_a_seam_is_kept_as_it_came() -> None:
    seam, pieces = Seam(), sent()
    assert [seam.keep(piece) for piece in pieces] == [piece.payload for piece in pieces]


def paused(seam: Seam, silence: bool) -> list[bytes]:
    """Two seconds, one that is left out, with or without silence in its place, and one more."""
    out = []
    for number, piece in enumerate(sent()):
        if not 100 <= number < 150:
            out.append(seam.keep(piece))
            continue
        seam.leave_out(piece.payload)
        if silence:
            out.append(seam.silence(FRAME))
    return out


def test_after_silence_nothing_is_louder_than_it_was_said() -> None:
    found = peaks(paused(Seam(), silence=True))
    assert max(found) < 1.1 * LOUD and min(found[151:]) > 0.9 * LOUD
    assert max(found[100 + SETTLED : 150]) < 50


def test_as_it_came_it_would_be() -> None:
    payloads = [piece.payload for piece in sent()]
    payloads[100:150] = [G722.silence(FRAME)] * 50
    assert max(peaks(payloads)) > 1.2 * LOUD


def test_where_frames_are_left_out_it_goes_on_as_loud_as_it_was() -> None:
    found = peaks(paused(Seam(), silence=False))
    assert len(found) == 150 and 0.9 * LOUD < min(found[1:]) <= max(found) < 1.1 * LOUD


def test_what_never_came_of_a_frame_is_silence_to_its_decoder() -> None:
    seam, pieces = Seam(), sent()
    half = Piece(G722, pieces[100].payload[:80] + G722.silence(80), ((80, 160),))
    found = peaks([*map(seam.keep, pieces[:100]), seam.keep(half), *map(seam.keep, pieces[101:])])
    assert max(found) < 1.3 * LOUD


def test_after_a_second_and_in_silence_it_is_kept_as_it_comes_again() -> None:
    seam = Seam()
    quiet = encoder(G722, 16000)
    pieces = [Piece(G722, quiet.encode(array("h", bytes(4 * FRAME)))) for _ in range(60)]
    seam.silence(FRAME)
    kept = [seam.keep(piece) == piece.payload for piece in pieces]
    assert kept[-1] and all(kept[51:])
