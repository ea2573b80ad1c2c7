"""The loudest samples of a recording, and their picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from array import array
from pathlib import Path

import pytest

from phone_recorder.media import g711
from phone_recorder.media.codecs import decoder, encoder
from phone_recorder.web.wav_stream import recorded_audio
from phone_recorder.web.waveform import LOOKED_AT, peaks, svg
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from tests.record_bytes import record, speech


def peaks_of(directory: Path, data: bytes, codec: bytes, columns: int) -> list[int]:
    path = directory / "Record_20260314150926.wav"
    path.write_bytes(record(data, codec, 160, 160))
    return list(peaks(recorded_audio(path), columns))


@pytest.mark.parametrize("law", [PCMU, PCMA])
def test_the_peaks_of_g711_are_exact(tmp_path: Path, law: Codec) -> None:
    data = speech(8000)
    expected = [max(map(abs, g711.decode(law, data[start : start + 1000]))) for start in range(0, 8000, 1000)]
    assert peaks_of(tmp_path, data, law.name.encode(), 8) == expected


def test_the_loudest_and_the_softest_code_of_pcmu(tmp_path: Path) -> None:
    assert peaks_of(tmp_path, b"\xff" * 160 + b"\xff" * 159 + b"\x00" + b"\x80" * 160, b"PCMU", 3) == [0, 32124, 32124]


def test_the_peaks_of_g722_are_those_of_the_whole_as_it_sounds(tmp_path: Path) -> None:
    tone = array("h", ([6000] * 16 + [-6000] * 16) * 500 + [0] * 16000)
    data = encoder(G722, 16000).encode(tone)
    pcm = decoder(G722, 16000).decode(data)
    expected = [max(map(abs, pcm[start : start + 80])) for start in range(0, 32000, 80)]
    assert peaks_of(tmp_path, data, b"G722", 400) == expected
    assert max(expected) > 5000


def test_a_recording_shorter_than_the_picture_and_one_without_audio(tmp_path: Path) -> None:
    assert peaks_of(tmp_path, b"\x80", b"PCMU", 4) == [0, 0, 0, 32124]
    assert peaks_of(tmp_path, b"", b"PCMU", 4) == [0, 0, 0, 0]


def test_of_a_very_long_stretch_the_beginning_is_looked_at(tmp_path: Path) -> None:
    data = b"\xff" * LOOKED_AT + b"\x80" * LOOKED_AT
    assert peaks_of(tmp_path, data, b"PCMU", 1) == [0]
    assert peaks_of(tmp_path, data, b"PCMU", 2) == [0, 32124]


def test_the_picture_has_a_bar_for_each_level_and_the_loudest_is_as_high_as_the_picture() -> None:
    picture = ET.fromstring(svg([0, 4000, 8000]))
    [path] = picture
    assert picture.attrib["viewBox"] == "0 0 3 200"
    assert path.attrib["d"] == "M0.5 99v2M1.5 50v100M2.5 0v200"


def test_what_is_soft_all_the_time_looks_soft() -> None:
    [path] = ET.fromstring(svg([512, 256]))
    assert path.attrib["d"] == "M0.5 50v100M1.5 75v50"
