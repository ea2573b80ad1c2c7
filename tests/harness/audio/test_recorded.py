"""A recording's samples, and when each of them was said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phone_recorder.errors import RecordFileError, UsageError
from phone_recorder.harness.audio.ears import hear
from phone_recorder.harness.audio.recorded import DELAY, Stretch, heard
from phone_recorder.harness.scenario.bound import Span
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader
from tests.harness.audio.recordings import FRAME, SECOND, Call, recorded, written

CALL = Call(seconds=6)
VOICE = np.arange(20000, dtype=np.int16)
MIXED = AudioIs("equals", ("near", "far"))


def test_a_part_goes_on_where_the_one_before_ended(tmp_path: Path) -> None:
    frames = CALL.frames()
    whole = heard(recorded(tmp_path, frames))
    files = tuple(
        written(tmp_path / f"part{n}", frames[start:end]) for n, (start, end) in enumerate(((0, 90), (90, 300)))
    )
    parts = heard(replace(recorded(tmp_path, frames), files=files))
    assert parts.samples.tolist() == whole.samples.tolist()
    assert (whole.parts, parts.parts) == ((0,), (0, 90 * FRAME))


def test_a_pause_that_is_skipped_takes_whole_frames_and_no_time(tmp_path: Path) -> None:
    frames = CALL.frames()
    made = recorded(tmp_path, frames[50:100] + frames[201:], start=SECOND, pauses=((16001, 32001),))
    assert heard(made).stretches == (Stretch(0, 8000, 8000), Stretch(8000, 50 * FRAME + 99 * FRAME, 201 * FRAME))
    assert hear(MIXED, made, CALL.evidence()) is None
    assert hear(AudioIs("no clicks"), made, CALL.evidence()) is None


def test_a_pause_that_is_silence_takes_its_time_and_holds_nothing(tmp_path: Path) -> None:
    frames = CALL.frames()
    silent = frames[:125] + [CALL.silence()] * 75 + frames[200:]
    made = recorded(tmp_path, silent, pauses=((20000, 32000),), skips=False)
    within = Span(20000, 32000)
    for what in (MIXED, AudioIs("no clicks"), AudioIs("silent", span=within), AudioIs("lacks", ("far",), within)):
        assert hear(what, made, CALL.evidence()) is None


def test_what_was_said_in_a_pause_is_heard_if_it_is_there(tmp_path: Path) -> None:
    made = recorded(tmp_path, CALL.frames(), pauses=((20000, 32000),), skips=False)
    what = AudioIs("lacks", ("far",), Span(20000, 32000))
    assert hear(what, made, CALL.evidence()) == "far has a likeness of 1.00 between 2.5 s and 4 s"
    assert hear(AudioIs("no clicks"), made, CALL.evidence()) is not None


def test_a_pause_at_the_end_leaves_nothing_after_it(tmp_path: Path) -> None:
    made = recorded(tmp_path, CALL.frames()[:100], pauses=((16000, 48000),))
    assert heard(made).stretches == (Stretch(0, 16000, 0),)


def test_a_voice_is_laid_at_the_instants_of_the_recording(tmp_path: Path) -> None:
    made = heard(recorded(tmp_path, CALL.frames()[:100], start=800, pauses=((2400, 4000),)))
    assert made.align(VOICE, 1598, 1602).tolist() == [2398, 2399, 4000, 4001]
    assert made.align(VOICE, 0, 2, lag=801).tolist() == [0, 0]
    assert made.align(VOICE, 0, 2, lag=799).tolist() == [1, 2]


@pytest.mark.parametrize(("codec", "wide", "delay"), [("PCMA", True, 0), ("G722", True, DELAY), ("G722", False, 0)])
def test_other_codecs_are_read_as_their_header_says(tmp_path: Path, codec: str, wide: bool, delay: int) -> None:
    call = replace(CALL, codec=codec)
    found = heard(recorded(tmp_path, call.frames(), codec), wide)
    assert (found.codec.name, len(found.samples)) == (codec, 6 * SECOND - delay)


def test_what_the_header_does_not_tell_of_is_not_heard(tmp_path: Path) -> None:
    made = recorded(tmp_path, CALL.frames())
    with_header(made.files[0], RecordHeader(PCMU, FRAME, FRAME, 100 * FRAME))
    assert len(heard(made).samples) == 100 * FRAME
    with_header(made.files[0], RecordHeader(PCMU, FRAME, FRAME // 2, 300 * FRAME))
    with pytest.raises(RecordFileError, match="160 bytes last 80 units"):
        heard(made)


def with_header(path: Path, header: RecordHeader) -> None:
    path.write_bytes(bytes(header) + path.read_bytes()[HEADER_SIZE:])


def test_what_is_no_recording_is_said_to_be_none(tmp_path: Path) -> None:
    made = recorded(tmp_path, CALL.frames())
    made.files[0].write_bytes(b"nothing")
    with pytest.raises(RecordFileError, match="cannot read"):
        heard(made)
    made.files[0].unlink()
    with pytest.raises(UsageError, match="cannot read"):
        heard(made)
    assert "cannot read" in (hear(MIXED, made, CALL.evidence()) or "")
