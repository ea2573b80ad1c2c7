"""A run as one HTML file that needs nothing else: no network, no other file. Every value is escaped.

What differs from run to run stands in elements of the class `time`, and nowhere else.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from phone_recorder import __version__
from phone_recorder.harness.report.detail import Detail, Hear, detail
from phone_recorder.harness.report.replay import Command
from phone_recorder.harness.report.room import MOST_BYTES, Room
from phone_recorder.harness.report.sounds import sounds
from phone_recorder.harness.report.tally import MOST_DETAILED, OUTCOMES, WRONG, tallied
from phone_recorder.harness.report.texts import NOTHING, expects_nothing, marked_up
from phone_recorder.harness.runner.result import Result

FILES = Path(__file__).parent / "templates"
OWN = {"style": "page.css", "script": "page.js"}


def page(
    results: Iterable[Result],
    command: Command,
    began_at: datetime,
    took_s: float = 0.0,
    most: int = MOST_BYTES,
    hear: Hear = sounds,
) -> bytes:
    """The page in UTF-8. `command` is the run's; `most` bounds its sound and captures, in bytes.

    The record files of the evidence are read now: they must still be there.
    """
    kept = list(results)
    own = {kind: Markup((FILES / name).read_text("utf-8")) for kind, name in OWN.items()}
    values = {
        **own,
        "policy": _policy(own),
        "results": kept,
        "details": {one.number: one for one in _details(kept, command, Room(most), hear)},
        "tally": tallied(kept, took_s),
        "seed": command.seed,
        "began_at": began_at,
        "version": __version__,
        "outcomes": OUTCOMES,
        "expects_nothing": expects_nothing,
        "nothing": NOTHING,
    }
    return _environment().get_template("page.html").render(values).encode("utf-8", "replace")


def _details(results: list[Result], command: Command, room: Room, hear: Hear) -> Iterable[Detail]:
    wrong = [(number, result) for number, result in enumerate(results, 1) if result.outcome in WRONG]
    for place, (number, result) in enumerate(wrong):
        yield detail(number, result, command, room, hear if place < MOST_DETAILED else None)


def _policy(own: dict[str, Markup]) -> str:
    """What the page may load and run: its own style and script, known by their hashes, and what it holds itself."""
    hashes = {kind: b64encode(hashlib.sha256(text.encode()).digest()).decode() for kind, text in own.items()}
    allowed = " ".join(f"{kind}-src 'sha256-{value}';" for kind, value in hashes.items())
    return f"default-src 'none'; {allowed} img-src data:; media-src data:"


def _safe(value: object) -> object:
    """A text without what HTML cannot hold. Markup that a template made is left as it is."""
    return marked_up(value) if type(value) is str else value


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FILES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
    )
