"""What can be asked of the catalogue, and how SQL asks it. Values, no database."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from phone_recorder.errors import UsageError
from phone_recorder.server.entry import Entry
from phone_recorder.server.sidecar import storable_text

MAX_PER_PAGE = 500

Sort = Literal[
    "started_at",
    "duration_s",
    "size",
    "name",
    "device",
    "direction",
    "local_number",
    "local_name",
    "remote_number",
    "remote_name",
    "codec",
    "state",
    "lost",
    "gaps_s",
]
SORTS: tuple[str, ...] = get_args(Sort)

_NUMBERS = ("local_number", "remote_number")
_NAMES = ("local_name", "remote_name")
FOLDED = ("id", "device", *_NUMBERS, *_NAMES)
"""Columns that have a second one for what a search does not tell apart: Anna and ANNA."""
_SUBSTRINGS = {"text": FOLDED, "number": _NUMBERS, "name": _NAMES, "device": ("device",)}
_EXACT = ("direction", "codec", "state")
_BOUNDS = {"since": "started_at >= ?", "until": "started_at < ?"}


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which recordings; what is "" or None asks for nothing.

    `text` is a part of a number, a name, the device or the id, `number`, `name` and `device` a part of these, whatever
    the case; `since` and `until` (not included) bound the start, in seconds since 1970, UTC. `page` counts from 1.
    """

    text: str = ""
    number: str = ""
    name: str = ""
    device: str = ""
    direction: Literal["", "in", "out"] = ""
    codec: str = ""
    state: Literal["", "recording", "recorded", "cut short"] = ""
    since: float | None = None
    until: float | None = None
    sort: Sort = "started_at"
    descending: bool = True
    page: Annotated[int, msgspec.Meta(ge=1)] = 1
    per_page: Annotated[int, msgspec.Meta(ge=1, le=MAX_PER_PAGE)] = 50


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """`entries` of page `page` out of `pages` (at least 1); `total` on all of them."""

    entries: list[Entry]
    total: int
    page: int
    pages: int


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """All recordings of one state together."""

    count: int = 0
    bytes: int = 0
    seconds: float = 0.0


def fold(text: str) -> str:
    """The text as it is compared: whatever the case, in any alphabet."""
    return storable_text(text).casefold()


def folded(column: str) -> str:
    """The column that holds a column's folded text."""
    return f"{column}_folded"


def where(query: Query) -> tuple[str, list[str | float]]:
    """A condition and its values. `instr` knows no wildcards: nothing in a text is more than itself."""
    asked: list[tuple[str, list[str | float]]] = []
    for field, columns in _SUBSTRINGS.items():
        if text := fold(getattr(query, field)):
            asked.append((" OR ".join(f"instr({folded(c)}, ?)" for c in columns), [text] * len(columns)))
    for field in _EXACT:
        if text := storable_text(getattr(query, field)):
            asked.append((f"{field} = ?", [text]))
    for field, condition in _BOUNDS.items():
        if (bound := getattr(query, field)) is not None:
            asked.append((condition, [bound]))
    condition = " AND ".join(f"({condition})" for condition, _ in asked) or "TRUE"
    return condition, [value for _, values in asked for value in values]


def order_by(query: Query) -> str:
    """The order of the rows, in which no two are alike; UsageError for a column that is not in the table."""
    if query.sort not in SORTS:
        raise UsageError(f"recordings cannot be sorted by {query.sort!a}; choose one of {', '.join(SORTS)}")
    column = folded(query.sort) if query.sort in FOLDED else query.sort
    direction = "DESC" if query.descending else "ASC"
    return f"{column} {direction}, name {direction}"


def paging(query: Query, total: int) -> tuple[int, int, int]:
    """Page, pages, and entries a page: the nearest there are to what was asked for."""
    per_page = min(max(query.per_page, 1), MAX_PER_PAGE)
    pages = max(-(-total // per_page), 1)
    return min(max(query.page, 1), pages), pages, per_page
