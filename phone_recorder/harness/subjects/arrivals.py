"""Any phone that records to our server, as the device under test: what arrives is all that is known of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from phone_recorder.control_api import Screen
from phone_recorder.harness.evidence import Evidence, Moment, Passed, Recorded
from phone_recorder.harness.playing.parties import make_parties
from phone_recorder.harness.playing.seen import files_in
from phone_recorder.harness.runner.collecting import collect
from phone_recorder.harness.runner.interruptible import run_interruptible
from phone_recorder.harness.runner.one_case import Engine
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import RunOptions, run
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.parties import length_s
from phone_recorder.harness.subjects.arrivals_judge import judge_arrivals
from phone_recorder.harness.subjects.arrivals_limits import why_not
from phone_recorder.harness.subjects.call_clock import CallClock
from phone_recorder.harness.subjects.open_server import OpenServer
from phone_recorder.harness.subjects.places import shown_address
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.units import from_seconds, to_seconds

LOOK_S = 0.05
SERVER = "server"
"""The directory in which it stores."""


class Arrivals:
    """`where` is what the server listens on. `tell` is given a line for each case: where a phone is to record to."""

    refused: ClassVar[Mapping[str, str]] = {
        "jobs": "one address is for one case at a time",
        "live": "a phone that comes is always played in real time",
    }

    def __init__(self, where: tuple[str, int], tell: Callable[[str], object]) -> None:
        self._where = where
        self._tell = tell
        self.words = (f"--arrivals={shown_address(where)}",)

    def cases(self, paths: Sequence[Path]) -> tuple[Case, ...]:
        """Those of scenarios, which may be for other devices too."""
        return collect(paths)

    def run(self, cases: Sequence[Case], options: RunOptions) -> Iterator[Result]:
        """One after the other, each for as long as it waits."""
        engine = Engine(self.play, judge_arrivals, live=True, subject="arrivals", why_not=why_not)
        return run(cases, replace(options, jobs=1), engine)

    def play(self, case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
        """Wait for what comes. UsageError if the server cannot listen, or a voice cannot be read."""
        return run_interruptible(partial(self._play, case, seed, place / SERVER))

    async def _play(self, case: Case, seed: int, storage: Path) -> Evidence:
        said = _said(case, seed)
        clock, passed = CallClock(), list[Passed]()
        async with OpenServer(storage, self._where, clock, passed.append) as server:
            self._tell(_told(case, server.address))
            clock.begin()
            while clock.now() < case.call.length and not _enough(case, server.ended):
                await asyncio.sleep(LOOK_S)
            await server.settle()
        return _evidence(case, server, passed, said, clock.now())


def _enough(case: Case, ended: int) -> bool:
    return case.arrivals is not None and ended >= case.arrivals


def _told(case: Case, address: tuple[str, int]) -> str:
    many = "" if case.arrivals is None else f" {case.arrivals} time{'s' if case.arrivals > 1 else ''}"
    within = f"within {to_seconds(case.call.length):g} s"
    return f"{case.name}: have the phone record to {shown_address(address)}{many} {within}"


def _said(case: Case, seed: int) -> Mapping[str, Sequence[Datagram]]:
    """What the phone is known to play, whenever it does: all of it, however long is waited for."""
    longest = max(length_s(party.voice) for party in (case.near, case.far))
    until = max(case.call.length, from_seconds(longest))
    parties = make_parties(case, seed, 0, until)
    for party in (parties.near, parties.far):
        party.packets(until)
    return parties.said


def _evidence(
    case: Case, server: OpenServer, passed: list[Passed], said: Mapping[str, Sequence[Datagram]], now: int
) -> Evidence:
    documents = [(start, account.document()) for start, account in server.accounts.values()]
    accounts = tuple(document for _, document in documents)
    recordings = tuple(
        Recorded(document, start, tuple(server.storage / part["path"] for part in document["parts"]))
        for start, document in documents
    )
    nothing = Screen(title="", language=case.settings.language)
    return Evidence(
        moments={},
        end=Moment(now, nothing, "idle", "idle", 0, files_in(server.storage), accounts, len(passed)),
        recordings=recordings,
        said=said,
        messages=tuple(passed),
        lasted=now,
        codecs={NEAR: case.near.codec, FAR: case.far.codec},
    )
