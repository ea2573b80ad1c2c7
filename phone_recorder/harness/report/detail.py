"""All that a page shows of a case that has not passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.report.capture import capture
from phone_recorder.harness.report.room import Room, data_uri
from phone_recorder.harness.report.sounds import Sound, sounds
from phone_recorder.harness.report.tables import Table, accounts, tables
from phone_recorder.harness.report.texts import file_name, reasons, replay
from phone_recorder.harness.report.timeline import Timeline, timeline
from phone_recorder.harness.result import Result

MOST_CAPTURE = 4 << 20
"""Bytes of one case's capture."""
MOST_DETAILED = 50
"""Cases with more than their reasons."""

Hear = Callable[[Evidence, Room], Iterable[Sound]]


@dataclass(frozen=True, slots=True)
class Download:
    """A file in the page: its address, its name, and what is not in it."""

    uri: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What its evidence shows."""

    drawing: Timeline
    tables: tuple[Table, ...]
    accounts: tuple[str, ...]
    sounds: tuple[Sound, ...]
    capture: Download | None


@dataclass(frozen=True, slots=True)
class Detail:
    """`number` counts the cases of the page from 1; `seen` None where no evidence was kept, or there are too many."""

    number: int
    result: Result
    reasons: tuple[str, ...]
    replay: str
    seen: Seen | None = None


def detail(number: int, result: Result, seed: int, room: Room, hear: Hear | None = sounds) -> Detail:
    """`seed` is the run's. With `hear` None only the reasons are shown."""
    evidence = result.evidence
    seen = _seen(result, evidence, room, hear) if evidence and hear else None
    return Detail(number, result, tuple(reasons(result)), replay(seed, (result.case,)), seen)


def _seen(result: Result, evidence: Evidence, room: Room, hear: Hear) -> Seen:
    return Seen(
        timeline(result, evidence),
        tables(evidence),
        accounts(evidence),
        tuple(hear(evidence, room)),
        _download(result, evidence, room),
    )


def _download(result: Result, evidence: Evidence, room: Room) -> Download | None:
    if not evidence.carried:
        return None
    made = capture(evidence.carried, result.case.begins_at, min(MOST_CAPTURE, room.left))
    room.take(len(made.data))
    whole = made.packets == len(evidence.carried)
    note = "" if whole else f"the first {made.packets} packets of {len(evidence.carried)}"
    name = f"{file_name(result.case.name)}.pcap"
    return Download(data_uri("application/vnd.tcpdump.pcap", made.data), name, note)
