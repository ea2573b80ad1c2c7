"""What must fit together in a case, once each of its parts has been read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from phone_recorder.harness.scenario.actions import ClockJump, RtpFault, Step, Stick, Talk
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expected import Expectation
from phone_recorder.harness.scenario.parties import CLOCK_LIMITS, EARLIEST, LATEST
from phone_recorder.harness.scenario.places import Items, Place, Table
from phone_recorder.harness.scenario.sticks import too_large
from phone_recorder.recording.units import SECOND, to_seconds

AFTER_CALL = 60 * SECOND
"""So long after the last call's end something may still happen, or be looked at."""


def check_order(tree: Table, steps: Iterable[Step]) -> None:
    """The steps of each file are in the order of their times; those of several files are sorted."""
    for (before, earlier), (place, later) in pairwise(zip(_places(tree, "steps"), steps, strict=True)):
        if before.file == place.file and later.at < earlier.at:
            at = f"{to_seconds(later.at):g} s is before the step above it, at {to_seconds(earlier.at):g} s"
            raise place.error(f"{at}: put the steps in the order of their times")


def check_case(tree: Table, case: Case, steps: tuple[Step, ...], expected: tuple[tuple[Expectation, ...], ...]) -> None:
    """Nothing is too late, there is a stick for what is done with it, and a server for packets of a wrong source.

    `steps` and `expected` are as they were read, an entry for each of the file's.
    """
    if not case.call.length:
        raise _place(tree, "call", "length").error("a call of no length is none: write a time, or call: none")
    if case.arrivals is not None and case.subject != "arrivals":
        raise _place(tree, "arrivals").error("only of a phone that comes: write subject: arrivals too, or leave it out")
    if case.stick and (found := too_large(case.stick, case.settings.record)):
        raise _place(tree, "stick").error(found)
    _demand_a_clock(tree, case.begins_at, steps)
    end = _end(case)
    for place, step in zip(_places(tree, "steps"), steps, strict=True):
        _demand_in_time(place, step.at, end)
        _demand_possible(place, step, case)
    for place, expectations in zip(_places(tree, "expect"), expected, strict=True):
        _demand_in_time(place, max(one.at or 0 for one in expectations), end)


def _demand_a_clock(tree: Table, begins_at: datetime, steps: Iterable[Step]) -> None:
    """The system's time is one that a phone's clock can show, however often it leaps."""
    leapt = timedelta()
    for place, step in zip(_places(tree, "steps"), steps, strict=True):
        if isinstance(step.action, ClockJump):
            leapt += timedelta(seconds=to_seconds(step.action.units))
            now = begins_at + leapt + timedelta(seconds=to_seconds(step.at))
            if not EARLIEST <= now < LATEST:
                raise place.error(f"it is then {now:%Y-%m-%d}, which is not {CLOCK_LIMITS}: make the leap shorter")


def _demand_in_time(place: Place, at: int, end: int) -> None:
    if at > end + AFTER_CALL:
        when = f"{to_seconds(at):g} s is more than 60 s after the last call's end, at {to_seconds(end):g} s"
        raise place.error(f"{when}: make the call longer, or the time shorter")


def _demand_possible(place: Place, step: Step, case: Case) -> None:
    action = step.action
    if isinstance(action, Stick) and case.stick is None:
        raise place.error("there is no stick in this scenario: write stick: {plugged: false} for one that comes later")
    if isinstance(action, RtpFault) and action.kind == "wrong source" and not _is_heard(case):
        raise place.error("packets of a wrong source can come to a record server only: set record.mode: network")


def _is_heard(case: Case) -> bool:
    """Somebody listens to RTP at a port: an agent does for each call."""
    return case.subject == "agent" or case.settings.record.mode == "server"


def _end(case: Case) -> int:
    """When the last call that begins ends at the latest."""
    begun = [step.at for step in case.steps if isinstance(step.action, Talk) and step.action.what == "begin"]
    return max([0, *begun]) + case.call.length


def _places(tree: Table, key: str) -> Iterator[Place]:
    """Where the items of a list stand."""
    node = tree.entries.get(key)
    return (item.place for item in node.items) if isinstance(node, Items) else iter(())


def _place(tree: Table, *keys: str) -> Place:
    """Where the value of a key stands, or of the nearest above it that is there."""
    place, node = tree.place, tree
    for key in keys:
        if isinstance(node, Table) and key in node.entries:
            node = node.entries[key]  # type: ignore[assignment]  # any node
            place = node.place
    return place
