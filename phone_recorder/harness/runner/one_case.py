"""One case played and judged: its result, whatever happens meanwhile."""

from __future__ import annotations

import shutil
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Protocol

from phone_recorder.errors import AudioFileError, NotConforming, PhoneRecorderError, UsageError
from phone_recorder.harness.evidence import Evidence, Failure
from phone_recorder.harness.runner.collecting import explained
from phone_recorder.harness.runner.keeping import keep_evidence
from phone_recorder.harness.runner.machine import lack, lack_of_room
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.scenario.case import Case, Subject

BAD = (UsageError, AudioFileError)
"""Errors of a scenario that asks for what cannot be."""


class Play(Protocol):
    """Plays a case with a seed in an empty directory; with `keep` every packet is kept for a capture."""

    def __call__(self, case: Case, seed: int, place: Path, keep: bool = False) -> Evidence: ...


@dataclass(frozen=True, slots=True)
class Engine:
    """What plays and what judges. `live`: in real time, where nothing can be played twice the same.

    `subject` is the device that is played; `why_not` tells why it cannot be with a case, "" if it can.
    """

    play: Play
    judge: Callable[[Case, Evidence], tuple[Failure, ...]]
    live: bool = False
    subject: Subject = "phone"
    why_not: Callable[[Case], str] = lambda _: ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A case that is to be played with `seed` in `place`, a directory that is made for it.

    `wanted`: the result of a failure has its evidence, with every packet, and what it left stays in `place`.
    `everything`: what any case left stays there, its evidence too. Otherwise `place` is removed. `debug`: an error of
    ours is shown on stderr with its traceback.
    """

    case: Case
    seed: int
    place: Path
    wanted: bool = False
    everything: bool = False
    debug: bool = False


def try_case(trial: Trial, engine: Engine) -> Result:
    """Play and judge; every error becomes the result's."""
    if why := _for_another(trial.case, engine) or engine.why_not(trial.case) or _elsewhere(trial.case, engine.live):
        return Result(trial.case, "skipped", trial.seed, why=why)
    began = perf_counter()
    kept = trial.everything
    try:
        result = _judged(trial, engine)
        kept = kept or result.evidence is not None
    except NotConforming as error:
        failure = Failure("what is tested goes on to the end", str(error))
        result = Result(trial.case, "failed", trial.seed, (failure,))
    except Exception as error:
        result = _error(trial, error)
    finally:
        if not kept:
            shutil.rmtree(trial.place, ignore_errors=True)
    return replace(result, took_s=result.took_s or perf_counter() - began)


def real_engine(live: bool = False) -> Engine:
    """The engine itself; it takes its time to import. UsageError if a package of the extra is missing."""
    try:
        from phone_recorder.harness.judging.judge import judge
    except ModuleNotFoundError as error:
        raise explained(error) from error
    return Engine(_real_time() if live else _virtual_time(), judge, live)


def _virtual_time() -> Play:
    from phone_recorder.harness.playing.virtual import play

    return play


def _real_time() -> Play:
    from phone_recorder.harness.playing.live import play_live

    return play_live


def trouble(trial: Trial, why: str, of_machine: bool = False) -> Result:
    """The result of a case that something of ours, or of the machine, has come between."""
    return Result(trial.case, "trouble", trial.seed, why=why, of_machine=of_machine)


def _judged(trial: Trial, engine: Engine) -> Result:
    case, seed = trial.case, trial.seed
    began = perf_counter()
    keep = trial.wanted and engine.live
    evidence = engine.play(case, seed, _emptied(trial.place), keep)
    failures = engine.judge(case, evidence)
    took_s = perf_counter() - began
    if failures and (why := lack_of_room(trial.place)):
        return trouble(trial, why, of_machine=True)
    wanted = trial.wanted and bool(failures)
    if wanted and not keep:
        evidence = engine.play(case, seed, _emptied(trial.place), True)
    result = Result(case, "failed" if failures else "passed", seed, failures, took_s=took_s, evidence=evidence)
    if trial.everything:
        keep_evidence(result, evidence, trial.place)
    return result if wanted else replace(result, evidence=None)


def _error(trial: Trial, error: Exception) -> Result:
    if why := lack(error):
        return trouble(trial, why, of_machine=True)
    if isinstance(error, ModuleNotFoundError):
        error = explained(error)
    if isinstance(error, BAD):
        return Result(trial.case, "bad", trial.seed, why=str(error))
    if trial.debug:
        traceback.print_exception(error, file=sys.stderr)
    if why := lack_of_room(trial.place):
        return trouble(trial, why, of_machine=True)
    told = str(error) if isinstance(error, PhoneRecorderError) else f"{type(error).__name__}: {error}"
    return trouble(trial, " ".join(told.split()))


_OTHERS: dict[Subject, str] = {
    "agent": "it is for a real agent: add --agent SOCKET, or --agent auto",
    "arrivals": "it is for a phone that records to our server: add --arrivals HOST:PORT",
}


def _for_another(case: Case, engine: Engine) -> str:
    """Why a case is not for this device; what is for our own phone may be for others."""
    return "" if case.subject in ("phone", engine.subject) else _OTHERS[case.subject]


def _elsewhere(case: Case, live: bool) -> str:
    """Why a case is not for this clock; empty if it is."""
    if case.live is None or case.live == live:
        return ""
    return "it is for the virtual clock: leave out --live" if live else "it is for real time: add --live"


def _emptied(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place
