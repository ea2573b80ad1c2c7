"""Several calls at once: whose the record key is, whose recordings are whose, and how many there may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.agent.calls import MOST_CALLS, MOST_SAVING, Calls
from phone_recorder.errors import UsageError
from phone_recorder.recording.record_key import Event
from tests.agent.call_rig import BEGINS_AT, CallRig, files, frames, number_of, phone_drive
from tests.recording.sink import Sink
from tests.recording.streams import FRAME, SECOND


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(BEGINS_AT)


def begun(calls: Calls, stick: Path, clock: VirtualClock, **rig: object) -> CallRig:
    """One that has begun."""
    made = CallRig(stick, clock=clock, name=calls.next_id(), began=clock.now(), **rig)  # type: ignore[arg-type]
    calls.add(made.call)
    return made


def until(calls: Calls, clock: VirtualClock, instant: int) -> None:
    while (due := calls.due) is not None and due < instant:
        clock.advance(max(due - clock.now(), 0))
        calls.advance(clock.now())
    clock.advance(instant - clock.now())


def test_the_current_call_is_the_newest_that_is_not_on_hold(tmp_path: Path, clock: VirtualClock) -> None:
    calls = Calls()
    one, two = begun(calls, tmp_path, clock).call, begun(calls, tmp_path, clock).call
    assert calls.current is two
    two.change(state="held")
    assert calls.current is one
    # All on hold: the key must still stop what it has started.
    one.change(state="held")
    assert calls.current is two
    one.change(state="connected")
    assert calls.current is one
    calls.end(one, 0, "")
    assert calls.current is two


def test_two_calls_at_once_have_each_a_recording_of_its_own(tmp_path: Path, clock: VirtualClock) -> None:
    """EDGE-CASES C5."""
    calls, drive = Calls(), phone_drive(tmp_path, clock)
    one = begun(calls, tmp_path, clock, drive=drive)
    two = begun(calls, tmp_path, clock, drive=drive, streams="legs")
    one.talk("mixed", range(1000, 1200), start=-1000 * FRAME)
    two.talk("far", range(2000, 2200), start=-2000 * FRAME)
    calls.find("1").press(0, Event.START)
    until(calls, clock, 20 * FRAME)
    calls.find("2").press(20 * FRAME, Event.START)
    until(calls, clock, 100 * FRAME)
    calls.end(one.call, 100 * FRAME, "")
    until(calls, clock, 120 * FRAME)
    calls.end(two.call, 120 * FRAME, "")
    until(calls, clock, 10 * SECOND)
    found = [[number_of(frame) for frame in frames(path)] for path in files(tmp_path)]
    assert found == [[*range(1000, 1100)], [*range(2020, 2120)]]
    assert [rig.account.id for rig in (one, two)] == ["1.1", "2.1"]
    assert (calls.due, calls.saved) == (None, True)


def test_none_is_due_while_nothing_is_recorded_and_else_the_next_one_is(tmp_path: Path, clock: VirtualClock) -> None:
    calls = Calls()
    one, two = begun(calls, tmp_path, clock).call, begun(calls, tmp_path, clock).call
    assert (calls.due, calls.saved) == (None, True)
    two.press(0, Event.START)
    one.press(0, Event.START)
    assert (calls.due, calls.saved) == (FRAME, False)
    until(calls, clock, FRAME + 1)
    two_next = two.due
    assert two_next
    one.press(FRAME + 1, Event.STOP)
    one.press(FRAME + 1, Event.START)
    assert calls.due == 2 * FRAME + 1 < two_next


def test_a_call_that_has_ended_keeps_its_ports_until_its_recording_is_saved(
    tmp_path: Path, clock: VirtualClock
) -> None:
    calls = Calls()
    rig = begun(calls, tmp_path, clock, destination=lambda _: Sink(slow=20))
    rig.call.press(0, Event.START)
    until(calls, clock, SECOND)
    calls.end(rig.call, SECOND, "")
    assert ([*calls], calls.known, calls.saved) == ([], [rig.call], False)
    assert not rig.ports["mixed"].closed
    calls.hurry(SECOND)
    assert not calls.saved
    until(calls, clock, 10 * SECOND)
    assert calls.saved
    assert rig.ports["mixed"].closed
    assert rig.account.state == "recorded"


def test_names_are_given_once_before_and_after_a_crash() -> None:
    calls = Calls()
    assert [calls.next_id(), calls.next_id()] == ["1", "2"]
    calls.count_from(41)
    assert calls.next_id() == "42"
    calls.count_from(3)
    assert (calls.next_id(), calls.counted) == ("43", 43)


def test_there_are_no_more_calls_than_a_desk_phone_has_lines(tmp_path: Path, clock: VirtualClock) -> None:
    calls = Calls()
    rigs = [begun(calls, tmp_path, clock) for _ in range(MOST_CALLS)]
    with pytest.raises(UsageError, match="there are 8 calls already"):
        calls.next_id()
    calls.end(rigs[3].call, 0, "")
    assert calls.next_id() == "9"


def test_calls_whose_recordings_are_never_saved_do_not_pile_up(tmp_path: Path, clock: VirtualClock) -> None:
    calls = Calls()
    for _ in range(MOST_SAVING):
        rig = begun(calls, tmp_path, clock, destination=lambda _: Sink(slow=10_000))
        rig.call.press(clock.now(), Event.START)
        until(calls, clock, clock.now() + FRAME)
        calls.end(rig.call, clock.now(), "")
    with pytest.raises(UsageError, match="still being saved: use a faster drive"):
        calls.next_id()


def test_a_call_is_found_by_its_name_and_without_one_it_is_the_current(tmp_path: Path, clock: VirtualClock) -> None:
    calls = Calls()
    for name in ("", "1"):
        with pytest.raises(UsageError, match="there is no call"):
            calls.find(name)
    assert calls.shown() is None
    one, two = begun(calls, tmp_path, clock).call, begun(calls, tmp_path, clock).call
    assert (calls.find(""), calls.find("1"), calls.shown(), calls.shown("1")) == (two, one, two, one)
    calls.end(two, 0, "")
    # What became of the last one can still be asked; no key reaches it.
    assert (calls.shown("2"), calls.shown(), calls.find("")) == (two, one, one)
    with pytest.raises(UsageError, match=r"there is no call 2: see call\.list"):
        calls.find("2")
    calls.end(one, 0, "")
    assert calls.shown() is one
    with pytest.raises(UsageError, match="there is no call 2"):
        calls.shown("2")


def test_a_name_of_a_strangers_is_shown_as_it_can_be(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        Calls().find("a\r\nb")
    assert "\n" not in str(refused.value)


def test_closing_closes_those_that_go_on_and_those_that_are_saved(tmp_path: Path, clock: VirtualClock) -> None:
    calls = Calls()
    rigs = [begun(calls, tmp_path, clock, destination=lambda _: Sink(slow=100)) for _ in range(2)]
    for rig in rigs:
        rig.call.press(0, Event.START)
    calls.end(rigs[0].call, 0, "")
    calls.close(0)
    assert all(rig.ports["mixed"].closed for rig in rigs)
