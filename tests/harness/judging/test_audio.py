"""Expectations of the audio: which recording is heard, and what comes of hearing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.evidence import Evidence, Recorded
from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.media.packets import encode
from phone_recorder.phone.party import Datagram
from phone_recorder.phone.voices import tone
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpPacket
from tests.harness.judging.evidence import NAME, account, moment, told

FAR = AudioIs("contains", ("far",))
QUIET = Bound(high=-60, text="below -60 dB")
SILENT = AudioIs("silent", span=Span(0, SECOND), bound=QUIET)
PAYLOADS = list(encode([tone(660, 8000)], PCMU, 160))
"""Two seconds of a tone."""


def said(payloads: list[bytes]) -> list[Datagram]:
    return [(n * 160, bytes(RtpPacket(0, n, n * 160, 7, payload))) for n, payload in enumerate(payloads)]


def recorded(directory: Path, payloads: list[bytes], name: str = NAME) -> Recorded:
    path = directory / name
    path.write_bytes(bytes(RecordHeader(PCMU, 160, 160, 160 * len(payloads))) + b"".join(payloads))
    return Recorded(account(gaps=[], gaps_count=0, duration_s=len(payloads) / 50), 0, (path,))


def heard(*recordings: Recorded) -> Evidence:
    return Evidence(
        {}, moment(), recordings, {"near": [], "far": said(PAYLOADS)}, codecs={"near": "PCMU", "far": "PCMU"}
    )


def test_a_voice_that_is_in_the_recording_is_no_failure(tmp_path: Path) -> None:
    assert told(FAR, heard(recorded(tmp_path, PAYLOADS))) == []


def test_a_voice_that_is_not_in_the_recording_is_told_in_one_line(tmp_path: Path) -> None:
    silence = [PCMU.silence(160)] * len(PAYLOADS)
    [line] = told(FAR, heard(recorded(tmp_path, silence)))
    assert line.startswith("at the end, audio contains far, likeness > 0.95: ")
    assert "\n" not in line


def test_the_recording_that_is_named_is_the_one_that_is_heard(tmp_path: Path) -> None:
    silence = [PCMU.silence(160)] * len(PAYLOADS)
    seen = heard(recorded(tmp_path, PAYLOADS), recorded(tmp_path, silence, "second.wav"))
    assert told(SILENT, seen, recording=2) == []
    [line] = told(SILENT, seen, recording=1)
    assert line.startswith("at the end, recording 1, audio silent between 0 s and 1 s, below -60 dB: ")


@pytest.mark.parametrize(
    ("recordings", "why"),
    [
        ((), "nothing was recorded"),
        ((Recorded({}, 0, ()),), "the recording has no file"),
        ((Recorded({}, 0, (Path("/nowhere/a.wav"),)),), "a.wav is not there any more"),
        ((Recorded({}, 0, ()),) * 2, "there are 2 recordings: write `recording: 1` for the first"),
    ],
)
def test_without_a_recording_there_is_nothing_to_hear(recordings: tuple[Recorded, ...], why: str) -> None:
    assert told(SILENT, heard(*recordings)) == [f"at the end, audio silent between 0 s and 1 s, below -60 dB: {why}"]


def test_a_file_that_cannot_be_read_is_a_failure_and_no_trouble(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"not a record file")
    [line] = told(SILENT, heard(Recorded(account(), 0, (tmp_path / NAME,))))
    assert line.startswith("at the end, audio silent between 0 s and 1 s, below -60 dB: ")
    assert line.endswith("the file has 17 bytes, fewer than its header of 76")
