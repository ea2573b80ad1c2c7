"""Where a recording of another device begins, by what is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from phone_recorder.harness.evidence import Recorded
from phone_recorder.harness.subjects.aligned import REACH, on_its_grid
from phone_recorder.phone.parties import Line, make_party
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpPacket
from tests.harness.audio.recordings import Call, recorded

FAR = Path(__file__).parents[3] / "fixtures" / "speech" / "far_en.wav"
START = 2 * SECOND


def said(voice: str) -> list[Datagram]:
    return make_party(voice, True, Line(PCMU, 160, 0, 5 * SECOND), Random(1)).packets(5 * SECOND)


def recording(tmp_path: Path, voice: str, late: int, told: int = START) -> Recorded:
    """Two seconds of what was said from START on, which begin `late` units after the recording's own beginning."""
    audio = b"".join(RtpPacket.parse(data).payload for _, data in said(voice))
    first = START - late
    data = audio[first : first + 2 * SECOND]
    path = tmp_path / "Record_1.wav"
    path.write_bytes(bytes(RecordHeader(PCMU, 160, 160, len(data))) + data)
    return Recorded({}, told, (path,))


@pytest.mark.parametrize("late", [0, 1, 7, 160, 170, REACH, -33])
@pytest.mark.parametrize("voice", [str(FAR)])
def test_its_start_is_found_to_the_sample(voice: str, late: int, tmp_path: Path) -> None:
    assert on_its_grid(recording(tmp_path, voice, late), {"far": said(voice)}, 0).start == START - late


def test_a_tone_is_where_it_is_nearest(tmp_path: Path) -> None:
    found = on_its_grid(recording(tmp_path, "tone:400", 3), {"far": said("tone:400")}, 0)
    assert found.start == START - 3


def test_what_is_further_off_is_not_explained_away(tmp_path: Path) -> None:
    late = REACH + 800
    recorded, voices = recording(tmp_path, str(FAR), late), {"far": said(str(FAR))}
    assert abs(on_its_grid(recorded, voices, 0).start - START) <= REACH
    assert on_its_grid(recorded, voices, 800).start == START - late


@pytest.mark.parametrize(
    "spoil",
    [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:76])],
    ids=["gone", "empty"],
)
def test_what_has_no_sound_is_left_as_it_is(spoil: Callable[[Path], object], tmp_path: Path) -> None:
    recorded = recording(tmp_path, str(FAR), 7)
    spoil(recorded.files[0])
    assert on_its_grid(recorded, {"far": said(str(FAR))}, 0) == recorded


@pytest.mark.parametrize("said_in", ["PCMU", "G722"])
def test_a_recording_in_g722_begins_where_it_does_whatever_was_said_in(said_in: str, tmp_path: Path) -> None:
    call = Call(str(FAR), "none", 4, "G722", said_in)
    one = recorded(tmp_path, call.frames(), "G722", start=5)
    assert abs(on_its_grid(one, {"near": list(call.evidence().said["near"])}, 0).start) <= 1
