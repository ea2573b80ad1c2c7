"""What a page of the menus is: a function from facts to lines, and to what each key does there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from phone_recorder.control_api import Line, Request
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.menus.words import say

ALL = 1000
"""More pages than are ever open."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a key does: asks the phone for `requests`, leaves so many pages, then opens a page or a setting's field.

    `start` is the name of the row that is selected first on that page. `told` gives what is said of it once facts show
    that it is done, until the next key.
    """

    requests: tuple[Request, ...] = ()
    leave: int = 0
    page: Page | None = None
    start: str = ""
    edit: str = ""
    told: Callable[[Facts], str] | None = None


Keys = Mapping[str, Step]

LEAVE = Step(leave=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A line, and what keys do while it is selected. `name` tells it from the others, wherever it has moved to.

    `label` is that of the first soft key, which does what `ok` does.
    """

    name: str
    line: Line
    keys: Keys = field(default_factory=dict)
    label: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it is now. `keys` are those that do the same on every row; `soft` labels the last three soft keys.

    `numbered`: a digit does what `ok` does on the row of that number, else it only selects one of those that are seen.
    On a page that is `fixed` no row is selected, and `label` is that of the first soft key.
    """

    title: str
    rows: tuple[Row, ...]
    soft: tuple[str, str, str]
    keys: Keys = field(default_factory=dict)
    prompt: str = ""
    numbered: bool = False
    fixed: bool = False
    label: str = ""


Page = Callable[[Facts], Shown]


def only_back(facts: Facts) -> tuple[str, str, str]:
    """The soft keys of a page where one can choose, or leave."""
    return "", "", say("back", facts.settings.language)


def question(text: Callable[[Facts], str], yes: Callable[[Facts], Step], facts: Facts) -> Shown:
    """A page that asks; begin on its row `no`, so that OK alone changes nothing. `yes` leaves it too."""
    language = facts.settings.language
    steps = {"yes": yes(facts), "no": LEAVE}
    rows = tuple(
        Row(name, Line(say(name, language)), {"ok": step}, say("select", language)) for name, step in steps.items()
    )
    return Shown(say("question", language), rows, ("", "", say("cancel", language)), prompt=text(facts))
