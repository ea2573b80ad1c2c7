from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from typing import get_args

import pytest

from phone_recorder.recording.account import (
    MAX_GAPS,
    Account,
    Fault,
    Gap,
    GapLog,
    Health,
    Name,
    Part,
    State,
    StreamCounts,
)
from phone_recorder.recording.units import from_ms, from_ns, from_seconds, to_seconds

FRAME = 160
NAMES = [field.name for field in fields(StreamCounts)]


def counts(first: int) -> StreamCounts:
    """A different number for each."""
    return StreamCounts(*(first * 10**n for n in range(len(NAMES))))


def test_counts_are_added_name_by_name() -> None:
    assert counts(1).plus(counts(2)) == counts(3)
    assert counts(1).plus(StreamCounts()) == counts(1)


def log(*gaps: tuple[str, int, int]) -> GapLog:
    made = GapLog()
    for gap in gaps:
        made.add(*gap)
    return made


def test_neighbours_are_one_gap() -> None:
    made = log(("near", 0, 160), ("near", 160, 160), ("near", 480, 160))
    assert made.gaps == [Gap("near", 0, 320), Gap("near", 480, 160)]
    assert (made.count, made.total) == (2, {"near": 480})


def test_neighbours_are_of_one_stream() -> None:
    made = log(("near", 0, 160), ("far", 160, 160), ("near", 160, 160), ("far", 320, 80))
    assert made.gaps == [Gap("near", 0, 320), Gap("far", 160, 240)]
    assert (made.count, made.total) == (2, {"near": 320, "far": 240})


@pytest.mark.parametrize("start", [159, 161])
def test_a_unit_apart_is_apart(start: int) -> None:
    assert log(("near", 0, 160), ("near", start, 160)).count == 2


def test_gaps_are_bounded_and_all_are_counted() -> None:
    made = log(*(("far", n * 2 * FRAME, FRAME) for n in range(MAX_GAPS + 500)))
    assert (len(made.gaps), made.count) == (MAX_GAPS, MAX_GAPS + 500)
    assert made.total == {"far": (MAX_GAPS + 500) * FRAME}
    assert made.gaps[-1] == Gap("far", (MAX_GAPS - 1) * 2 * FRAME, FRAME)
    made.add("far", (MAX_GAPS + 499) * 2 * FRAME + FRAME, FRAME)
    assert (len(made.gaps), made.count) == (MAX_GAPS, MAX_GAPS + 500)


def test_the_document_of_an_account() -> None:
    account = Account("7f", "local", "PCMU", "recorded", "record key", "2026-01-02T03:04:05.678", 12_000, 4_000)
    account.parts = (Part("/usb/a.wav", 12_076, 75, 1.5),)
    account.gaps.add("far", 800, 160)
    account.streams["mixed"] = StreamCounts(75, 1, 2, 3, 4, 5, 6, 7, 8)
    account.health = Health(720_000, 0, (Fault(8000, "an I/O error"),), ("Record_20240131120000.wav",))
    document = account.document()
    assert document == {
        "id": "7f",
        "mode": "local",
        "codec": "PCMU",
        "state": "recorded",
        "reason": "record key",
        "started_at": "2026-01-02T03:04:05.678",
        "duration_s": 1.5,
        "paused_s": 0.5,
        "parts": [{"path": "/usb/a.wav", "bytes": 12_076, "packets": 75, "duration_s": 1.5}],
        "gaps": [{"stream": "far", "start_s": 0.1, "duration_s": 0.02}],
        "gaps_count": 1,
        "gaps_s": {"far": 0.02},
        "faults": [{"at_s": 1.0, "error": "an I/O error"}],
        "covered": ["Record_20240131120000.wav"],
        "remaining_s": 90.0,
        "foreign": 0,
        "streams": [
            {
                "name": "mixed",
                "received": 75,
                "lost": 1,
                "late": 2,
                "duplicate": 3,
                "bad": 4,
                "other": 5,
                "ssrc_changes": 6,
                "jumps": 7,
                "drifts": 8,
            }
        ],
    }
    assert json.loads(json.dumps(document)) == document
    words = {key: value for each in (document, *document["gaps"], *document["streams"]) for key, value in each.items()}
    assert {name for name in get_args(Name) if not isinstance(words[name], str) or " " in words[name]} == set()


def test_an_account_begins_as_one_that_is_recording() -> None:
    document = Account("1", "server", "G722").document()
    assert (document["state"], document["parts"], document["gaps"], document["streams"]) == ("recording", [], [], [])
    assert document["state"] in get_args(State)


def test_accounts_share_nothing() -> None:
    one, other = Account("1", "local", "PCMU"), Account("2", "local", "PCMU")
    one.gaps.add("far", 0, 1)
    one.streams["mixed"] = StreamCounts()
    assert (other.gaps.count, other.gaps.total, other.streams) == (0, {}, {})


@pytest.mark.parametrize(
    ("seconds", "units"), [(0.3, 2400), (0.1, 800), (0.0001, 1), (0.00006, 0), (86_400.0, 691_200_000)]
)
def test_seconds_in_units(seconds: float, units: int) -> None:
    assert from_seconds(seconds) == units


def test_other_units_of_time() -> None:
    assert (from_ms(20), from_ms(60), from_ns(125_000), from_ns(124_999), from_ns(10**9)) == (160, 480, 1, 0, 8000)
    assert to_seconds(160) == 0.02


def test_one_that_begins_has_an_id_of_32_digits_and_a_time_with_its_zone() -> None:
    at = datetime(2024, 1, 31, 12, 0, 0, 5000, timezone(timedelta(hours=8)))
    account = Account.begun(lambda bits: bits, "local", "PCMU", at)
    assert account.id == f"{128:032x}" and datetime.fromisoformat(account.started_at) == at
    assert (account.mode, account.codec, account.state) == ("local", "PCMU", "recording")
