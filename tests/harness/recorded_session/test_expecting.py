"""What is expected of a session: what was seen, where it can be said, and nothing that is of a moment."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from phone_recorder import control_api as api
from phone_recorder.harness.evidence import FileSeen
from phone_recorder.harness.recorded_session.expecting import Entry, expected
from phone_recorder.harness.recorded_session.session import Kept, Session
from phone_recorder.harness.recorded_session.steps import steps_of
from phone_recorder.recording.units import from_seconds
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.harness.recorded_session.sessions import SCREEN, account, done, look, session

RECORD = api.PressKey("record")
FILE = FileSeen("Record_1.wav", 24_076, RecordHeader(PCMU, 160, 160, 24_000))
SEEN: list[Entry] = [
    {"at": "1.5 s", "state": {"key": "recording", "call": "connected"}},
    {"at": "1.5 s", "screen": {"icon": "recording", "prompt": "Recording", "lamp": "on"}},
]


def expects(made: Session, *ends: float) -> list[Entry]:
    return list(expected(made, steps_of(made.done, False).steps, map(from_seconds, ends)))


def left(*accounts: dict[str, Any], files: tuple[FileSeen, ...] = (FILE,), spoke: tuple[str, ...] = ()) -> list[Entry]:
    """What is expected at the end."""
    return expects(session(recordings=tuple(Kept(one, spoke) for one in accounts), files=files))


def test_what_was_seen_after_a_step_is_expected() -> None:
    assert expects(session(done(1, RECORD), looks=(look(1),)), 10) == SEEN


@pytest.mark.parametrize("other", [1.2, 1.5])
def test_nothing_is_expected_that_another_step_may_have_changed(other: float) -> None:
    assert expects(session(done(1, RECORD), done(other, RECORD), looks=(look(1),)), 10) == []


@pytest.mark.parametrize("end", [1.3, 1.5, 1.7])
def test_nothing_is_expected_where_a_call_ends(end: float) -> None:
    assert expects(session(done(1, RECORD), looks=(look(1),)), end) == []


@pytest.mark.parametrize(
    ("prompt", "expected_"),
    [
        ("Recording saved: 1 file", "Recording saved: 1 file"),
        ("Recording failed: the drive is full: 200 bytes are free", "Recording failed: the drive is full"),
        ("录音失败：磁盘已满：还剩 200 字节", "录音失败：磁盘已满"),  # noqa: RUF001  # as the phone says it
        ("Exported to /media/usb/x.wav", None),
        ("", None),
    ],
)
def test_details_and_paths_are_of_a_moment(prompt: str, expected_: str | None) -> None:
    made = session(done(1, RECORD), looks=(look(1, replace(SCREEN, prompt=prompt)),))
    screen = expects(made, 10)[1]["screen"]
    assert isinstance(screen, dict) and screen.get("prompt") == expected_


def test_a_phone_without_a_record_key_has_no_lamp_for_it() -> None:
    made = session(done(1, RECORD), looks=(look(1, replace(SCREEN, dss=())),))
    assert expects(made, 10)[1]["screen"] == {"icon": "recording", "prompt": "Recording"}


def test_when_settings_count_is_told_by_the_real_phone_alone_until_a_key_is_pressed() -> None:
    change = api.SetSettings({"record.codec": "PCMA"})
    looks = (look(1), look(3))
    prompts = [
        entry["screen"]
        for entry in expects(session(done(1, change), done(3, RECORD), looks=looks), 10)
        if "screen" in entry
    ]
    assert ["prompt" in screen for screen in prompts if isinstance(screen, dict)] == [False, True]


def test_a_recording_is_expected_with_its_file_its_account_and_who_spoke() -> None:
    assert left(account(), spoke=("near", "far")) == [
        {"files": {"count": 1, "duration": "3 s ± 200 ms", "whole": True}},
        {"account": {"state": "recorded", "reason": "record key", "parts": 1, "gaps_count": 0}},
        {"audio": {"contains": "near, far", "no clicks": None}},
    ]


def test_several_recordings_are_numbered_and_their_files_together() -> None:
    entries = left(account(), account(id="b", parts=[], state="failed", duration_s=0), files=(FILE, FILE))
    assert entries[0] == {"files": {"count": 2, "total": "6 s ± 400 ms", "whole": True}}
    assert [entry.get("recording") for entry in entries[1:]] == [1, 1, 2]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"gaps_count": 3}, {"gaps_count": "at most 3"}),
        ({"reason": "the drive is full: 200 bytes are free"}, {"reason": "the drive is full"}),
        ({"reason": ""}, {"reason": None}),
    ],
)
def test_the_account_says_what_is_not_of_a_moment(more: dict[str, Any], says: dict[str, Any]) -> None:
    said = left(account(**more))[1]["account"]
    assert isinstance(said, dict) and {key: said.get(key) for key in says} == says


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ({"duration_s": 0.2}, ["files", "account"]),
        ({"parts": []}, ["files", "account"]),
        ({"state": "recording"}, ["files"]),
        ({"mode": "server", "parts": []}, ["account"]),
    ],
)
def test_nothing_is_heard_where_there_is_nothing_to_hear(more: dict[str, Any], kinds: list[str]) -> None:
    assert [next(iter(entry)) for entry in left(account(**more))] == kinds


def test_a_file_that_something_is_wrong_with_is_not_expected_to_be_whole() -> None:
    bad = FileSeen(FILE.name, FILE.size, FILE.header, "its header is behind")
    assert left(account(), files=(bad,))[0] == {"files": {"count": 1, "duration": "3 s ± 200 ms"}}
