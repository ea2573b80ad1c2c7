"""The options of `phone-recorder test`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from phone_recorder.cli.option_groups import under
from phone_recorder.cli.parameters import Address, PathGiven, Seconds, Whole, Word

_which, _how, _told, _instead = under("Which"), under("How"), under("What is told"), under("Instead of playing")
_subject = under("Another device than our own phone")
_file = PathGiven(path_type=Path, dir_okay=False)


class _Limit(Seconds):
    """Seconds from a tenth to a day and more, or 0."""

    def __init__(self) -> None:
        super().__init__(0.1, 100_000, "seconds, or 0 for any")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        with suppress(ValueError):
            if float(value) == 0:
                return 0.0
        return super().convert(value, param, ctx)


OPTIONS = [
    _which("-k", "expression", metavar="EXPR", default="", help="Cases with these words in name or tags, see above."),
    _which(
        "--tag",
        "tags",
        type=Word("word", "write a tag, or leave the option out"),
        metavar="TAG",
        multiple=True,
        help="Cases with this tag; of several, one is enough.",
    ),
    _how(
        "-j",
        "--jobs",
        type=Whole(1, 256),
        metavar="N",
        help="Processes; without it, one a CPU, or four with --live.",
    ),
    _how("--seed", type=Whole(0), metavar="N", help="That of an earlier run, to have the same again."),
    _how("--repeat", type=Whole(1, 10_000), metavar="N", default=1, help="Each case N times, by other seeds."),
    _how(
        "--timeout",
        type=_Limit(),
        metavar="SECONDS",
        default=300,
        show_default=True,
        help="Real time that a case may take beyond its length; 0: any.",
    ),
    _how("-x", "--stop", is_flag=True, help="No more after the first that has not passed."),
    _how("--live", is_flag=True, help="In real time, over real sockets."),
    _subject("--agent", metavar="SOCKET|auto", help="A real agent; with auto, one of its own for each case."),
    _subject(
        "--recordings",
        type=PathGiven(path_type=Path, file_okay=False, exists=True),
        metavar="DIR",
        help="Where that agent's record files are, if it can be looked into from here.",
    ),
    _subject(
        "--arrivals",
        type=Address(any_port=True),
        metavar="HOST:PORT",
        help="Any phone that records to our server, which listens there.",
    ),
    _subject("--server", type=Address(), metavar="HOST:PORT", help="A record server, ours or not: its control cases."),
    _subject(
        "--stored",
        type=PathGiven(path_type=Path, file_okay=False, exists=True),
        metavar="DIR",
        help="Where that server stores, if it can be looked into from here.",
    ),
    _subject("--codecs", default="", metavar="LIST", help="Codecs that it should take, if not PCMU,PCMA,G722."),
    _told("-q", "--quiet", is_flag=True, help="Only what has not passed, and the totals."),
    _told("--json", "as_json", is_flag=True, help="Print JSON, one object a line, and nothing else."),
    _told("--junit", type=_file, metavar="FILE", help="Write a report that CI systems read."),
    _told("--html", type=_file, metavar="FILE", help="Write a page with all there is of each failure."),
    _told("--keep", type=PathGiven(path_type=Path, file_okay=False), metavar="DIR", help="Leave all files there."),
    _told("--debug", is_flag=True, help="Show where in this program an error of ours came from."),
    _instead("--list", "as_list", is_flag=True, help="Print the cases' names and titles."),
    _instead("--explain", is_flag=True, help="Print what each case is, in words."),
    _instead(
        "--record",
        type=_file,
        metavar="FILE",
        help="Switch an emulated phone on, and write what is done with it as a scenario, and play that.",
    ),
    _instead(
        "--phone",
        type=PathGiven(path_type=Path, dir_okay=False, exists=True),
        metavar="FILE",
        help="With --record: its settings, such as phone.toml.",
    ),
    _instead(
        "--web",
        type=Address(8080, any_port=True),
        metavar="HOST:PORT",
        help="With --record: a page for its face, with a panel for the stick.",
    ),
    _instead("--force", is_flag=True, help="With --record: replace FILE if it is there."),
]
