"""Expectations of a recording's account."""

from __future__ import annotations

from typing import Any

import pytest

from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import AccountSays
from tests.harness.judging.evidence import account, evidence, exactly, moment, told, told_of

FAULTS = [{"at_s": 1.0, "error": "no sync: an input/output error"}]


@pytest.mark.parametrize(
    ("path", "wanted", "changes"),
    [
        ("state", "recorded", {}),
        ("reason", "/^record/", {}),
        ("reason", "", {"reason": ""}),
        ("gaps_count", exactly(1), {}),
        ("gaps", exactly(1), {}),
        ("gaps.0.start_s", exactly(3), {}),
        ("gaps.0.stream", "far", {}),
        ("gaps_s.far", Bound(0.03, 0.05, "40 ms ± 10 ms"), {}),
        ("gaps_s.near", exactly(0), {}),
        ("streams", exactly(2), {}),
        ("streams.far.lost", Bound(high=2, text="at most 2"), {}),
        ("streams.1.received", exactly(498), {}),
        ("parts", exactly(1), {}),
        ("parts.0.path", "Record_20260302100000.wav", {}),
        ("paused_s", Bound(1.98, 2.02, "2 s ± 20 ms"), {}),
        ("remaining_s", "null", {}),
        ("covered", "Record_1.wav", {"covered": ["Record_0.wav", "Record_1.wav"]}),
        ("faults", "input/output", {"faults": FAULTS}),
        ("faults.0.error", "input/output", {"faults": FAULTS}),
        ("state", "/^record/", {}),
        ("streams.far.name", "far", {}),
        ("parts.0.path", exactly(603), {"parts": [{"path": "603 Decline"}]}),
    ],
)
def test_it_says_what_is_expected(path: str, wanted: Bound | str, changes: dict[str, Any]) -> None:
    assert told_of(AccountSays({path: wanted}), accounts=(account(**changes),)) == []


@pytest.mark.parametrize(
    ("path", "wanted", "changes", "line"),
    [
        ("state", "failed", {}, 'state failed: it is "recorded"'),
        ("state", "record", {}, 'state record: it is "recorded"'),
        ("codec", "PCM", {}, 'codec PCM: it is "PCMU"'),
        ("mode", "loc", {}, 'mode loc: it is "local"'),
        ("id", "00f", {}, 'id 00f: it is "00ff"'),
        ("gaps.0.stream", "fa", {}, 'gaps.0.stream fa: it is "far"'),
        ("foreign", "1", {"foreign": 10}, 'foreign 1: it is "10"'),
        ("remaining_s", "nu", {}, 'remaining_s nu: it is "null"'),
        ("parts.0.path", exactly(60), {"parts": [{"path": "603"}]}, 'parts.0.path 60: it is "603"'),
        ("reason", Bound(0, 0), {"reason": ""}, 'reason 0 to 0: it is "", which is no number'),
        ("reason", "", {}, 'reason "": it is "record key"'),
        ("reason", "full", {"reason": ""}, "reason full: it is empty"),
        ("gaps_count", exactly(0), {}, "gaps_count 0: it is 1"),
        ("gaps", exactly(0), {}, "gaps 0: it is 1"),
        ("gaps_s.near", exactly(1), {}, "gaps_s.near 1: it is 0"),
        ("gaps_s.far", exactly(0), {}, "gaps_s.far 0: it is 0.04"),
        ("streams.far.lost", Bound(high=1, text="at most 1"), {}, "streams.far.lost at most 1: it is 2"),
        ("parts", exactly(2), {}, "parts 2: it is 1"),
        ("remaining_s", exactly(3), {}, 'remaining_s 3: it is "null", which is no number'),
        ("state", exactly(3), {}, 'state 3: it is "recorded"'),
        ("gaps_s", exactly(0), {}, "gaps_s 0: it is no number: name one of its fields, far"),
        ("gaps_s", exactly(0), {"gaps_s": {}}, "gaps_s 0: it is empty"),
        ("covered", "Record_1.wav", {}, "covered Record_1.wav: it is empty"),
        (
            "gap_count",
            exactly(0),
            {},
            "gap_count 0: the account has no gap_count: the nearest that it has is gaps_count",
        ),
        (
            "streams.fra.lost",
            exactly(0),
            {},
            "streams.fra.lost 0: the account has no streams.fra.lost: the nearest that it has is streams.far.lost",
        ),
        (
            "parts.1.path",
            "Record",
            {},
            "parts.1.path Record: the account has no parts.1.path: the nearest that it has is parts.0.path",
        ),
        (
            "state.now",
            "recorded",
            {},
            "state.now recorded: the account has no state.now: the nearest that it has is state",
        ),
        (
            "gaps_s.fra",
            exactly(0),
            {},
            "gaps_s.fra 0: the account has no gaps_s.fra: the nearest that it has is gaps_s.far",
        ),
    ],
)
def test_it_says_what_it_is_instead(path: str, wanted: Bound | str, changes: dict[str, Any], line: str) -> None:
    lines = told_of(AccountSays({path: wanted}), accounts=(account(**changes),))
    assert lines == [f"at the end, account {line}"]


def test_a_field_that_is_like_no_other_is_told_what_there_is() -> None:
    [line] = told_of(AccountSays({"zzz": exactly(0)}), accounts=(account(),))
    assert line.startswith("at the end, account zzz 0: the account has no zzz: it has id, mode, codec, state, reason")


def test_each_field_that_is_otherwise_has_a_line() -> None:
    what = AccountSays({"state": "failed", "gaps_count": exactly(1), "foreign": exactly(3)})
    assert told_of(what) == [
        'at the end, account state failed: it is "recorded"',
        "at the end, account foreign 3: it is 0",
    ]


def test_one_of_several_recordings_must_be_named() -> None:
    what, two = AccountSays({"reason": "drive full", "foreign": exactly(0)}), (account(), account(reason="drive full"))
    seen = evidence(moment(accounts=two))
    assert told(what, seen) == ["at the end, account: there are 2 recordings: write `recording: 1` for the first"]
    assert told(what, seen, 2) == []
    assert told(what, seen, 1) == ['at the end, recording 1, account reason "drive full": it is "record key"']


def test_without_a_recording_there_is_no_account() -> None:
    assert told_of(AccountSays({"state": "recorded"}), accounts=()) == ["at the end, account: nothing was recorded"]
