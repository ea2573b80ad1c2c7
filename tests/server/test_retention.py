from __future__ import annotations

from collections.abc import Iterator

import pytest

from phone_recorder.server.entry import Entry
from phone_recorder.server.retention import KEEP_ALL, Retention, Space, giving_way

DAY = 86400
NOW = 1_700_000_000.0
PLENTY = Space(used=600, free=1 << 40)


def recordings(*ages_days: float) -> list[Entry]:
    """Of 100 bytes each, called after their ages."""
    return [Entry(name=f"{age}", started_at=NOW - age * DAY, size=100, state="recorded") for age in ages_days]


def gone(retention: Retention, entries: list[Entry], space: Space = PLENTY) -> list[str]:
    return [gives_way.name for gives_way in giving_way(entries, retention, NOW, space)]


AGES = recordings(40, 31, 30.5, 30, 2, 1)


@pytest.mark.parametrize(
    ("retention", "space", "names"),
    [
        (KEEP_ALL, Space(1 << 40, 0), []),
        (Retention(max_age_s=30 * DAY), PLENTY, ["40", "31", "30.5"]),
        (Retention(max_age_s=50 * DAY), PLENTY, []),
        (Retention(max_age_s=DAY / 2), PLENTY, ["40", "31", "30.5", "30", "2", "1"]),
        (Retention(max_bytes=600), PLENTY, []),
        (Retention(max_bytes=599), PLENTY, ["40"]),
        (Retention(max_bytes=350), PLENTY, ["40", "31", "30.5"]),
        (Retention(max_bytes=1), PLENTY, ["40", "31", "30.5", "30", "2", "1"]),
        (Retention(min_free=1000), Space(600, 1000), []),
        (Retention(min_free=1000), Space(600, 999), ["40"]),
        (Retention(min_free=1000), Space(600, 750), ["40", "31", "30.5"]),
        (Retention(min_free=1000), Space(600, 0), ["40", "31", "30.5", "30", "2", "1"]),
        (Retention(max_age_s=35 * DAY, max_bytes=500, min_free=1000), Space(600, 800), ["40", "31"]),
        (Retention(max_age_s=35 * DAY, max_bytes=300, min_free=1000), Space(600, 800), ["40", "31", "30.5"]),
    ],
)
def test_what_gives_way(retention: Retention, space: Space, names: list[str]) -> None:
    assert gone(retention, AGES, space) == names


def test_a_recording_made_before_the_clock_was_set_has_no_age_but_takes_space() -> None:
    unset = [Entry(name="unset", started_at=12.0, size=100, state="recorded"), *AGES]
    assert gone(Retention(max_age_s=30 * DAY), unset) == ["40", "31", "30.5"]
    assert gone(Retention(max_bytes=500), unset) == ["unset"]


def test_entries_are_taken_no_further_than_they_are_wanted() -> None:
    taken = []

    def entries() -> Iterator[Entry]:
        for entry in AGES:
            taken.append(entry.name)
            yield entry

    assert [gone.name for gone in giving_way(entries(), Retention(max_bytes=500), NOW, PLENTY)] == ["40"]
    assert taken == ["40", "31"]


@pytest.mark.parametrize(
    ("retention", "why"),
    [
        (Retention(max_age_s=36 * 3600), "it is older than 1.5 days"),
        (Retention(max_bytes=2048), "all recordings together had more than 2,048 bytes"),
        (Retention(min_free=1 << 20), "fewer than 1,048,576 bytes were free"),
    ],
)
def test_the_reason_is_a_sentence(retention: Retention, why: str) -> None:
    [first, *_] = giving_way(AGES, retention, NOW, Space(9999, 0))
    assert first.why == why


def test_off() -> None:
    assert KEEP_ALL.off
    assert not Retention(min_free=1).off
