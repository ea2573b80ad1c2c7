"""The reports of a run of `phone-recorder test`: that they can be written is known before minutes of playing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from phone_recorder.adapters.files import reason, replace_when_done
from phone_recorder.cli.output import complain
from phone_recorder.cli.test import OURS
from phone_recorder.errors import UsageError
from phone_recorder.harness.runner.collecting import SUFFIX, missing
from phone_recorder.harness.runner.machine import lack

if TYPE_CHECKING:
    from phone_recorder.harness.report.replay import Command
    from phone_recorder.harness.runner.result import Result
    from phone_recorder.harness.scenario.case import Case

Made = Callable[["Run"], bytes]
"""From a run to a file's content."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is reported. `took_s` in real seconds."""

    results: Sequence[Result]
    command: Command
    began_at: datetime
    took_s: float


def wanted_reports(options: Mapping[str, Any], cases: Iterable[Case]) -> dict[Path, Made]:
    """Those that the options name, by the file that each goes to. UsageError if one cannot be made or written."""
    scenarios = {case.path.resolve() for case in cases}
    reports: dict[Path, Made] = {}
    for option, load in _LOADERS.items():
        path: Path | None = options[option]
        if path is None:
            continue
        target = _target(option, path, scenarios)
        if target in reports:
            raise UsageError(f"--junit and --html are both {path}: name two files")
        reports[target] = load()
    return reports


def write_reports(reports: Mapping[Path, Made], run: Run) -> bool:
    """Write each; whether all could be. Of one that cannot be it is said why, and the others are written."""
    written = [_written(path, made, run) for path, made in reports.items()]
    return all(written)


def _target(option: str, path: Path, scenarios: set[Path]) -> Path:
    """The file that is written in the end: one that a link leads to, not the link."""
    try:
        target = path.resolve()
        why = _why_not(target, path, scenarios)
        if not why:
            # Whether there may be a file; its own is made when all is known.
            NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.").close()
    except (OSError, RuntimeError) as error:
        why = reason(error) if isinstance(error, OSError) else "it is a link that leads to itself"
    if why:
        raise UsageError(f"--{option} {path}: {why}")
    return target


def _why_not(target: Path, path: Path, scenarios: set[Path]) -> str:
    if path.exists() and not path.is_file():
        return "it is no regular file, and a report cannot replace it: name another file"
    if path.exists() and any(_is_open_as(path, descriptor) for descriptor in (1, 2)):
        return "what is told of the run goes there: name another file"
    if not target.parent.is_dir():
        return f"there is no directory {path.parent}"
    if target in scenarios or target.name.endswith(SUFFIX):
        return "it is a scenario, which a report would replace: name another file"
    return ""


def _is_open_as(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _written(path: Path, made: Made, run: Run) -> bool:
    try:
        data = made(run)
        with replace_when_done(path, force=True) as file:
            file.write(data)
    except UsageError as error:
        complain(error)
        return False
    except Exception as error:
        # An error of ours in one report must not cost the others.
        complain(f"{path} cannot be made: {lack(error) or f'{type(error).__name__}: {error}: {OURS}'}")
        return False
    return True


def _junit() -> Made:
    from phone_recorder.harness.report.junit import junit

    return lambda run: junit(run.results, run.command, run.began_at)


def _html() -> Made:
    for package in ("jinja2", "numpy"):
        if find_spec(package) is None:
            raise missing(package)

    def made(run: Run) -> bytes:
        # Not before: processes are forked, and numpy has threads.
        from phone_recorder.harness.report.page import page

        return page(run.results, run.command, run.began_at, run.took_s)

    return made


_LOADERS: dict[str, Callable[[], Made]] = {"junit": _junit, "html": _html}
"""By option."""
