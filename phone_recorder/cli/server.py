"""`phone-recorder server`: a record server that phones send their calls to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click


@click.command(epilog="Example: phone-recorder server --host 0.0.0.0 --storage ./recordings")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=10000, show_default=True, help="0 for any free port.")
@click.option("--storage", type=click.Path(path_type=Path), required=True, help="Directory for the record files.")
def command(host: str, port: int, storage: Path) -> None:
    """Run a record server until Ctrl-C: control connections over TCP, RTP over UDP, record files in a directory.

    Takes PCMU, PCMA and G722. Each recording's end is told in a line.
    """
    asyncio.run(_serve(host, port, storage))


async def _serve(host: str, port: int, storage: Path) -> None:
    import signal

    from phone_recorder.cli.output import tell
    from phone_recorder.server.service import Service

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with Service(storage, host, port, tell=tell) as service:
        where = ":".join(map(str, service.address))
        tell(f"record server on {where}, storing in {storage}; Ctrl-C stops it")
        await service.until(stopped)
