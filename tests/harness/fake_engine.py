"""Cases without a file, and engines that play nothing: what comes of a case is in its title."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path

from phone_recorder.control_api import Screen
from phone_recorder.errors import DriveError, UsageError
from phone_recorder.harness.evidence import Carried, Evidence, Failure, Moment, Recorded
from phone_recorder.harness.runner.one_case import Engine
from phone_recorder.harness.scenario.case import CallPlan, Case, PartyPlan
from phone_recorder.recording.indicator import Indicator
from phone_recorder.settings.phone import PhoneSettings

FAILURE = Failure("at 2 s, state recording", "it is idle", 16000, 7)
MOMENT = Moment(0, Screen("Idle", "en"), "idle", "idle", 0, (), (), 0)
PACKET = Carried(8, "UDP", ("10.0.0.1", 4000), ("10.0.0.2", 4002), b"\x80packet")


def case(name: str, title: str = "passes", tags: tuple[str, ...] = (), **more: object) -> Case:
    party = PartyPlan("none")
    path = Path(f"{name.partition('[')[0]}.scenario.yaml")
    return Case(name, path, title, PhoneSettings(), party, party, CallPlan(8000), tags=tags, **more)  # type: ignore[arg-type]


def play(case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
    """Leaves the seed in a file, and does what the title says."""
    (place / "seed").write_text(str(seed))
    if case.title in _DEEDS:
        _DEEDS[case.title]()
    recorded = Recorded({"state": "recorded", "duration_s": 1.0}, 0, (place / "seed",))
    carried = (PACKET,) if keep else ()
    return Evidence({}, MOMENT, (recorded,), {"near": [(0, b"said")]}, screens=((0, Indicator()),), carried=carried)


def judge(case: Case, evidence: Evidence) -> tuple[Failure, ...]:
    return (FAILURE,) if case.title == "fails" else ()


def _raises(error: BaseException) -> None:
    raise error


_DEEDS: dict[str, Callable[[], None]] = {
    "asks for nonsense": lambda: _raises(UsageError("there is no such voice")),
    "breaks": lambda: _raises(ZeroDivisionError("by\nzero")),
    "breaks as we know it": lambda: _raises(DriveError("the drive is gone")),
    "lacks a package": lambda: _raises(ModuleNotFoundError("No module named 'numpy'", name="numpy")),
    "is killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exits": lambda: os._exit(9),
    "never ends": signal.pause,
    "finds the disk full": lambda: _raises(OSError(errno.ENOSPC, "full")),
    "is interrupted": lambda: _raises(KeyboardInterrupt()),
}

ENGINE = Engine(play, judge)
