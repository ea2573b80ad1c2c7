"""`phone-recorder phone`: the whole emulated phone, with a web page for its face."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phone_recorder.cli.option_groups import GroupedCommands, refuse, with_options
from phone_recorder.cli.phone_options import OPTIONS, PHONE_PORT
from phone_recorder.cli.settings_options import settings_of
from phone_recorder.cli.stick import DEFAULT_STICK
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.desk.phone import DeskPhone
    from phone_recorder.desk.plan import DeskPlan

COMMANDS = {
    "passwd": "Set who may log in to the web page.",
    "token": "Make a token for programs that use the API.",
}
PLACES = {"passwd": ("phone_passwd", "passwd"), "token": ("phone_passwd", "token")}


@click.group(
    cls=GroupedCommands,
    lines=COMMANDS,
    places=PLACES,
    invoke_without_command=True,
    epilog="Example: phone-recorder phone --set phone.model=BX6 --usb ./stick --http 127.0.0.1:8080",
)
@with_options(OPTIONS)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Switch on the whole emulated phone until Ctrl-C: screen, keys, lamps, menus, USB port, calls, playback.

    Its face is a web page, or this terminal. Calls are made up, or go over SIP once an account is set. Programs use the
    API that the page uses: see /openapi.json. Nobody needs to log in on a loopback address; on any other one it starts
    only when `passwd` or `token` has said who may.
    """
    if ctx.invoked_subcommand:
        return
    if (options["tls_cert"] is None) != (options["tls_key"] is None):
        raise UsageError("--tls-cert and --tls-key go together")
    asyncio.run(_switch_on(options, plan_of(options)))


def plan_of(options: dict[str, Any]) -> DeskPlan:
    """What the options ask for; what makes no sense is a UsageError that says what does."""
    from phone_recorder.cli.stick import made, real_usb
    from phone_recorder.desk.plan import DeskPlan

    settings = settings_of(options)
    if options["usb"] == "auto":
        refuse(("no_stick", "usb_size"), "a directory that stands for a stick")
        automount = real_usb(options["automount"])
        return DeskPlan(settings, options["config"], None, automount=automount)
    refuse(("automount",), "--usb auto")
    stick = made(Path(options["usb"]), Path(DEFAULT_STICK), True)
    return DeskPlan(settings, options["config"], stick, not options["no_stick"], options["usb_size"])


async def _switch_on(options: dict[str, Any], plan: DeskPlan) -> None:
    from phone_recorder.adapters.lines import Lines
    from phone_recorder.adapters.process import asked_to_stop, keep_from_others
    from phone_recorder.cli.output import tell
    from phone_recorder.desk.phone import DeskPhone

    stopped = asked_to_stop()
    keep_from_others()
    terminal = options["terminal"]
    where = options["http"] or (None if terminal else ("127.0.0.1", PHONE_PORT))
    async with AsyncExitStack() as stack:
        lines = stack.enter_context(Lines((lambda line: None) if terminal else tell))
        phone = DeskPhone(plan, lines.tell)
        await stack.enter_async_context(phone)
        page = await _open_page(options, where, phone, stack, lines.tell) if where else ""
        if terminal:
            from phone_recorder.cli.phone_terminal import on_terminal

            await on_terminal(phone, stopped)
            return
        lines.tell(f"{plan.settings.model} is on: {page}; Ctrl-C switches it off")
        await phone.until(stopped)


async def _open_page(
    options: dict[str, Any], where: tuple[str, int], phone: DeskPhone, stack: AsyncExitStack, tell: Any
) -> str:
    from phone_recorder.cli.phone_web import open_page

    return await open_page(options, where, phone, stack, tell)
