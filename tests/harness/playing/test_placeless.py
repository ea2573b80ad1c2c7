"""Texts of the evidence name files as if the case's directory were the root."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
import pytest

from phone_recorder.control_api import Screen
from phone_recorder.control_api.shown import Line
from phone_recorder.harness.evidence import Evidence, FileSeen
from phone_recorder.harness.playing.placeless import placeless
from phone_recorder.harness.runner.keeping import PACKETS
from phone_recorder.harness.scenario.actions import Stick
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.harness.playing.cases import RECORD, SERVER, case, played

PLACE = Path("/tmp/one")
HEADER = RecordHeader(PCMU, 160, 160, 0)


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("cannot write to /tmp/one/stick: full", "cannot write to /stick: full"),
        ("/tmp/one/stick and /tmp/one/server", "/stick and /server"),
        ("Recording", "Recording"),
        ({"parts": [{"path": "/tmp/one/stick/a.wav", "size": 3}]}, {"parts": [{"path": "/stick/a.wav", "size": 3}]}),
        ((1, ("/tmp/one/a", None)), (1, ("/a", None))),
        (FileSeen("a", 1, HEADER, "/tmp/one/a is short"), FileSeen("a", 1, HEADER, "/a is short")),
        (
            Screen("Menu", "en", prompt="/tmp/one/a", lines=(Line("/tmp/one/b"), Line("c"))),
            Screen("Menu", "en", prompt="/a", lines=(Line("/b"), Line("c"))),
        ),
        (PLACE / "a.wav", PLACE / "a.wav"),
    ],
)
def test_texts_lose_the_place(value: Any, seen: Any) -> None:
    assert placeless(value, PLACE) == seen


def test_what_has_no_such_text_is_the_same_still() -> None:
    file = FileSeen("a", 1, HEADER)
    assert placeless(file, PLACE) is file
    assert placeless(FileSeen("a", 1, HEADER, "/tmp/one"), PLACE).header is HEADER


@pytest.mark.parametrize("settings", [{}, SERVER])
def test_no_text_of_a_cases_evidence_tells_where_it_was_played(tmp_path: Path, settings: dict[str, object]) -> None:
    spoilt = case(RECORD, (1, Stick("bad once")), (3, Stick("bad")), settings=settings, looks=(2, 4))
    evidence = played(tmp_path, spoilt)
    for name, text in texts(evidence).items():
        assert str(tmp_path) not in text, name
    if not settings:
        assert evidence.recordings[0].account["parts"][0]["path"] == "/stick/Record_20260302100000.wav"
    assert all(path.is_relative_to(tmp_path) and path.is_file() for path in evidence.recordings[0].files)


def texts(evidence: Evidence) -> dict[str, str]:
    """All but packets and the paths of files, as JSON by field."""
    found = {field.name: getattr(evidence, field.name) for field in fields(Evidence) if field.name not in PACKETS}
    found["recordings"] = [one.account for one in evidence.recordings]
    return {name: json.dumps(msgspec.to_builtins(value, enc_hook=str)) for name, value in found.items()}
