"""The USB stick of a scenario: an emulated one, and what its steps do with it."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from pathlib import Path

from phone_recorder.adapters.drive_port import PortState
from phone_recorder.adapters.emulated_stick import EmulatedPort
from phone_recorder.adapters.medium import Access, Medium, Refused
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.adapters.slow_time import SlowTime
from phone_recorder.adapters.stick_faults import Limits
from phone_recorder.adapters.stick_writers import MakeWriters
from phone_recorder.errors import UsageError
from phone_recorder.harness.playing.clock import ScenarioClock
from phone_recorder.harness.playing.disk import demand_disk
from phone_recorder.harness.scenario.actions import Stick
from phone_recorder.harness.scenario.case import Case, StickPlan
from phone_recorder.recording.drive_names import record_order
from phone_recorder.recording.from_settings import header_of
from phone_recorder.recording.units import SECOND
from phone_recorder.settings.record import RecordSettings
from phone_recorder.wire.record_file import RecordHeader

_HARD = {"slow", "bad", "bad once"}
"""What only those notice who sync."""
_AT_ONCE = 5_000
"""Packets that are written at a time: of 20 ms in G.711 they have less than a megabyte."""


class ScenarioStick:
    """The phone's USB port, a DrivePort, with the stick that is the directory `place`.

    `number` counts the sticks that were swapped for another one; `time` is that of who writes to it, and `worker` makes
    what writes in the background. Unless it is `live`, a stick that nothing ever happens to is written to at once,
    which is faster, and the same comes of it.
    """

    def __init__(
        self, case: Case, place: Path, clock: ScenarioClock, writers: MakeWriters = SlowTime, live: bool = False
    ) -> None:
        self.number = 0
        self.directory = place
        self.time = writers(clock, self._is_slow)
        self.worker = self.time.worker if live or _is_touched(case) else None
        self._plan = case.stick or StickPlan(plugged=False)
        self._record = case.settings.record
        self._capacity = self._plan.size
        self._port = EmulatedPort(
            place,
            _syncs(case),
            repair=self._record.repair,
            folder=self._record.folder,
            wait=self.time.wait,
            limits=_limits(self._plan),
        )
        _write_files(self._folder(place), self._record, self._plan)
        self._fails_once = False
        if self._plan.plugged:
            self._plug_in_first()

    @property
    def state(self) -> PortState:
        state = self._port.state
        if state.drive and not isinstance(state.drive.medium, _Watched):
            # Files that are opened from now on ask this one.
            state.drive.medium = _Watched(state.drive.medium, self._fails_now)
        return state

    @property
    def disk_error(self) -> OSError | None:
        """What the disk that it stands on has failed with, and the stick not: None if it has not."""
        return self._port.disk_error

    @property
    def folder(self) -> Path:
        """Where the record files of the stick are that is in, or was in last."""
        return self._folder(self.directory)

    def close(self) -> None:
        self._port.close()

    def act(self, step: Stick, noticed: Callable[[], None]) -> None:
        """UsageError if that cannot be done with it now. `noticed` lets the phone look at what is so meanwhile."""
        if step.what == "swap":
            self._port.pull()
            noticed()
            self._put_away()
            self._plug(Stick("plug"))
        else:
            _ACTS[step.what](self, step)

    def place_of(self, path: str, number: int) -> Path:
        """Where a file is now that was at this path of the stick of that number."""
        there = self.directory if number == self.number else self._aside(number)
        return there / Path(path).relative_to(self.directory)

    def _is_slow(self) -> bool:
        return self._port.stick.write_delay_ms > 0

    def _folder(self, directory: Path) -> Path:
        return directory.joinpath(*filter(None, self._record.folder.split("/")))

    def _aside(self, number: int) -> Path:
        return self.directory.with_name(f"{self.directory.name}-{number}")

    def _put_away(self) -> None:
        """The stick that was pulled out is another one's place no more."""
        self.directory.rename(self._aside(self.number))
        self.number += 1

    def _plug_in_first(self) -> None:
        plan = self._plan
        if plan.left is None:
            self._port.insert(plan.size, plan.file_system, plan.locked)
        else:
            # One that is locked was filled before that.
            self._port.insert(plan.size, plan.file_system)
            self._port.fill(plan.left)
            self._port.lock(plan.locked)
        self._port.slow(plan.delay_ms)

    def _plug(self, step: Stick) -> None:
        self._capacity = self._capacity if step.amount is None else step.amount
        # The switch is the stick's own.
        self._port.insert(self._capacity, step.file_system, self._port.stick.locked)

    def _fail_once(self, step: Stick) -> None:
        self._fails_once = True

    def _recover(self, step: Stick) -> None:
        self._fails_once = False
        self._port.spoil(False)

    def _fails_now(self, access: Access) -> bool:
        failing = self._fails_once and access is Access.SYNC
        self._fails_once = self._fails_once and not failing
        return failing


