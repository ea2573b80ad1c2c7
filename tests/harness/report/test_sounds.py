"""What is heard and seen of a recording."""

from __future__ import annotations

import io
import wave
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phone_recorder.harness.evidence import Failure
from phone_recorder.harness.report.room import Room
from phone_recorder.harness.report.sounds import LONGEST, Sound, sound, sounds
from phone_recorder.harness.scenario.expected import AudioIs, Expectation
from phone_recorder.recording.units import SECOND
from tests.harness.audio.recordings import Call
from tests.harness.audio.recordings import recorded as recorded_in
from tests.harness.report.results import case, evidence, loud, recorded, result

SQUARE = np.tile(np.repeat(np.array([8000, -8000], np.int16), 8), SECOND // 16)
"""A second of 500 Hz."""


def heard(one: Sound) -> bytes:
    with wave.open(io.BytesIO(b64decode(one.wav.partition(",")[2]))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SECOND, 1, 2)
        samples: bytes = file.readframes(file.getnframes())
        return samples


def test_the_sound_is_every_sample() -> None:
    assert heard(sound("x", SQUARE, Room())) == SQUARE.astype("<i2").tobytes()


def test_long_sound_is_cut_and_says_so() -> None:
    made = sound("x", np.resize(SQUARE, LONGEST + 10 * SECOND), Room())
    assert made.note == "the first 3 min of 3 min 10 s can be heard"
    assert len(heard(made)) == 2 * LONGEST
    assert made.length_s == 190


def test_where_the_page_is_full_there_is_no_sound_but_a_picture() -> None:
    made = sound("x", SQUARE, Room(0))
    assert made.note == "1 s; no sound here, for the page is large enough: play this case alone"
    assert (made.wav, bool(made.wave), bool(made.picture)) == ("", True, True)


def test_no_audio_is_said_to_be_none() -> None:
    assert sound("x", np.zeros(0, np.int16), Room()) == Sound("x", "there is no audio in it")


def test_a_recording_stands_above_what_was_said_meanwhile(tmp_path: Path) -> None:
    made = list(sounds(result("failed"), evidence([recorded(tmp_path, loud())]), Room()))
    assert [one.name for one in made] == ["recording", "near, said meanwhile", "far, said meanwhile"]
    assert heard(made[0]) == heard(made[2]) != heard(made[1])


def test_a_voice_is_that_of_the_recordings_own_time(tmp_path: Path) -> None:
    one = replace(recorded(tmp_path, loud(), 1), start=SECOND // 2)
    made = list(sounds(result("failed"), evidence([one]), Room()))
    assert {one.length_s for one in made} == {1.0}


def test_what_is_wrong_is_marked_in_the_recording_and_in_what_was_said(tmp_path: Path) -> None:
    one = Expectation(AudioIs("no clicks"), line=9)
    failure = Failure("at the end, audio no clicks", "at 0.5 s it leaps", None, 9)
    failed = result("failed", case=case(expected=(one,)), failures=(failure,))
    made = list(sounds(failed, evidence([recorded(tmp_path, loud())]), Room()))
    assert [[fault.label for fault in one.faults] for one in made] == [["no clicks"], [""], [""]]


def test_several_recordings_are_counted(tmp_path: Path) -> None:
    one = recorded(tmp_path, loud())
    names = [made.name for made in sounds(result("failed"), evidence([one, one], said={}), Room())]
    assert names == ["recording 1", "recording 2"]


def test_without_a_recording_there_are_the_voices_alone() -> None:
    assert [one.name for one in sounds(result("failed"), evidence(), Room())] == ["near, said", "far, said"]


def test_a_recording_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    one = recorded(tmp_path, loud())
    one.files[0].write_bytes(b"RIFF")
    (first, *_) = sounds(result("failed"), evidence([one]), Room())
    assert first.name == "recording"
    assert first.note.startswith("it cannot be read: ")


def test_a_recording_that_came_to_nothing_has_no_file(tmp_path: Path) -> None:
    nothing = replace(recorded(tmp_path, loud()), files=())
    assert list(sounds(result("failed"), evidence([nothing]), Room())) == [Sound("recording", "it has no file")]


def test_a_recording_whose_file_is_gone_says_why(tmp_path: Path) -> None:
    one = recorded(tmp_path, loud())
    one.files[0].unlink()
    assert next(iter(sounds(result("failed"), evidence([one]), Room()))).note.startswith("it cannot be read: ")


@pytest.mark.parametrize(("said_in", "delay"), [("PCMU", 0), ("G722", 11)])
def test_only_what_went_through_the_filters_of_g722_is_late(said_in: str, delay: int, tmp_path: Path) -> None:
    call = Call("tone:440", "none", 2, "G722", said_in)
    seen = replace(call.evidence(), recordings=(recorded_in(tmp_path, call.frames(), "G722"),))
    [one, *_] = sounds(result("failed"), seen, Room())
    assert one.length_s == (2 * SECOND - delay) / SECOND
