"""All that a page shows of a case that has not passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.report.blamed import expectation_of
from phone_recorder.harness.report.capture import capture
from phone_recorder.harness.report.replay import Command
from phone_recorder.harness.report.room import Room, data_uri
from phone_recorder.harness.report.sounds import Sound, sounds
from phone_recorder.harness.report.tables import FILES, LOOKED_AT, MESSAGES, Table, accounts, tables
from phone_recorder.harness.report.texts import file_name, reasons
from phone_recorder.harness.report.timeline import Timeline, timeline
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.scenario.expected import AccountSays, FilesAre, Messages, ScreenIs, StateIs

MOST_CAPTURE = 4 << 20
"""Bytes of one case's capture."""

ACCOUNT = "Account"
Hear = Callable[[Result, Evidence, Room], Iterable[Sound]]


@dataclass(frozen=True, slots=True)
class Download:
    """A file in the page: its address, its name, and what is not in it."""

    uri: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What its evidence shows. `opened`: titles of what is open from the beginning, since something failed of it."""

    drawing: Timeline
    tables: tuple[Table, ...]
    accounts: tuple[str, ...]
    sounds: tuple[Sound, ...]
    capture: Download | None
    opened: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Detail:
    """`number` counts the cases of the page from 1; `seen` None where no evidence was kept, or there are `too_many`."""

    number: int
    result: Result
    reasons: tuple[str, ...]
    replay: str
    seen: Seen | None = None
    too_many: bool = False


def detail(number: int, result: Result, command: Command, room: Room, hear: Hear | None = sounds) -> Detail:
    """`command` is the run's. With `hear` None only the reasons are shown."""
    evidence = result.evidence
    seen = _seen(result, evidence, room, hear) if evidence and hear else None
    return Detail(number, result, tuple(reasons(result)), command.again((result.case,)), seen, hear is None)


def _seen(result: Result, evidence: Evidence, room: Room, hear: Hear) -> Seen:
    return Seen(
        timeline(result, evidence),
        tables(evidence),
        accounts(evidence),
        tuple(hear(result, evidence, room)),
        _download(result, evidence, room),
        frozenset(_opened(result)),
    )


def _opened(result: Result) -> Iterator[str]:
    for failure in result.failures:
        what = one.what if (one := expectation_of(result.case, failure)) else None
        if isinstance(what, Messages):
            yield MESSAGES[what.protocol]
        elif title := _TITLES.get(type(what)):
            yield title


def _download(result: Result, evidence: Evidence, room: Room) -> Download | None:
    if not evidence.carried:
        return None
    made = capture(evidence.carried, result.case.begins_at, min(MOST_CAPTURE, room.left))
    room.take(len(made.data))
    whole = made.packets == len(evidence.carried)
    note = "" if whole else f"the first {made.packets} packets of {len(evidence.carried)}"
    name = f"{file_name(result.case.name)}.pcap"
    return Download(data_uri("application/vnd.tcpdump.pcap", made.data), name, note)


_TITLES: dict[type, str] = {ScreenIs: LOOKED_AT, StateIs: LOOKED_AT, FilesAre: FILES, AccountSays: ACCOUNT}
"""By what is expected: the table that shows it."""
