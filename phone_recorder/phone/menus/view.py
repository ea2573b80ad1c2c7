"""What is seen of a page, and which of its rows is selected while rows come and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from phone_recorder.control_api import DIGITS, Line
from phone_recorder.phone.face.text_face import ROWS
from phone_recorder.phone.menus.fields import Field, lines
from phone_recorder.phone.menus.page import Page, Row, Shown
from phone_recorder.phone.menus.words import say
from phone_recorder.settings.phone import Language

NUMERALS = tuple(digit for digit in DIGITS if digit.isdecimal())
"""Keys that stand for a row."""


@dataclass(frozen=True, slots=True)
class MenuView:
    """What the menus show, as Screen has it: `lines` are those that are seen, the first being `first` of `total`.

    `first` counts from 0; `selected` is an index in `lines`. `prompt` is empty while there is nothing to say.
    """

    title: str
    lines: tuple[Line, ...] = ()
    selected: int | None = None
    first: int = 0
    total: int = 0
    edit: str | None = None
    hidden: bool = False
    prompt: str = ""
    soft: tuple[str, str, str, str] = ("", "", "", "")


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that is open. `name` is the selected row's, `index` where it was, `first` the first row that is seen."""

    page: Page
    name: str = ""
    index: int = 0
    first: int = 0

    def settled(self, rows: Sequence[Row]) -> Opened:
        """With the rows that there are now: the selected one is found again, or the one that stands there instead."""
        names = [row.name for row in rows]
        index = max(min(self.index, len(rows) - 1), 0)
        if self.name in names and names[index] != self.name:
            index = names.index(self.name)
        return self.at(index, rows)

    def at(self, index: int, rows: Sequence[Row]) -> Opened:
        """With another row selected, and what is seen moved no further than it must."""
        first = min(max(self.first, index - ROWS + 1), index, max(len(rows) - ROWS, 0))
        return replace(self, name=rows[index].name if rows else "", index=index, first=first)


def page_view(opened: Opened, shown: Shown, prompt: str) -> MenuView:
    """A page, with the row selected that `opened` says."""
    window = slice(opened.first, opened.first + ROWS)
    texts = [_numbered(index, row.line) if shown.numbered else row.line for index, row in enumerate(shown.rows)]
    selected = None if shown.fixed or not shown.rows else opened.index
    label = shown.label if selected is None else shown.rows[selected].label
    return MenuView(
        title=shown.title,
        lines=tuple(texts[window]),
        selected=None if selected is None else selected - opened.first,
        first=opened.first,
        total=len(texts),
        prompt=prompt,
        soft=(label, *shown.soft),
    )


def field_view(title: str, field: Field, prompt: str, language: Language) -> MenuView:
    """A setting that is being typed."""
    above = lines(field, language)
    return MenuView(
        title=title,
        lines=above,
        total=len(above),
        # A secret is nobody's to read, whoever watches.
        edit="*" * len(field.typed.text) if field.hidden else field.typed.text,
        hidden=field.hidden,
        prompt=prompt,
        soft=(say("save", language), say("delete", language), field.next_mode, say("cancel", language)),
    )


def row_of(digit: str) -> int:
    """The index that a digit stands for: 0 is the tenth."""
    return (int(digit) - 1) % 10


def _numbered(index: int, line: Line) -> Line:
    return Line(f"{index + 1}. {line.text}", line.value, line.mark)