_ACTS: dict[str, Callable[[ScenarioStick, Stick], None]] = {
    "plug": ScenarioStick._plug,
    "pull": lambda stick, step: stick._port.pull(),
    "fill": lambda stick, step: stick._port.fill(step.amount or 0),
    "lock": lambda stick, step: stick._port.lock(True),
    "unlock": lambda stick, step: stick._port.lock(False),
    "slow": lambda stick, step: stick._port.slow(step.amount or 0),
    "bad": lambda stick, step: stick._port.spoil(True),
    "bad once": ScenarioStick._fail_once,
    "good": ScenarioStick._recover,
}


class _Watched(Medium):
    """A medium that fails where it is told to; all else is asked of `inner`."""

    def __init__(self, inner: Medium, fails: Callable[[Access], bool]) -> None:
        self._inner = inner
        self._fails = fails

    def ask(self, access: Access) -> None:
        self._inner.ask(access)
        if self._fails(access):
            raise Refused(errno.EIO)

    @property
    def largest_file(self) -> int:
        return self._inner.largest_file

    def make(self, folder: int) -> None:
        self._inner.make(folder)

    def failed(self, error: OSError) -> None:
        self._inner.failed(error)

    def closed(self) -> None:
        self._inner.closed()


def _syncs(case: Case) -> Syncs:
    """A stick that is always fast and good need not be waited for: the disk below it is nobody's evidence."""
    slow = case.stick is not None and case.stick.delay_ms > 0
    return Syncs.ALWAYS if slow or not _HARD.isdisjoint(_done_to(case)) else Syncs.BY_OTHERS


def _limits(plan: StickPlan) -> Limits:
    """Those of its file system; without any a file may be as large, and there may be as many, as there is room for."""
    largest, most = plan.largest_file, plan.most_files
    return Limits(sys.maxsize if largest is None else largest, sys.maxsize if most is None else most)


def _is_touched(case: Case) -> bool:
    return bool(_done_to(case)) or (case.stick is not None and case.stick.delay_ms > 0)


def _done_to(case: Case) -> set[str]:
    """What the steps do with the stick."""
    return {step.action.what for step in case.steps if isinstance(step.action, Stick)}


def _write_files(folder: Path, settings: RecordSettings, plan: StickPlan) -> None:
    """Those that are on it already; UsageError for one that no phone would call so."""
    header = header_of(settings)
    for name, seconds in plan.files:
        if record_order(name) is None:
            raise UsageError(f"no record file is called {name!r}: write a name such as Record_20260101000000.wav")
        folder.mkdir(parents=True, exist_ok=True)
        packets = round(seconds * SECOND) // header.increment
        true = RecordHeader(header.codec, header.rtp_len, header.increment, packets * header.rtp_len)
        _write_silence(folder / name, true, packets)


def _write_silence(path: Path, header: RecordHeader, packets: int) -> None:
    """A record file of so many packets, a piece at a time: a file of 3 GB is not held. DiskFailed if it cannot be."""
    silence = header.codec.silence(header.increment)
    try:
        with path.open("wb") as file:
            file.write(bytes(header))
            for done in range(0, packets, _AT_ONCE):
                file.write(silence * min(_AT_ONCE, packets - done))
    except OSError as error:
        demand_disk(path.parent, error)
