"""A tone that is there all the time, and one that is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from phone_recorder.harness.audio.ears import hear
from phone_recorder.harness.audio.samples import Samples
from phone_recorder.harness.audio.tones import sounding
from phone_recorder.harness.scenario.bound import Span
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.media import g711
from phone_recorder.wire.payload import PCMU
from tests.harness.audio.recordings import FRAME, SECOND, Call, Frames, recorded

CALL = Call("tone:440", "none", 4)
TONE = AudioIs("tone", hertz=440)
SILENCE = CALL.silence()
LENGTH = len(CALL.frames())


def muted(first: int, past: int) -> Frames:
    """These frames are silent."""
    return [*CALL.frames()[:first], *[SILENCE] * (past - first), *CALL.frames()[past:]]


def quieter(db: float, first: int = 0, past: int = LENGTH) -> Frames:
    """These frames are so much quieter."""

    def change(frame: bytes) -> bytes:
        pcm = g711.decode(PCMU, frame)
        return g711.encode(PCMU, type(pcm)("h", [round(sample * 10 ** (-db / 20)) for sample in pcm]))

    frames = CALL.frames()
    return [*frames[:first], *map(change, frames[first:past]), *frames[past:]]


@pytest.mark.parametrize(
    ("frames", "seen"),
    [
        (muted(50, 200), "0.00 of the power is at 440 Hz between 1.045 s"),
        (muted(50, 57), "0.04 of the power is at 440 Hz between 1.045 s"),
        (muted(0, 150), "0.00 of the power is at 440 Hz between 0.04 s"),
        (quieter(36), "440 Hz has -51.0 dB between 0.04 s"),
        (quieter(24, 100, 150), "440 Hz has -39.3 dB between 2.05 s and 2.151 s, and -15.3 dB where it is loudest"),
    ],
)
def test_where_the_tone_is_not_heard_is_told(tmp_path: Path, frames: Frames, seen: str) -> None:
    assert (hear(TONE, recorded(tmp_path, frames), CALL.evidence()) or "").startswith(seen)


@pytest.mark.parametrize("frames", [CALL.frames(), muted(0, 2), muted(198, 200), quieter(25), quieter(16, 100, 150)])
def test_a_tone_may_set_in_and_end_within_40_ms_and_be_no_louder_than_it_needs(tmp_path: Path, frames: Frames) -> None:
    assert hear(TONE, recorded(tmp_path, frames), CALL.evidence()) is None


def test_what_is_lost_of_a_tone_is_not_asked_for(tmp_path: Path) -> None:
    gap = {"stream": "near", "start_s": 1, "duration_s": 0.14}
    assert hear(TONE, recorded(tmp_path, muted(50, 57), gaps=[gap]), CALL.evidence()) is None
    late = gap | {"start_s": 2}
    assert hear(TONE, recorded(tmp_path, muted(50, 57), gaps=[late]), CALL.evidence()) is not None


def test_a_tone_of_which_all_is_lost_is_not_heard(tmp_path: Path) -> None:
    gap = {"stream": "near", "start_s": 0, "duration_s": 4}
    assert hear(TONE, recorded(tmp_path, quieter(40), gaps=[gap]), CALL.evidence()) is not None


@pytest.mark.parametrize("length", [20, 100, 180])
def test_a_short_span_is_one_piece(tmp_path: Path, length: int) -> None:
    span = Span(SECOND, SECOND + length * 8)
    assert hear(AudioIs("tone", span=span, hertz=440), recorded(tmp_path, CALL.frames()), CALL.evidence()) is None
    assert hear(AudioIs("tone", span=span, hertz=440), recorded(tmp_path, quieter(40)), CALL.evidence()) is not None


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722"])
def test_a_tone_is_heard_through_each_codec(tmp_path: Path, codec: str) -> None:
    call = Call("tone:440", "none", 4, codec, codec)
    assert hear(TONE, recorded(tmp_path, call.frames(), codec), call.evidence()) is None


def test_pieces_are_told_where_they_lie_and_how_loud_the_tone_is_in_them() -> None:
    tone: Samples = np.rint(16384 * np.sin(2 * np.pi * 1000 * np.arange(SECOND) / SECOND)).astype(np.int16)
    found = list(sounding(tone, 1000, FRAME))
    assert (len(found), found[0].span[0], found[-1].span[1]) == (9, FRAME + 320, FRAME + SECOND - 320)
    assert all(abs(piece.db + 9.03) < 0.1 and piece.share > 0.99 for piece in found)
