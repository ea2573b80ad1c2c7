"""Colours on a terminal, for whoever wants them."""

from __future__ import annotations

import os

import click


def coloured(text: str, colour: str | None) -> str:
    """The text in this colour of click's; as it is with None, or where no colours are wanted (no-color.org).

    Where the output is no terminal, click leaves them out when it prints.
    """
    return click.style(text, colour) if colour and _wanted() else text


def _wanted() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
