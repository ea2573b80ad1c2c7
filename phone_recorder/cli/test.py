"""`phone-recorder test`: scenarios played, and what is not as they expect."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from phone_recorder.cli.main import EXIT_INTERRUPTED
from phone_recorder.cli.option_groups import GroupedCommand, refuse, with_options
from phone_recorder.cli.output import complain, say, shown
from phone_recorder.cli.parameters import PathGiven
from phone_recorder.cli.test_options import OPTIONS
from phone_recorder.errors import PhoneRecorderError, UsageError

if TYPE_CHECKING:
    from phone_recorder.harness.scenario.case import Case
    from phone_recorder.harness.subjects.subject import UnderTest

EXIT_TROUBLE = 3
OURS = "this is an error of this program: please report it, with the scenario and what --debug shows"
_OF_A_RUN = {
    "jobs": "-j",
    "seed": "--seed",
    "timeout": "--timeout",
    "stop": "-x",
    "live": "--live",
    "quiet": "-q",
    "as_json": "--json",
    "junit": "--junit",
    "html": "--html",
    "keep": "--keep",
}
"""Options that mean nothing where nothing is played."""


@click.command(
    cls=GroupedCommand,
    epilog="Example: phone-recorder test tests/scenarios -k 'drive and not slow' --junit report.xml --html report.html",
)
@click.argument("paths", nargs=-1, type=PathGiven(path_type=Path))
@with_options(OPTIONS)
def command(paths: tuple[Path, ...], debug: bool, **options: Any) -> None:
    """Play scenarios, and report what is not as they expect.

    PATHS are scenarios' files, or directories in and below which all *.scenario.yaml are meant; without any,
    tests/scenarios, or the current directory. EXPR is words with and, or, not and parentheses. Everything runs under
    a virtual clock, without network or root; the same seed gives the same again. With --live it runs in real time,
    over sockets on loopback.

    Exit code 0 if all passed, 1 if one failed, 2 if a scenario or an option makes no sense, 3 if this program is at
    fault, or the machine has no more room or memory.
    """
    try:
        sys.exit(_run(paths, {**options, "debug": debug}))
    except (PhoneRecorderError, click.ClickException, OSError):
        raise
    except Exception as error:
        if debug:
            traceback.print_exc()
        complain(_fault(error))
        sys.exit(EXIT_TROUBLE)


def _fault(error: Exception) -> str:
    from phone_recorder.harness.runner.machine import lack

    return lack(error) or f"{type(error).__name__}: {error}: {OURS}"


def _run(paths: Sequence[Path], options: dict[str, Any]) -> int:
    from phone_recorder.cli.test_subjects import subject_of

    if options["record"]:
        from phone_recorder.cli.test_record import record_session

        return record_session(paths, options)
    refuse(("phone", "web", "force"), "--record")
    subject = subject_of(options)
    cases = _selected(paths, options, subject)
    if options["as_list"] or options["explain"]:
        _refuse(_OF_A_RUN, "a run, not with --list or --explain")
        _explain(cases) if options["explain"] else _list(cases)
        return 0
    if options["server"]:
        _refuse({"timeout": "--timeout"}, "scenarios: the cases of a server have limits of their own")
    return _played(cases, options, subject)


def _played(cases: Sequence[Case], options: dict[str, Any], subject: UnderTest | None) -> int:
    from phone_recorder.cli.test_run import run_cases
    from phone_recorder.cli.test_signals import Interrupts

    with Interrupts() as interrupts:
        try:
            code = run_cases(cases, options, subject=subject)
        except KeyboardInterrupt:
            code = EXIT_INTERRUPTED
    return interrupts.exit_code or code


def _refuse(options: dict[str, str], where: str) -> None:
    context = click.get_current_context()
    for name, option in options.items():
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise UsageError(f"{option} goes with {where}")


def _selected(paths: Sequence[Path], options: dict[str, Any], subject: UnderTest | None) -> tuple[Case, ...]:
    from phone_recorder.harness.runner.collecting import collect
    from phone_recorder.harness.runner.running import repeated
    from phone_recorder.harness.runner.selecting import parse_expression, select

    parse_expression(options["expression"])  # before all the files are read
    cases = repeated(subject.cases(paths) if subject else collect(paths), options["repeat"])
    chosen = select(cases, options["expression"], options["tags"])
    if not chosen:
        raise UsageError(f"{_none_of(cases)} selected: see their names and tags with --list")
    return chosen


def _none_of(cases: Sequence[Case]) -> str:
    return f"none of {len(cases)} cases is" if len(cases) > 1 else "the only case is not"


def _list(cases: Sequence[Case]) -> None:
    for case in cases:
        tags = f"  ({', '.join(case.tags)})" if case.tags else ""
        say(shown(f"{case.name}  {case.title}{tags}"))


def _explain(cases: Sequence[Case]) -> None:
    from phone_recorder.harness.judging.explain import explain

    for number, case in enumerate(cases):
        say(f"\n{explain(case)}" if number else explain(case))
