"""The reports of a run of `phone-recorder test`: that they can be written is known before minutes of playing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phone_recorder.adapters.files import replace_when_done
from phone_recorder.cli.output import complain
from phone_recorder.cli.test import OURS
from phone_recorder.cli.test_targets import target_of
from phone_recorder.errors import UsageError
from phone_recorder.harness.runner.collecting import SUFFIX, missing
from phone_recorder.harness.runner.machine import lack
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.harness.scenario.parties import is_made

if TYPE_CHECKING:
    from phone_recorder.harness.report.replay import Command
    from phone_recorder.harness.runner.result import Result
    from phone_recorder.harness.scenario.case import Case

Made = Callable[["Run"], bytes]
"""From a run to a file's content."""
INCLUDED = (".yaml", ".yml")
"""How the names of files end that scenarios include."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is reported. `took_s` in real seconds."""

    results: Sequence[Result]
    command: Command
    began_at: datetime
    took_s: float


def wanted_reports(options: Mapping[str, Any], cases: Iterable[Case]) -> dict[Path, Made]:
    """Those that the options name, by the file that each goes to. UsageError if one cannot be made or written."""
    why_not = partial(_not_over, _played(cases))
    reports: dict[Path, Made] = {}
    for option, load in _LOADERS.items():
        path: Path | None = options[option]
        if path is None:
            continue
        target = target_of(option, path, why_not)
        if target in reports:
            raise UsageError(f"--junit and --html are both {path}: name two files")
        reports[target] = load()
    return reports


def write_reports(reports: Mapping[Path, Made], run: Run) -> bool:
    """Write each; whether all could be. Of one that cannot be it is said why, and the others are written."""
    written = [_written(path, made, run) for path, made in reports.items()]
    return all(written)


def _not_over(played: Mapping[Path, str], target: Path) -> str:
    """Why a report may not be written there: what a scenario is made of, and plays, is not to be lost."""
    if target in played or target.name.endswith(SUFFIX):
        return f"it is {played.get(target, 'a scenario')}, which a report would replace: name another file"
    if target.suffix in INCLUDED:
        return f"a file of such a name may be a part of scenarios: name one that does not end in {target.suffix}"
    return ""


def _played(cases: Iterable[Case]) -> dict[Path, str]:
    """Files that cases are read from, and those that they play or are held against; what each is."""
    files: dict[Path, str] = {}
    for case in cases:
        voices = [Path(party.voice) for party in (case.near, case.far) if not is_made(party.voice)]
        audio = [one.what.file for one in case.expected if isinstance(one.what, AudioIs) and one.what.file]
        files.update({file.resolve(): "audio of a scenario" for file in (*voices, *audio)})
        files[case.path.resolve()] = "a scenario"
    return files


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
