from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.scenario.case import StickPlan
from tests.harness.scenario.everything import case_of, wrong

TWO = "Record_20260101000000.wav: 2 s, Record_20260102000000.wav: 8 s"
"""Files of 16,076 and 64,076 bytes."""


def test_a_stick_is_there_if_it_is_recorded_to(tmp_path: Path) -> None:
    assert case_of(tmp_path, "stick: none").stick is None
    assert case_of(tmp_path, "phone: {settings: {record.mode: sip_info}}").stick is None
    text = "stick: {size: 16 MiB, left: 2 MiB, file system: exFAT, plugged: false, locked: true, slow: 200 ms, "
    text += "most files: 3, largest file: 1 MiB, files: {Record_20260101000000.wav: 30 s}}"
    assert case_of(tmp_path, text).stick == StickPlan(
        16 << 20, 2 << 20, "exFAT", False, True, 200, (("Record_20260101000000.wav", 30.0),), 1 << 20, 3
    )


def test_a_stick_may_be_as_full_as_its_files_make_it(tmp_path: Path) -> None:
    text = f"stick: {{size: 80152, left: 0, largest file: 64076, most files: 2, files: {{{TWO}}}}}"
    assert case_of(tmp_path, text).stick == StickPlan(
        80_152,
        0,
        files=(("Record_20260101000000.wav", 2.0), ("Record_20260102000000.wav", 8.0)),
        largest_file=64_076,
        most_files=2,
    )


def test_files_are_as_large_as_their_codec_makes_them(tmp_path: Path) -> None:
    recorded = "phone: {settings: {record.ptime_ms: 30}}\n"
    stick = "stick: {size: 64 KiB, files: {Record_20260101000000.wav: 10 s}}"
    assert "its files have 79,996 bytes" in wrong(tmp_path, recorded + stick)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("stick: {size: big}", "2: stick.size: 'big' is no size: write bytes"),
        ("stick: {size: 1 MiB, left: 2 MiB}", "2: stick.left: more bytes are left than its 1,048,576"),
        ("stick: {files: {a/b: 3 s}}", "2: stick.files.a/b: no record file is called 'a/b': write Record_2"),
        ("stick: {most files: few}", "2: stick.most files: 'few' is no whole number: write one from 0"),
        ("stick: {largest file: big}", "2: stick.largest file: 'big' is no size: write bytes"),
        (
            f"stick: {{most files: 1, files: {{{TWO}}}}}",
            "2: stick: 2 of at most 1 files are on it: make most files larger",
        ),
        (
            f"stick: {{size: 64 KiB, files: {{{TWO}}}}}",
            "2: stick: its files have 80,152 bytes, and it has 65,536: make size larger, or the files shorter",
        ),
        (
            f"stick: {{largest file: 32 KiB, files: {{{TWO}}}}}",
            "2: stick: Record_20260102000000.wav has 64,076 bytes, and no file on it can have more than 32,768: make",
        ),
        (
            f"stick: {{size: 100 KiB, left: 50 KiB, files: {{{TWO}}}}}",
            "2: stick: its files leave 22,248 of its 102,400 bytes, and 51,200 are to be left: make size larger",
        ),
        ("stick: {files: [a]}", "2: stick.files: it is no mapping"),
        ("stick:", "2: stick: it is no stick: write keys and values"),
    ],
)
def test_a_stick_that_cannot_be_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert wrong(tmp_path, text).startswith(told)
