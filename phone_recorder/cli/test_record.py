"""`phone-recorder test --record`: a phone that somebody plays with, and then a scenario that does the same."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from phone_recorder.cli.output import shown, tell
from phone_recorder.cli.settings_options import DEFAULT_CONFIG
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.desk.observer import ObservedPhone
    from phone_recorder.settings.phone import PhoneSettings

Options = dict[str, Any]

GO_TOGETHER = ("record", "phone", "web", "force", "debug")
STICK_SIZE = 64 << 20
"""As large as a scenario's is if it does not say."""


def record_session(paths: Sequence[Path], options: Options) -> int:
    """Switch the phone on until its user switches it off, write the scenario and play it; the exit code of that."""
    from phone_recorder.cli.test_run import run_cases
    from phone_recorder.cli.test_signals import Interrupts
    from phone_recorder.harness.recorded_session.notes import NO_CALL
    from phone_recorder.harness.runner.collecting import collect

    file, settings = _checked(paths, options), _settings(options["phone"])
    with TemporaryDirectory(prefix="phone-recorder-") as place:
        if not asyncio.run(_hold(file, settings, Path(place) / "usb", options)):
            raise UsageError(NO_CALL)
    tell(shown(f"{file} is written; played under the virtual clock:"))
    with Interrupts() as interrupts:
        code = run_cases(collect([file]), options)
    return interrupts.exit_code or code


async def _hold(file: Path, settings: PhoneSettings, stick: Path, options: Options) -> bool:
    """The session; whether there was a call in it, which was then written."""
    from phone_recorder.adapters.process import asked_to_stop
    from phone_recorder.desk.observer import ObservedPhone
    from phone_recorder.desk.plan import DeskPlan

    stopped = asked_to_stop()
    phone = ObservedPhone(DeskPlan(settings, None, stick, stick_size=STICK_SIZE))
    async with AsyncExitStack() as stack, phone:
        # Whatever ends the session, what was done is written, and while no signal ends the program.
        stack.callback(_write, file, phone)
        await _show(phone, options, stopped)
    return phone.called


async def _show(phone: ObservedPhone, options: Options, stopped: asyncio.Event) -> None:
    """Its face, until it is switched off."""
    from phone_recorder.adapters.lines import Lines
    from phone_recorder.cli.phone_terminal import on_terminal
    from phone_recorder.cli.phone_web import open_page

    terminal = _is_terminal()
    async with AsyncExitStack() as stack:
        lines = stack.enter_context(Lines((lambda line: None) if terminal else tell))
        if options["web"]:
            known = {"tls_cert": None, "tls_key": None, "config": options["phone"] or DEFAULT_CONFIG}
            page = await open_page(known, options["web"], phone, stack, lines.tell)
            lines.tell(f"{phone.settings.model} is on: {page}; Ctrl-C switches it off")
        await (on_terminal(phone, stopped) if terminal else phone.until(stopped))


def _write(file: Path, phone: ObservedPhone) -> None:
    """What was done, if there was a call; on the terminal where it cannot be written."""
    from phone_recorder.adapters.files import reason
    from phone_recorder.harness.recorded_session.writing import scenario_text

    if not phone.called:
        return
    text = scenario_text(phone.session, file.parent)
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        tell(text)
        raise UsageError(f"{file} cannot be written: {reason(error)}: keep what is printed above") from error


def _checked(paths: Sequence[Path], options: Options) -> Path:
    """The file that is to be written; UsageError if it cannot be, or if the options do not go together."""
    from phone_recorder.harness.runner.collecting import SUFFIX

    file: Path = options["record"]
    _refuse_others()
    if paths:
        raise UsageError("--record writes a scenario and plays no other: leave out PATHS")
    if not file.name.endswith(SUFFIX) or file.name == SUFFIX:
        raise UsageError(f"{file} would not be found as a scenario: give it a name that ends with {SUFFIX}")
    if not file.parent.is_dir():
        raise UsageError(f"--record {file}: there is no directory {file.parent}")
    if file.exists() and not options["force"]:
        raise UsageError(f"{file} is there already: name another file, or add --force to replace it")
    if not (_is_terminal() or options["web"]):
        raise UsageError("a session needs a terminal with keys to press: add --web HOST:PORT, and use a browser")
    return file


def _refuse_others() -> None:
    context = click.get_current_context()
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") is not ParameterSource.DEFAULT
        if given and isinstance(option, click.Option) and option.name not in GO_TOGETHER:
            raise UsageError(f"{option.opts[-1]} does not go with --record: give it when you play what was written")


def _settings(file: Path | None) -> PhoneSettings:
    """Those that the phone begins with: without a line, for calls are made up."""
    from phone_recorder.adapters.settings_file import load
    from phone_recorder.settings.phone import AccountSettings, PhoneSettings

    settings = load(file) if file else PhoneSettings()
    if settings.record.mode == "sip_info":
        raise UsageError("calls of a session go by no SIP server: set record.mode to local or network")
    return replace(settings, account=AccountSettings())


def _is_terminal() -> bool:
    return bool(sys.stdin and sys.stdout and sys.stdin.isatty() and sys.stdout.isatty())
