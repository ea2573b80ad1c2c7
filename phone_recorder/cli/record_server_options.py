"""The options that say how a phone speaks to its record server, for every command that is such phones."""

from __future__ import annotations

from collections.abc import Callable

import click

from phone_recorder.cli.option_groups import Decorator
from phone_recorder.cli.parameters import Seconds

Option = Callable[..., Decorator]
"""`click.option`, or one for options under a heading."""


def timeout_option(option: Option) -> Decorator:
    """How long it waits."""
    return option(
        "--server-timeout",
        type=Seconds(0.5, 60),
        default=5,
        show_default=True,
        help="How long it may take to be reached and to answer.",
    )


def speech_options(option: Option) -> list[Decorator]:
    """What it sends, and where to."""
    return [
        option(
            "--terminator",
            type=click.Choice(["none", "LF", "CRLF"], case_sensitive=False),
            metavar="none|LF|CRLF",
            default="none",
            show_default=True,
            help="What ends the phone's control messages.",
        ),
        option("--allow-foreign-media", is_flag=True, help="Send RTP to another host if the server names one."),
    ]
