"""Pages from templates: every value is escaped, and one that is missing is an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from phone_recorder.web import shown
from phone_recorder.web.language import language_of
from phone_recorder.web.look import Look
from phone_recorder.web.site import asked_of, site_of
from phone_recorder.web.words import LANGUAGES, Words

FILES = Path(__file__).parent / "templates"


class Texts(Mapping[str, str]):
    """The texts of one language: `t.search`, `t["search"]`."""

    def __init__(self, all_words: Mapping[str, Words], language: str) -> None:
        self._words: dict[str, str] = {key: words._asdict()[language] for key, words in all_words.items()}

    def __getitem__(self, key: str) -> str:
        return self._words[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


def render(
    request: HTTPConnection,
    template: str,
    values: Mapping[str, object],
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """A page in the request's language."""
    site, language = site_of(request), language_of(request)
    visitor = getattr(request.state, "visitor", None)
    session = visitor.session if visitor else None
    common = {
        "t": Texts(site.look.words, language),
        "language": language,
        "languages": LANGUAGES.items(),
        "visitor": visitor,
        "csrf": session.csrf if session else "",
        "here": asked_of(request),
    }
    page = environment(site.look, site.zone).get_template(template).render(common | dict(values))
    headers = {"Vary": "Cookie, Accept-Language", **(headers or {})}
    return HTMLResponse(page, status, headers)


@cache
def environment(look: Look, zone: tzinfo | None) -> Environment:
    """jinja2 with the look's templates and filters, and the common ones; times are shown in `zone`."""
    files = FileSystemLoader((look.templates, FILES))
    made = Environment(loader=files, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters |= {
        "shown": shown.text,
        "when": partial(shown.when, zone=zone),
        "duration": shown.duration,
        "size": shown.size,
        **look.filters,
    }
    return made
