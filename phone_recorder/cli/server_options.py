"""The options of `phone-recorder server`."""

from __future__ import annotations

from pathlib import Path

import click

from phone_recorder.cli.option_groups import under
from phone_recorder.cli.parameters import HOST, Address, PathGiven, Seconds, Size, Span

WEB_PORT = 8088

_where, _who, _much = under("Where"), under("Who may record"), under("How much at a time")
_long, _web = under("How long"), under("Web page and JSON API")

OPTIONS = [
    _where("--host", type=HOST, default="127.0.0.1", show_default=True, help="Address to listen on."),
    _where("--port", type=click.IntRange(0, 65535), default=10000, show_default=True, help="0 for any free port."),
    _where("--storage", type=PathGiven(path_type=Path), help="Directory for the record files.  [required]"),
    _where("--rtp-ports", type=Span(1, 65535), metavar="FIRST-LAST", help="UDP ports for RTP; without it, any free."),
    _who("--allow", multiple=True, metavar="NETWORK", help="Networks that may connect; without it, all."),
    _who("--allow-device", multiple=True, metavar="MAC", help="Devices that may record; without it, all."),
    _much("--max-sessions", type=click.IntRange(1), default=2000, show_default=True, help="Recordings."),
    _much("--max-per-device", type=click.IntRange(1), default=16, show_default=True, help="Recordings of one phone."),
    _much("--max-connections", type=click.IntRange(1), default=4000, show_default=True, help="Control connections."),
    _much("--max-per-host", type=click.IntRange(1), default=1000, show_default=True, help="Of one address."),
    _much(
        "--connection-rate",
        type=click.IntRange(1),
        default=50,
        show_default=True,
        help="New ones a second of one host.",
    ),
    _long(
        "--rtp-idle",
        type=Seconds(0, 1e6),
        default=3600,
        show_default=True,
        help="Seconds without RTP that end a recording; 0 for none.",
    ),
    _long(
        "--control-idle",
        type=Seconds(0, 1e6),
        default=60,
        show_default=True,
        help="Seconds without a recording that end a connection; 0 for none.",
    ),
    _long("--keep-days", type=Seconds(0, 1e5, "days"), default=0, help="Delete recordings that are older."),
    _long("--keep-size", type=Size(), default=0, help="Delete the oldest while all together are larger."),
    _long("--keep-free", type=Size(), default=0, help="Delete the oldest while less is free."),
    _web(
        "--http",
        type=Address(WEB_PORT, any_port=True),
        metavar="HOST:PORT",
        help=f"Where, such as 127.0.0.1:{WEB_PORT}; without it, there is none.",
    ),
    _web("--tls-cert", type=click.Path(path_type=Path), help="Certificate chain, PEM."),
    _web("--tls-key", type=click.Path(path_type=Path), help="Its private key, PEM."),
]
