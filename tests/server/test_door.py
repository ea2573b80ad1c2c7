"""Who was turned away is told, once a second at the most, and all of it in the end."""

from __future__ import annotations

from phone_recorder.recording.units import SECOND
from phone_recorder.server.door import CLOSED, NOT_ALLOWED, TOO_OFTEN, Door


def test_nothing_is_told_of_nothing() -> None:
    assert Door().look(0, {}) == Door().look(0, {CLOSED: 3}) == ""


def test_each_reason_is_told_with_what_lets_more_in() -> None:
    words = Door().look(0, {TOO_OFTEN: 46, NOT_ALLOWED: 2})
    assert words == "connections turned away: 2 not allowed (see --allow), 46 too often (see --connection-rate)"


def test_a_flood_is_told_once_a_second_and_nobody_twice() -> None:
    door = Door()
    told = [door.look(at * SECOND // 10, {TOO_OFTEN: 1 + at}) for at in range(21)]
    assert [(at, words.split()[3]) for at, words in enumerate(told) if words] == [(0, "1"), (10, "10"), (20, "10")]
    assert door.look(9 * SECOND, {TOO_OFTEN: 21}) == ""
