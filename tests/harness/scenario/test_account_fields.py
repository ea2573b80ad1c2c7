from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from phone_recorder.harness.scenario.account_fields import FIELDS, WHOLE
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import AccountSays
from tests.harness.scenario.everything import expected_of, wrong


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("account: {state: recorded}", AccountSays({"state": "recorded"})),
        (
            "account: {state: /recorded|cut short/, mode: sip_info}",
            AccountSays({"state": "/recorded|cut short/", "mode": "sip_info"}),
        ),
        ("account: {reason: 5, started_at: 2026}", AccountSays({"reason": "5", "started_at": "2026"})),
        ("account: {gaps_count: '/[0-3]/'}", AccountSays({"gaps_count": "/[0-3]/"})),
        ("account: {covered: Record_20260101000000.wav}", AccountSays({"covered": "Record_20260101000000.wav"})),
        ("account: {streams.far.lost: at most 2}", AccountSays({"streams.far.lost": Bound(-inf, 2, "at most 2")})),
        ("account: {paused_s: 2 s ± 20 ms}", AccountSays({"paused_s": Bound(1.98, 2.02, "2 s ± 20 ms")})),
        (
            "account: {gaps_s.far: 0.5, gaps.0.start_s: 1 s}",
            AccountSays({"gaps_s.far": Bound(0.5, 0.5, "0.5"), "gaps.0.start_s": Bound(1, 1, "1 s")}),
        ),
        (
            "account: {parts.0.bytes: 1 KiB, parts: 1}",
            AccountSays({"parts.0.bytes": Bound(1024, 1024, "1 KiB"), "parts": Bound(1, 1, "1")}),
        ),
        (
            "account: {reason: '/drive .* full/', remaining_s: null}",
            AccountSays({"reason": "/drive .* full/", "remaining_s": "null"}),
        ),
    ],
)
def test_what_can_be_expected_of_an_account(tmp_path: Path, text: str, what: AccountSays) -> None:
    assert expected_of(tmp_path, text).what == what


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("[{account: {reson: x}}]", "2: expect.1.account.reson: an account has no such field: did you mean reason"),
        ("[{account: {paused_s: long}}]", "2: expect.1.account.paused_s: 'long' is no time: write one such as 3 s"),
        ("[{account: {}}]", "2: expect.1.account: it names no fields: write some, such as gaps_count: 0"),
        ("[{account: {parts..path: x}}]", "2: expect.1.account.parts..path: an account has no such field"),
        ("[{account: {state: a}}]", "2: expect.1.account.state: 'a' is none of what it can be: write one of recording"),
        ("[{account: {state: record}}]", "2: expect.1.account.state: 'record' is none of what it can be: did you mean"),
        ("[{account: {mode: usb}}]", "2: expect.1.account.mode: 'usb' is none of what it can be: write one of local"),
        ("[{account: {codec: pcmu}}]", "2: expect.1.account.codec: 'pcmu' is none of what it can be: write one of"),
        ("[{account: {reason: }}]", "2: expect.1.account.reason: it says nothing: write a text"),
        (
            "[{account: {gaps_count: none}}]",
            "2: expect.1.account.gaps_count: 'none' is no whole number: write one such as 3",
        ),
    ],
)
def test_what_cannot_be_expected_of_an_account_is_told(tmp_path: Path, expect: str, told: str) -> None:
    assert wrong(tmp_path, f"expect: {expect}").startswith(told)


def test_words_of_which_there_are_few_are_compared_whole() -> None:
    assert {"state", "mode", "codec", "id"} <= WHOLE
    assert {"reason", "started_at"} <= FIELDS.keys() - WHOLE
