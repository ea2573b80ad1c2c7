"""`phone-recorder agent`: the recorder beside a phone's own program."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from phone_recorder.cli.option_groups import GroupedCommand, refuse, under, with_options
from phone_recorder.cli.output import complain
from phone_recorder.cli.parameters import Size
from phone_recorder.cli.settings_options import settings_of, settings_options
from phone_recorder.errors import PhoneRecorderError, UsageError

if TYPE_CHECKING:
    from phone_recorder.adapters.journal import Log
    from phone_recorder.agent.plan import AgentPlan

UNIT = "phone-recorder-agent.service"
PROGRAM_IN_UNIT = "/usr/bin/phone-recorder"
UNSEEN = tuple(map(Path, ("/tmp", "/var/tmp", "/home", "/root")))
"""Directories that are others, or empty, in the unit's sandbox: PrivateTmp=yes, ProtectHome=yes."""

_agent, _usb = under("The agent"), under("The USB port")

OPTIONS = [
    *settings_options(_agent),
    _agent(
        "--runtime",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIRECTORY",
        help="Where its socket and its memory are.  [default: /run/phone-recorder, or of this user's session]",
    ),
    _agent("--unit", is_flag=True, help="Print a unit file for systemd, and do nothing else."),
    _usb(
        "--usb",
        metavar="DIRECTORY|auto",
        default="auto",
        show_default=True,
        help="Directory that stands for the USB stick, or auto for real ones.",
    ),
    _usb("--usb-size", type=Size(), help="The stick's capacity; without it, the real free space counts."),
    _usb("--automount", is_flag=True, help="With --usb auto, as root: mount drives if nobody else does."),
]


@click.command(cls=GroupedCommand, epilog="Example: phone-recorder agent --usb ./stick --set agent.lamp=record")
@with_options(OPTIONS)
def command(**options: Any) -> None:
    """Run the on-device agent until SIGTERM or Ctrl-C: the recorder beside a phone's own program.

    That program tells it of calls over a Unix socket, in JSON-RPC 2.0, a line each, or by `phone-recorder ctl`; it
    sends the RTP of a call to the ports that the agent names. A key and a LED of the device can be its record key and
    lamp. SIGHUP has it read its settings again. After a crash in the middle of a call it goes on where it was.
    """
    if options["unit"]:
        refuse_others("unit", "put options into the unit's ExecStart")
        _print_unit(os.path.realpath(sys.argv[0]))
        return
    from phone_recorder.adapters.journal import open_log
    from phone_recorder.agent.life import AgentFailed, live
    from phone_recorder.cli.main import EXIT_FAILED

    plan = plan_of(options)
    log = open_log()
    # Calls are nobody else's business.
    os.umask(0o027)
    try:
        live(plan, lambda: settings_of(options), log)
    except AgentFailed:
        sys.exit(EXIT_FAILED)
    except PhoneRecorderError as error:
        _tell_journal(log, error)
        raise


def plan_of(options: dict[str, Any]) -> AgentPlan:
    """What the options ask for; what makes no sense is a UsageError that says what does."""
    from phone_recorder.adapters.runtime_directory import runtime_directory
    from phone_recorder.agent.plan import AgentPlan
    from phone_recorder.cli.stick import DEFAULT_STICK, made, real_usb

    settings = settings_of(options)
    runtime = options["runtime"] or runtime_directory(os.environ, os.getuid())
    resumes = "RUNTIME_DIRECTORY" in os.environ
    if options["usb"] == "auto":
        refuse(("usb_size",), "a directory that stands for a stick")
        automount = real_usb(options["automount"])
        return AgentPlan(settings, options["config"], runtime, automount=automount, resumes=resumes)
    refuse(("automount",), "--usb auto")
    stick = made(Path(options["usb"]), Path(DEFAULT_STICK), True)
    return AgentPlan(settings, options["config"], runtime, stick, options["usb_size"], resumes=resumes)


def refuse_others(name: str, instead: str) -> None:
    """UsageError if any option but this one was given."""
    context = click.get_current_context()
    for other in context.params:
        if other != name and context.get_parameter_source(other) is not ParameterSource.DEFAULT:
            raise UsageError(f"--{name} goes alone: {instead}")


def _print_unit(program: str) -> None:
    from importlib.resources import files  # of no use later, and a megabyte

    text = (files("phone_recorder.agent") / UNIT).read_text("utf-8")
    click.echo(text.replace(PROGRAM_IN_UNIT, program), nl=False)
    if any(Path(program).is_relative_to(directory) for directory in UNSEEN):
        complain(f"the agent's sandbox will not see {program}: install it below /opt or /usr")


def _tell_journal(log: Log, error: PhoneRecorderError) -> None:
    """Whoever starts it by hand sees the sentence anyway."""
    if "JOURNAL_STREAM" in os.environ:
        log("error", str(error))
