"""The mixer with the record tone, and while its levels are watched."""

from __future__ import annotations

from itertools import product

import pytest

from phone_recorder.media.mixing import PayloadMixer, Piece
from phone_recorder.recording.mixer import Mixer, Summed
from phone_recorder.recording.recorded_time import RecordedTime
from phone_recorder.wire.payload import CODECS, PCMU, Codec
from tests.recording.streams import FRAME, SECOND, talk

NEVER = 1 << 62
LETTERS = "ABCD" * 75


def mixer(codec: Codec = PCMU, toned: RecordedTime | None = None) -> Mixer:
    """A mixer that has heard 6 s of both legs."""
    made = Mixer(0, FRAME, SECOND, codec, lambda *gap: None, toned)
    for item in talk(LETTERS):
        made.near.receive(*item)
    for item in talk("N" * len(LETTERS)):
        made.far.receive(*item)
    return made


def mixed(made: Mixer, wanted: int, step: int = FRAME) -> list[bytes]:
    end = 6 * SECOND
    return [frame for now in range(step, end + step, step) for frame in made.mix(min(now, end), wanted)[1]]


@pytest.mark.parametrize("codec", CODECS, ids=str)
@pytest.mark.parametrize("step", [FRAME, 333, SECOND])
def test_a_frame_has_the_tone_of_its_place_in_the_recording_whenever_it_is_mixed(codec: Codec, step: int) -> None:
    time = RecordedTime(FRAME, skips=True)
    time.begin(20 * FRAME)
    made = mixer(codec, time)
    made.begin(20)
    alone = PayloadMixer(codec)
    expected = [
        alone.mix(Piece(PCMU, letter.encode() * FRAME), Piece(PCMU, b"N" * FRAME), FRAME, n * FRAME)
        for n, letter in enumerate(LETTERS[20:])
    ]
    assert mixed(made, 20, step) == expected


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_while_nothing_is_recorded_there_is_no_tone(codec: Codec) -> None:
    assert mixed(mixer(codec, RecordedTime(FRAME, skips=True)), 0) == mixed(mixer(codec), 0)


@pytest.mark.parametrize(("wanted", "codec"), [*product((0, 100, NEVER), CODECS)], ids=str)
def test_what_is_watched_is_mixed_no_more_and_no_less(wanted: int, codec: Codec) -> None:
    watched = mixer(codec)
    watched.watched = True
    assert mixed(watched, wanted) == mixed(mixer(codec), wanted)
    assert watched.last == Summed(Piece(PCMU, b"D" * FRAME), Piece(PCMU, b"N" * FRAME), None)


def test_what_is_not_watched_is_not_kept() -> None:
    made = mixer()
    mixed(made, 0)
    assert made.last is None


def test_what_is_watched_has_its_place_in_the_recording() -> None:
    time = RecordedTime(FRAME, skips=True)
    time.begin(0)
    made = mixer(toned=time)
    made.watched = True
    made.mix(3 * FRAME, NEVER)
    assert made.last is not None
    assert made.last.place == 2 * FRAME
    made.mix(3 * FRAME + 1, NEVER)
    assert made.last.place == 2 * FRAME, "no frame has been closed since"
