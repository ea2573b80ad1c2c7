"""The options of `phone-recorder fleet`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from phone_recorder.bulk.fleet import words
from phone_recorder.bulk.fleet.threshold import parse_threshold
from phone_recorder.bulk.fleet.threshold_figures import ALL_FIGURES
from phone_recorder.cli.option_groups import under
from phone_recorder.cli.parameters import Address, PathGiven, Whole, Word
from phone_recorder.cli.record_server_options import speech_options, timeout_option
from phone_recorder.errors import UsageError

STDOUT = Path("-")

_who, _calls, _media, _network = (
    under("The phones"),
    under("Their calls"),
    under("What they say"),
    under("Their network"),
)
_server, _told, _judged = under("How they speak to the server"), under("What is told"), under("What is well")
_local = under("Mode local: how this process records")


class _Parsed(click.ParamType):  # type: ignore[type-arg]  # generic in newer click alone
    """What a function makes of a word, or says against it as a UsageError."""

    def __init__(self, name: str, parse: Callable[[str], Any]) -> None:
        self.name = name
        self._parse = parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self._parse(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


_DURATION = _Parsed("time", words.parse_duration)
_DURATIONS = _Parsed("times", words.parse_durations)
_SHARE = _Parsed("share", words.parse_share)
_THRESHOLD = _Parsed("expression", lambda text: parse_threshold(text, ALL_FIGURES))
_FILE = PathGiven(path_type=Path)

OPTIONS = [
    _who(
        "--mode",
        type=click.Choice(["server", "local"]),
        default="server",
        show_default=True,
        help="Whether a record server records them, or this process onto a drive.",
    ),
    _who("--server", type=Address(), metavar="HOST:PORT", help="The record server, in mode server."),
    _who("--storage", type=_FILE, metavar="DIR", help="The drive or directory, in mode local."),
    _who("--phones", type=Whole(1), metavar="N", default=1, show_default=True, help="How many there are."),
    _who(
        "--ramp",
        type=_Parsed("rate", words.parse_rate),
        metavar="RATE",
        help="How many begin a second, such as 100/s; without it, all at once.",
    ),
    _who(
        "--source",
        type=_Parsed("addresses", words.parse_sources),
        metavar="ADDRESSES",
        help="Addresses of this machine that they call from in turn, such as 127.0.0.2-127.0.0.9.",
    ),
    _who("--seed", type=Whole(0), metavar="N", help="That of an earlier run, to have the same calls again."),
    _calls("--talk", type=_DURATIONS, metavar="TIME", default="60s", show_default=True, help="How long each lasts."),
    _calls("--rest", type=_DURATIONS, metavar="TIME", default="1s", show_default=True, help="From one to the next."),
    _calls("--for", "lasts", type=_DURATION, metavar="TIME", help="Call again and again for so long."),
    _calls("--calls", type=Whole(1), metavar="N", help="Call again and again, so many calls in all."),
    _calls("--bad", type=_SHARE, metavar="SHARE", help="So many of the calls stop badly, such as 5%."),
    _calls(
        "--bad-ways",
        metavar="LIST",
        default="all",
        show_default=True,
        help="How: hang-up, reset, silent, mute, vanish, half, see docs/fleet.md.",
    ),
    _media(
        "--codec",
        type=click.Choice(["PCMU", "PCMA", "G722"], case_sensitive=False),
        metavar="PCMU|PCMA|G722",
        default="PCMU",
        show_default=True,
        help="Codec of the recordings.",
    ),
    _media(
        "--ptime",
        type=click.Choice(["10", "20", "30", "40", "60"]),
        default="20",
        show_default=True,
        help="Milliseconds in a packet.",
    ),
    _media(
        "--voice",
        type=Word("voice", "write pattern, tone:440 or a file"),
        metavar="VOICE",
        default="pattern",
        show_default=True,
        help="pattern, in which each frame tells where it belongs; tone:HERTZ; a WAV file or record file.",
    ),
    _network("--loss", type=_SHARE, metavar="SHARE", help="So many packets are lost, such as 2%."),
    _network("--duplicate", type=_SHARE, metavar="SHARE", help="So many come twice."),
    _network("--reorder", type=_SHARE, metavar="SHARE", help="So many come after later ones."),
    _network("--jitter", type=_DURATION, metavar="TIME", help="Each is delayed by up to so much, such as 20ms."),
    timeout_option(_server),
    *speech_options(_server),
    _local("--shared-port", is_flag=True, help="Receive all at one port, not each leg at its own."),
    _local(
        "--receive",
        type=click.Choice(["packet-ring", "recvmmsg", "io_uring"]),
        metavar="packet-ring|recvmmsg|io_uring",
        help="How packets are received; without it, the best that this machine allows.",
    ),
    _local("--check-files", is_flag=True, help="Look at every frame of every file, from a process of its own."),
    _told("--json", "json", type=_FILE, metavar="FILE|-", help="Write all figures as one JSON object; - prints it."),
    _told("--csv", type=_FILE, metavar="FILE|-", help="Write a row a second; - prints them."),
    _told("--html", type=_FILE, metavar="FILE|-", help="Write a page with plots; - prints it."),
    _told("-q", "--quiet", is_flag=True, help="Nothing until it is over, and then only what is not well."),
    _told("--no-dashboard", is_flag=True, help="Lines on a terminal too."),
    _told("--debug", is_flag=True, help="Show where in this program an error of ours came from."),
    _judged("--fail-if", type=_THRESHOLD, metavar="EXPR", multiple=True, help="Exit with 1 if this is so at the end."),
    _judged(
        "--stop-if",
        type=_THRESHOLD,
        metavar="EXPR",
        multiple=True,
        help="End the run as soon as this is so, and exit with 1; looked at each second.",
    ),
]
