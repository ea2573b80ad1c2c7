"""Lines for whoever watches. Nobody may be watching any more; the work that they tell of goes on."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TextIO

import click

_NOBODY_READS = (errno.EPIPE, errno.EIO)


def shown(text: object) -> str:
    """A path, or a sentence with one, as a line for a terminal: a file on a stranger's stick may be called anything."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in click.format_filename(str(text)))


def complain(sentence: object) -> None:
    """One line on stderr, if it is still there."""
    try:
        click.echo(f"phone-recorder: {shown(sentence)}", err=True)
    except OSError:
        silence(sys.stderr)


def say(line: str, end: bool = True) -> None:
    """As `tell`, but for an OSError where it cannot be written. Letters that the terminal lacks are shown as codes."""
    if sys.stdout is None:  # closed before we began
        return
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(line.encode(encoding, "backslashreplace").decode(encoding), nl=end)


def tell(line: str, end: bool = True) -> None:
    """Print a line, or with `end` false a piece of one, if it can be."""
    try:
        say(line, end)
    except OSError:
        # As `| head` leaves it, or a full disk. A recording must not end for that: the rest goes nowhere.
        silence(sys.stdout)


def say_while_read(line: str) -> None:
    """As `say`; but that nobody reads it any more, at the other end of a pipe or at a terminal, is no error."""
    try:
        say(line)
    except OSError as error:
        if not nobody_reads(error):
            raise
        silence(sys.stdout)


def nobody_reads(error: OSError) -> bool:
    """Whether standard output could not be written because the other end of a pipe, or the terminal, is gone."""
    # An I/O error of a file is one of its disk.
    return error.errno in _NOBODY_READS and not stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)


def silence(stream: TextIO) -> None:
    """Let the rest go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
