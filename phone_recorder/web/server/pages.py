"""The pages: recordings found, one looked at and played, and deleting with a question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from phone_recorder.server.entry import Entry
from phone_recorder.server.query import Query
from phone_recorder.web import shown
from phone_recorder.web.forms import one
from phone_recorder.web.parameters import convert
from phone_recorder.web.server.api_live import storage_left
from phone_recorder.web.server.api_recordings import delete_entry, find_entry
from phone_recorder.web.server.parts import parts_of
from phone_recorder.web.templates import render
from phone_recorder.wire.payload import BY_NAME

COLUMNS = (
    ("started_at", "start", False),
    ("duration_s", "duration", True),
    ("remote_number", "remote", False),
    ("local_number", "local", False),
    ("device", "device", False),
    ("codec", "codec", False),
    ("size", "size", True),
    ("state", "state", False),
)
"""What can be sorted by: the entry's field, its word, whether it is a number."""
SEARCHED = ("text", "direction", "state", "device", "since", "until")
MOST_DELETED = 1000


async def recordings(request: Request) -> Response:
    """GET /: the list."""
    parts = parts_of(request)
    # An empty field of a form asks for nothing.
    asked = {name: value for name, value in request.query_params.multi_items() if value}
    query = _query(asked, parts.site.zone)
    page = await parts.site.lookups.run(parts.recordings.search, query)
    left = await storage_left(parts)
    query = msgspec.structs.replace(query, page=page.page)
    values = {"page": page, "live": parts.live(), "left": left, **_searching(query, asked)}
    return render(request, "list.html", values)


async def recording(request: Request) -> Response:
    """GET /recordings/{name}: one of them."""
    entry = await find_entry(parts_of(request), request.path_params["name"])
    playable = (entry.codec in BY_NAME and entry.duration_s > 0) or entry.state == "recording"
    return render(request, "recording.html", {"entry": entry, "facts": _facts(entry), "playable": playable})


async def delete(request: Request) -> Response:
    """POST /delete: ask, and when the answer is yes, do it."""
    parts, form = parts_of(request), request.state.form
    names = list(dict.fromkeys(form.get("name", [])))
    if len(names) > MOST_DELETED:
        raise HTTPException(413, f"{MOST_DELETED} recordings can be deleted at once")
    entries = [await find_entry(parts, name) for name in names]
    if not entries:
        return RedirectResponse("/", 303)
    if one(form, "sure") != "yes":
        return render(request, "delete.html", {"entries": entries})
    if running := [entry.name for entry in entries if entry.state == "recording"]:
        raise HTTPException(409, f"{running[0]} is being recorded: stop it first")
    for entry in entries:
        await delete_entry(parts, entry.name)
    return RedirectResponse("/", 303)


ROUTES = (
    Route("/", recordings),
    Route("/recordings/{name}", recording),
    Route("/delete", delete, methods=["POST"]),
)


def _query(asked: Mapping[str, str], zone: tzinfo | None) -> Query:
    """The page's fields are the API's, but for times: they are local."""
    bounds = {"from": "since", "to": "until"}
    pairs = [
        (bounds[name], _instant(value, zone)) if name in bounds else (name, value) for name, value in asked.items()
    ]
    return convert(pairs, Query)


def _instant(text: str, zone: tzinfo | None) -> str:
    """Local time, as `datetime-local` has it, in seconds since 1970."""
    try:
        local = datetime.fromisoformat(text)
        return repr((local if zone is None or local.tzinfo else local.replace(tzinfo=zone)).timestamp())
    except (ValueError, OverflowError, OSError) as error:
        raise HTTPException(422, f"{shown.text(text)!r} is no time: write one such as 2026-03-14T15:09") from error


def _searching(query: Query, asked: Mapping[str, str]) -> dict[str, object]:
    """What was searched for, and the links that search for it in another order and on other pages."""
    return {
        "query": query,
        "searched": any(getattr(query, field) not in ("", None) for field in SEARCHED),
        "from_text": asked.get("from", ""),
        "to_text": asked.get("to", ""),
        "columns": COLUMNS,
        "sort_links": {column: _link(asked, **_sorted_by(column, query)) for column, _, _ in COLUMNS},
        "page_link": lambda number: _link(asked, page=number),
    }


def _sorted_by(column: str, query: Query) -> dict[str, object]:
    """A second click on a column turns the order round."""
    return {"sort": column, "descending": str(query.sort != column or not query.descending).lower(), "page": 1}


def _link(asked: Mapping[str, str], **changed: object) -> str:
    return f"/?{urlencode({**asked, **changed}, errors='replace')}"


def _facts(entry: Entry) -> list[tuple[str, object, str]]:
    """Word, value and kind of each field."""
    return [
        ("name", entry.name, "mono"),
        ("id", entry.id, "mono"),
        ("device", entry.device, "mono"),
        ("remote", f"{entry.remote_number} {entry.remote_name}".strip(), ""),
        ("local", f"{entry.local_number} {entry.local_name}".strip(), ""),
        ("codec", entry.codec, ""),
        ("duration", f"{entry.duration_s:.2f} s", ""),
        ("size", f"{entry.size} B", ""),
        ("reason", entry.reason, ""),
        ("received", entry.received, ""),
        ("lost", entry.lost, "bad" if entry.lost else ""),
        ("gaps", f"{entry.gaps_s:.2f} s", "bad" if entry.gaps_s else ""),
        ("late", entry.late, ""),
        ("duplicate", entry.duplicate, ""),
        ("bad", entry.bad, ""),
        ("foreign", entry.foreign, ""),
    ]
