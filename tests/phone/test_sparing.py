"""Lines that come in floods."""

from __future__ import annotations

from phone_recorder.phone.sparing import Sparing
from phone_recorder.sip.timers import VirtualTimers


class Told:
    def __init__(self) -> None:
        self.timers = VirtualTimers()
        self.lines: list[tuple[float, str]] = []
        self.sparing = Sparing(self.timers, lambda line: self.lines.append((self.timers.now(), line)))


def test_lines_that_come_seldom_are_told_at_once_as_they_are() -> None:
    told = Told()
    for line in "abc":
        told.sparing.tell(line)
        told.timers.advance(1.5)
    assert told.lines == [(0, "a"), (1.5, "b"), (3, "c")]
    assert told.timers.waiting == 0


def test_a_flood_is_a_line_a_second_and_none_is_uncounted() -> None:
    told = Told()
    for number in range(2048):
        told.sparing.tell(f"{number} was turned away")
        told.timers.advance(1 / 1024)
    told.timers.advance(10)
    assert told.lines == [
        (0, "0 was turned away"),
        (1, "1023 was turned away (and 1022 more since)"),
        (2, "2047 was turned away (and 1023 more since)"),
    ]


def test_one_that_comes_too_soon_is_told_a_little_later() -> None:
    told = Told()
    told.sparing.tell("a")
    told.timers.advance(0.25)
    told.sparing.tell("b")
    assert told.lines == [(0, "a")]
    told.timers.advance(1)
    assert told.lines == [(0, "a"), (1, "b")]
