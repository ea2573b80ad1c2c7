"""Manual pages of every command, from click's own help. Run: python packaging/man_pages.py DIRECTORY"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from phone_recorder import __version__
from phone_recorder.cli.main import PROGRAM, cli

SECTION = 1
_ESCAPES = str.maketrans({"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "~": "\\(ti", "^": "\\(ha"})
_AS_IT_IS = "\b"
"""Click's mark of a paragraph whose lines stay as they are."""


class ManFormatter(click.HelpFormatter):
    """Takes what click would print, and writes a manual page's sections."""

    def __init__(self) -> None:
        super().__init__()
        self._described = False
        self._first = True

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        self._lines(".SH SYNOPSIS", f".B {_escaped(prog)}", _escaped(args))

    def write_heading(self, heading: str) -> None:
        self._described = self._first = True
        self._lines(f".SH {_escaped(heading.upper())}")

    def write_paragraph(self) -> None:
        """Every paragraph begins with its own request."""

    def write_text(self, text: str) -> None:
        if not self._described:
            self.write_heading("Description")
        for paragraph in filter(None, map(str.strip, re.split(r"\n\s*\n", text.replace(_AS_IT_IS + "\n", _AS_IT_IS)))):
            self._paragraph(paragraph)

    def _paragraph(self, text: str) -> None:
        begin = [] if self._first else [".PP"]
        if text.startswith(_AS_IT_IS):
            lines = text.removeprefix(_AS_IT_IS).splitlines()
            self._lines(*begin, ".nf", ".RS", *map(_escaped, lines), ".RE", ".fi")
        else:
            self._lines(*begin, _escaped(" ".join(text.split())))
        self._first = False

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        for term, meaning in rows:
            self._lines(".TP", f".B {_escaped(term)}", _escaped(" ".join(meaning.split())))
        self._first = False

    def _lines(self, *lines: str) -> None:
        self.write("".join(f"{line}\n" for line in lines if line))


def pages(changed: int) -> Iterator[tuple[str, str]]:
    """Name of each page's file, and the page: the program's own, then each command's and of those below it.

    `changed` is their date, in seconds since 1970.
    """
    day = time.strftime("%Y-%m-%d", time.gmtime(changed))
    yield from _pages_from(click.Context(cli, info_name=PROGRAM), day)


def _pages_from(context: click.Context, day: str) -> Iterator[tuple[str, str]]:
    below = _below(context)
    yield f"{_name(context)}.{SECTION}", _page(context, below, day)
    for child in below:
        yield from _pages_from(child, day)


def _below(context: click.Context) -> list[click.Context]:
    group = context.command
    if not isinstance(group, click.Group):
        return []
    commands = [(name, group.get_command(context, name)) for name in group.list_commands(context)]
    return [click.Context(command, info_name=name, parent=context) for name, command in commands if command]


def _page(context: click.Context, below: list[click.Context], day: str) -> str:
    name, formatter = _name(context), ManFormatter()
    summary = context.command.get_short_help_str(limit=200).rstrip(".")
    formatter.write(f'.TH {_escaped(name.upper())} {SECTION} {day} "{PROGRAM} {__version__}" "User Commands"\n')
    formatter.write(f".SH NAME\n{_escaped(name)} \\- {_escaped(summary[:1].lower() + summary[1:])}\n")
    context.command.format_help(context, formatter)
    _write_see_also(formatter, [*([context.parent] if context.parent else []), *below])
    return formatter.getvalue()


def _write_see_also(formatter: ManFormatter, others: list[click.Context]) -> None:
    if others:
        names = [f".BR {_escaped(_name(other))} ({SECTION})" for other in others]
        formatter.write(".SH SEE ALSO\n" + " ,\n".join(names) + "\n")


def _name(context: click.Context) -> str:
    return context.command_path.replace(" ", "-")


def _escaped(text: str) -> str:
    """No line of it is a request to troff, and hyphens can be copied."""
    escaped = text.translate(_ESCAPES)
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for name, page in pages(int(time.time())):
        (directory / name).write_text(page)


if __name__ == "__main__":
    main()
