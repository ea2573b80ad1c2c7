"""`phone-recorder ctl call`: what a phone's program tells the agent of its calls, from a shell."""

from __future__ import annotations

import click

from phone_recorder.cli.ctl_asking import Asking, given, takes_json
from phone_recorder.cli.ctl_shown import NO_CALLS, call_line, rows, where_to_send
from phone_recorder.errors import UsageError

_call = click.option("--call", "call", metavar="ID", help="The call that it is about.  [default: the current one]")
_codec = click.option(
    "--codec",
    type=click.Choice(["PCMU", "PCMA", "G722"], case_sensitive=False),
    help="What the call's RTP is.  [default: what its packets say]",
)
_number = click.option("--remote-number", metavar="NUMBER", help="The far party's number.")
_name = click.option("--remote-name", metavar="NAME", help="The far party's name.")


@click.group(no_args_is_help=False)
def call() -> None:
    """Tell the agent that a call began, changed or ended, as the phone's own program does; list the calls.

    \b
    phone-recorder ctl call start --remote-number 1002 --rtp mixed
    phone-recorder ctl call change --hold
    phone-recorder ctl call end
    """


@call.command()
@_number
@_name
@click.option("--local-number", metavar="NUMBER", help="This phone's number.  [default: as set]")
@click.option("--local-name", metavar="NAME", help="The name of this phone's user.  [default: as set]")
@click.option("--direction", type=click.Choice(["in", "out"]), help="Who called.  [default: out]")
@click.option(
    "--rtp",
    type=click.Choice(["mixed", "legs"]),
    help="One stream that is mixed already, or near and far, which the agent mixes.  [default: mixed]",
)
@_codec
@click.option("--held", is_flag=True, default=None, help="It is on hold from the beginning.")
@takes_json
@click.pass_obj
def start(asking: Asking, /, **params: str | bool | None) -> None:
    """Tell that a call began; the answer says where its RTP is to be sent.

    \b
    phone-recorder ctl call start --remote-number 1002 --remote-name Bob --rtp legs --codec PCMA
    """
    asking.show(asking.ask("call.start", given(**params)), lambda answer: [where_to_send(answer)])


@call.command()
@_call
@click.option("--hold/--resume", "held", default=None, help="It was put on hold, or taken back.")
@_codec
@_number
@_name
@takes_json
@click.pass_obj
def change(asking: Asking, /, call: str | None, **changes: str | bool | None) -> None:
    """Tell that a call changed: on hold or not, its codec, or whom it is with.

    \b
    phone-recorder ctl call change --call 1 --resume --codec G722
    """
    if not given(**changes):
        raise UsageError("nothing has changed: give --hold, --resume, --codec, --remote-number or --remote-name")
    asking.show(asking.ask("call.change", given(call=call, **changes)), lambda answer: [call_line(answer)])


@call.command()
@_call
@click.option("--reason", metavar="TEXT", help="Why it ended.")
@takes_json
@click.pass_obj
def end(asking: Asking, call: str | None, reason: str | None) -> None:
    """Tell that a call ended; so does what is recorded of it.

    \b
    phone-recorder ctl call end --reason "far party hung up"
    """
    asking.show(asking.ask("call.end", given(call=call, reason=reason)), lambda answer: [call_line(answer)])


@call.command("list")
@takes_json
@click.pass_obj
def list_(asking: Asking) -> None:
    """List the calls there are, oldest first, and where their RTP is awaited.

    \b
    phone-recorder ctl call list
    """
    asking.show(asking.ask("call.list"), lambda answer: [*map(call_line, rows(answer, "calls"))] or [NO_CALLS])
