"""`phone-recorder server`: a record server that phones send their calls to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from phone_recorder.cli.lazy_commands import LazyCommands
from phone_recorder.cli.option_groups import with_options, write_groups
from phone_recorder.cli.output import shown
from phone_recorder.cli.server_options import OPTIONS
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from phone_recorder.server.service import Rules, Service

DAY_S = 86400
MOST_WEB_CONNECTIONS = 500
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


class _Commands(LazyCommands):
    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, lines=COMMANDS, places=PLACES, **extra)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_groups(self, ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group(
    cls=_Commands,
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
    from phone_recorder.adapters.process import asked_to_stop, keep_from_others
    from phone_recorder.cli.output import tell
    from phone_recorder.server.service import Service

    stopped = asked_to_stop()
    keep_from_others()
    async with AsyncExitStack() as stack:
        lines = stack.enter_context(Lines(tell))
        service = Service(options["storage"], options["host"], options["port"], _rules(options), lines.tell)
        await stack.enter_async_context(service)
        web = await _web(options, service, stack)
        host, port = service.address
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines.tell(f"record server on {where}, storing in {shown(options['storage'])}; {web}Ctrl-C stops it")
        await service.until(stopped)
        # Before the web page, which gives downloads some more time: phones must not wait for that.
        await service.stop()


async def _web(options: dict[str, Any], service: Service, stack: AsyncExitStack) -> str:
    """Start the web page, if there is to be one; what to tell of it."""
    if not options["http"]:
        return ""
    try:
        from phone_recorder.web.kept import KeptRecordings
        from phone_recorder.web.serve import Tls, WebServer
        from phone_recorder.web.server_app import make_app, needed_credentials
        from phone_recorder.web.site import Site
    except ModuleNotFoundError as error:
        raise UsageError(f"--http needs {error.name}: install phone-recorder[web]") from error
    from phone_recorder.server.credentials import Credentials
    from phone_recorder.server.credentials_file import credentials_path

    host, port = options["http"]
    credentials = needed_credentials(host, Credentials.load(credentials_path(options["storage"])))
    site = Site(KeptRecordings(service.archive), service.live, credentials, figures=service.figures)
    tls = Tls(options["tls_cert"], options["tls_key"]) if options["tls_cert"] else None
    web = await stack.enter_async_context(WebServer(make_app(site), host, port, tls, _web_connections()))
    service.watchers.append(site.hub.changed)
    return f"web page on {web.url}; "


def _rules(options: dict[str, Any]) -> Rules:
    from phone_recorder.adapters.process import most_open_files
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
    for_phones = most_open_files() - (2 * _web_connections() if options["http"] else 0)
    return Rules(wanted.within(for_phones), Access(networks, devices), retention)


def _web_connections() -> int:
    """How many the web page answers: where a process may have few open files, most of them are the phones'."""
    from phone_recorder.adapters.process import most_open_files

    return min(MOST_WEB_CONNECTIONS, most_open_files() // 8)
