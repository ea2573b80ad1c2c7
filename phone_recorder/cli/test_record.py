"""`phone-recorder test --record`: a phone that somebody plays with, and then a scenario that does the same."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from phone_recorder.cli.main import EXIT_INTERRUPTED
from phone_recorder.cli.output import shown, tell
from phone_recorder.cli.settings_options import DEFAULT_CONFIG
from phone_recorder.cli.test_place import fleeting_place
from phone_recorder.cli.test_signals import Interrupts
from phone_recorder.cli.test_targets import target_of
from phone_recorder.errors import UsageError
from phone_recorder.harness.runner.collecting import SUFFIX, collect

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

    file, settings = _checked(paths, options), _settings(options["phone"])
    # A session is switched off by Ctrl-C in the background of a script, too.
    with Interrupts(always=(signal.SIGINT, signal.SIGTERM)) as interrupts:
        try:
            _record(file, settings, options, interrupts)
            tell(shown(f"{file} is written; played under the virtual clock:"))
            code = run_cases(collect([file]), options)
        except KeyboardInterrupt:
            code = EXIT_INTERRUPTED
    return interrupts.exit_code or code


def _record(file: Path, settings: PhoneSettings, options: Options, interrupts: Interrupts) -> None:
    """The session in a directory that is gone afterwards; UsageError if there was no call in it."""
    from phone_recorder.harness.recorded_session.notes import NO_CALL

    off = _Off()
    # Whatever ends the session, what was done is written, and while no signal ends the program.
    with fleeting_place() as place, interrupts.mean(off.ask):
        if not asyncio.run(_hold(file, settings, place / "usb", options, off)):
            raise UsageError(NO_CALL)


class _Off:
    """Whether the phone is to be switched off: `asked` for by signals, before its loop runs, meanwhile, and after."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ask(self) -> None:
        """From a signal's handler: a loop that waits has to be woken."""
        self._loop.call_soon_threadsafe(self.asked.set) if self._loop else self.asked.set()

    def __enter__(self) -> None:
        """While the loop runs."""
        self._loop = asyncio.get_running_loop()

    def __exit__(self, *error: object) -> None:
        self._loop = None


async def _hold(file: Path, settings: PhoneSettings, stick: Path, options: Options, off: _Off) -> bool:
    """The session; whether there was a call in it, which was then written."""
    from phone_recorder.desk.observer import ObservedPhone
    from phone_recorder.desk.plan import DeskPlan

    phone = ObservedPhone(DeskPlan(settings, None, stick, stick_size=STICK_SIZE))
    with off:
        async with AsyncExitStack() as stack, phone:
            stack.callback(_write, file, phone, options["force"])
            await _show(phone, options, off.asked)
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


def _write(file: Path, phone: ObservedPhone, force: bool) -> None:
    """What was done, if there was a call; on the terminal where it cannot be written."""
    from phone_recorder.adapters.files import replace_when_done
    from phone_recorder.harness.recorded_session.writing import scenario_text

    if not phone.called:
        return
    text = scenario_text(phone.session, file.parent)
    try:
        with replace_when_done(file.resolve(), force) as output:
            output.write(text.encode())
    except UsageError as error:
        tell(text)
        raise UsageError(f"{error}: keep what is printed above") from error


def _checked(paths: Sequence[Path], options: Options) -> Path:
    """The file that is to be written; UsageError if it cannot be, or if the options do not go together."""
    file: Path = options["record"]
    _refuse_others()
    if paths:
        raise UsageError("--record writes a scenario and plays no other: leave out PATHS")
    if not _is_named(file):
        raise UsageError(f"{file} would not be found as a scenario: give it a name that ends with {SUFFIX}")
    target = target_of("record", file, _not_over)
    if target.exists() and not options["force"]:
        raise UsageError(f"{file} is there already: name another file, or add --force to replace it")
    if not (_is_terminal() or options["web"]):
        raise UsageError("a session needs a terminal with keys to press: add --web HOST:PORT, and use a browser")
    return file


def _not_over(target: Path) -> str:
    return "" if _is_named(target) else "it is a link to a file that is no scenario: name another file"


def _is_named(file: Path) -> bool:
    """As a scenario is."""
    return file.name.endswith(SUFFIX) and file.name != SUFFIX


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
