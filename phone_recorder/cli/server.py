"""`phone-recorder server`: a record server that phones send their calls to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from phone_recorder.cli.option_groups import GroupedCommands, with_options
from phone_recorder.cli.output import shown
from phone_recorder.cli.server_options import OPTIONS
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.server.service import Rules

DAY_S = 86400
COMMANDS = {
    "passwd": "Set who may log in to the web page.",
    "token": "Make a token for programs that use the API.",
    "reindex": "Make the catalogue anew from the files.",
}
PLACES = {
    "passwd": ("server_passwd", "passwd"),
    "token": ("server_passwd", "token"),
    "reindex": ("server_reindex", "reindex"),
}


@click.group(
    cls=GroupedCommands,
    lines=COMMANDS,
    places=PLACES,
    invoke_without_command=True,
    epilog="Example: phone-recorder server --host 0.0.0.0 --storage ./recordings --http 127.0.0.1:8088",
)
@with_options(OPTIONS)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Run a record server until Ctrl-C: control connections over TCP, RTP over UDP, record files in a directory.

    Takes PCMU, PCMA and G722. Each recording's end is told in a line. Nobody needs to log in to a web page on a
    loopback address; on any other one it starts only when `passwd` or `token` has said who may. Sizes are bytes; K, M
    and G are binary.
    """
    if ctx.invoked_subcommand:
        return
    if options["storage"] is None:
        raise click.UsageError("Missing option '--storage'")
    if (options["tls_cert"] is None) != (options["tls_key"] is None):
        raise UsageError("--tls-cert and --tls-key go together")
    if not options["storage"].exists():
        raise UsageError(f"there is no directory {shown(options['storage'])}: make it first, or name another")
    if options["tls_cert"] and not options["http"]:
        raise UsageError("--tls-cert goes with --http")
    asyncio.run(_serve(options))


async def _serve(options: dict[str, Any]) -> None:
    from contextlib import AsyncExitStack

    from phone_recorder.adapters.lines import Lines
    from phone_recorder.adapters.process import asked_to_stop, keep_from_others, most_open_files
    from phone_recorder.cli.output import tell
    from phone_recorder.cli.server_web import plan_web, start_web
    from phone_recorder.server.service import Service

    stopped, open_files = asked_to_stop(), most_open_files()
    keep_from_others()
    web = plan_web(options, open_files)
    rules = _rules(options, open_files - (2 * web.most if web else 0))
    async with AsyncExitStack() as stack:
        lines = stack.enter_context(Lines(tell))
        service = Service(options["storage"], options["host"], options["port"], rules, lines.tell)
        await stack.enter_async_context(service)
        page = f"web page on {await start_web(web, service, stack, lines.tell)}; " if web else ""
        host, port = service.address
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines.tell(f"record server on {where}, storing in {shown(options['storage'])}; {page}Ctrl-C stops it")
        lines.tell(f"RTP: {service.media.name}")
        await service.until(stopped)
        # Before the web page, which gives downloads some more time: phones must not wait for that.
        await service.stop()


def _rules(options: dict[str, Any], open_files: int) -> Rules:
    from phone_recorder.recording.units import from_seconds
    from phone_recorder.server.access import Access, parse_device, parse_network
    from phone_recorder.server.limits import Limits
    from phone_recorder.server.retention import Retention
    from phone_recorder.server.service import Rules

    wanted = Limits(
        sessions=options["max_sessions"],
        per_device=options["max_per_device"],
        connections_per_host=options["max_per_host"],
        connections=options["max_connections"],
        connection_rate=options["connection_rate"],
        ports=options["rtp_ports"] or (0, 0),
        rtp_idle=from_seconds(options["rtp_idle"]),
        control_idle=from_seconds(options["control_idle"]),
    )
    networks = tuple(map(parse_network, options["allow"]))
    devices = frozenset(map(parse_device, options["allow_device"]))
    retention = Retention(options["keep_days"] * DAY_S, options["keep_size"], options["keep_free"])
    return Rules(wanted.within(open_files), Access(networks, devices), retention)
