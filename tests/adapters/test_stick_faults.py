from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path

import pytest

from phone_recorder.adapters.medium import Access, Refused
from phone_recorder.adapters.stick_faults import Faults, Insertion, Limits

LOOK, CHANGE, WRITE, SYNC = Access
DEADLINE_S = 10
AN_HOUR_MS = 3_600_000


class Waits:
    """How long was waited, and for how long the event is still to come."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, event: threading.Event, seconds: float) -> bool:
        if not event.is_set():
            self.seconds.append(seconds)
        return event.is_set()


def inserted(faults: Faults, waits: Waits | None = None) -> Insertion:
    return Insertion(faults, waits or Waits(), lambda _: None)


def failing(insertion: Insertion) -> dict[Access, int | None]:
    """Which accesses fail, and how."""
    found = {}
    for access in Access:
        try:
            insertion.ask(access)
        except OSError as error:
            found[access] = error.errno
    return found


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        (Faults(), {}),
        (Faults(delay_ms=2000), {}),
        (Faults(locked=True), {CHANGE: errno.EROFS, WRITE: errno.EROFS}),
        (Faults(bad=True), {SYNC: errno.EIO}),
        (Faults(locked=True, bad=True), {CHANGE: errno.EROFS, WRITE: errno.EROFS, SYNC: errno.EIO}),
    ],
)
def test_each_fault_has_its_errors(faults: Faults, expected: dict[Access, int]) -> None:
    assert failing(inserted(faults)) == expected


def test_of_a_stick_that_was_pulled_everything_fails_whatever_else_is_wrong_with_it() -> None:
    insertion = inserted(Faults(locked=True, bad=True))
    assert insertion.present()
    insertion.pull()
    assert not insertion.present()
    assert failing(insertion) == dict.fromkeys(Access, errno.ENODEV)


def test_a_slow_stick_takes_its_time_for_writes_and_syncs_alone() -> None:
    waits = Waits()
    insertion = inserted(Faults(delay_ms=250), waits)
    for access, expected in {LOOK: [], CHANGE: [], WRITE: [0.25], SYNC: [0.25, 0.25]}.items():
        insertion.ask(access)
        assert waits.seconds == expected


def test_a_fault_that_comes_while_a_write_waits_is_met_by_it() -> None:
    faults = Faults(delay_ms=250)

    def locks(event: threading.Event, seconds: float) -> bool:
        faults.locked = True
        return False

    with pytest.raises(OSError, match="Read-only"):
        Insertion(faults, locks, lambda _: None).ask(WRITE)


def test_who_waits_goes_on_when_the_delay_changes_and_the_next_waits_as_long_as_is_set_now() -> None:
    faults, events = Faults(delay_ms=250), []
    waits = Waits()

    def changes(event: threading.Event, seconds: float) -> bool:
        events.append(event)
        waits(event, seconds)
        faults.delay_ms = 500
        insertion.delay_changed()
        return event.is_set()

    insertion = Insertion(faults, changes, lambda _: None)
    insertion.ask(WRITE)
    assert events[0].is_set()
    insertion.ask(WRITE)
    assert waits.seconds == [0.25, 0.5]


@pytest.mark.parametrize("end", [Insertion.pull, Insertion.hurry, Insertion.delay_changed])
def test_a_wait_that_would_last_an_hour_is_cut_short(end: object) -> None:
    begun = threading.Event()

    def wait(event: threading.Event, seconds: float) -> bool:
        begun.set()
        return event.wait(seconds)

    insertion = Insertion(Faults(delay_ms=AN_HOUR_MS), wait, lambda _: None)
    thread = threading.Thread(target=failing_quietly, args=(insertion,), daemon=True)
    thread.start()
    assert begun.wait(DEADLINE_S)
    assert callable(end)
    end(insertion)
    thread.join(DEADLINE_S)
    assert not thread.is_alive()


def failing_quietly(insertion: Insertion) -> None:
    """A write on a thread, which may end with an error."""
    try:
        insertion.ask(WRITE)
    except OSError as error:
        assert error.errno == errno.ENODEV


@pytest.mark.parametrize("end", [Insertion.pull, Insertion.hurry])
def test_after_the_end_nothing_waits_whatever_is_set(end: object) -> None:
    waits, faults = Waits(), Faults()
    insertion = inserted(faults, waits)
    assert callable(end)
    end(insertion)
    faults.delay_ms = AN_HOUR_MS
    insertion.delay_changed()
    failing(insertion)
    assert waits.seconds == []


def test_a_file_that_was_let_go_of_is_told() -> None:
    told: list[Insertion] = []
    insertion = Insertion(Faults(), Waits(), told.append)
    insertion.closed()
    assert told == [insertion]


def test_a_stick_has_the_limits_of_its_file_system_and_without_any_none(tmp_path: Path) -> None:
    assert inserted(Faults()).largest_file == sys.maxsize
    limited = Insertion(Faults(), Waits(), lambda _: None, Limits(largest_file=100, most_files=2))
    assert limited.largest_file == 100
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in ("a", "b"):
            limited.make(folder)
            (tmp_path / name).touch()
        with pytest.raises(Refused, match="No space left"):
            limited.make(folder)
        inserted(Faults()).make(folder)
    finally:
        os.close(folder)


def test_all_that_a_stick_says_can_be_told_from_what_the_disk_below_it_says() -> None:
    for faults in (Faults(locked=True), Faults(bad=True)):
        with pytest.raises(Refused):
            for access in (WRITE, SYNC):
                inserted(faults).ask(access)


@pytest.mark.parametrize(
    ("number", "plugged", "kept"),
    [
        (errno.ENOSPC, True, True),
        (errno.EDQUOT, True, True),
        (errno.EROFS, True, True),
        (errno.EIO, True, True),
        (errno.ENOENT, True, False),
        (errno.ENOSPC, False, False),
    ],
)
def test_a_disk_that_fails_below_a_stick_that_is_in_is_remembered(number: int, plugged: bool, kept: bool) -> None:
    faults, error = Faults(), OSError(number, os.strerror(number))
    insertion = inserted(faults)
    if not plugged:
        insertion.pull()
    insertion.failed(error)
    insertion.failed(OSError(errno.EIO, "later"))
    assert (faults.disk_error is error) == kept
