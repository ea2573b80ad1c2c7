"""Lines that are written on a thread, to readers that read, stand still, or come back."""

from __future__ import annotations

import threading

from phone_recorder.adapters.lines import Lines


def test_all_lines_are_written_in_order_before_the_end() -> None:
    written: list[str] = []
    with Lines(written.append) as lines:
        for number in range(500):
            lines.tell(str(number))
    assert written == [str(number) for number in range(500)]


def test_a_reader_that_stands_still_holds_nobody_up_and_the_oldest_lines_are_dropped() -> None:
    written: list[str] = []
    reading, read_on = threading.Event(), threading.Event()

    def write(line: str) -> None:
        reading.set()
        read_on.wait(10)
        written.append(line)

    with Lines(write, most=3) as lines:
        lines.tell("first")
        assert reading.wait(10)
        for number in range(5):
            lines.tell(str(number))
        read_on.set()
    assert written == ["first", "2 lines were dropped: nobody read them in time", "2", "3", "4"]


def test_the_end_does_not_wait_for_ever() -> None:
    for_ever = threading.Event()
    with Lines(lambda line: for_ever.wait(60)) as lines:
        lines.tell("nobody reads this")
    for_ever.set()
