"""Pages from templates: every value is escaped, and one that is missing is an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from phone_recorder.web import shown
from phone_recorder.web.language import language_of
from phone_recorder.web.site import asked_of
from phone_recorder.web.words import LANGUAGES, WORDS

FILES = Path(__file__).parent / "templates"


class Texts(Mapping[str, str]):
    """The texts of one language: `t.search`, `t["search"]`."""

    def __init__(self, language: str) -> None:
        self._words: dict[str, str] = {key: words._asdict()[language] for key, words in WORDS.items()}

    def __getitem__(self, key: str) -> str:
        return self._words[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


def render(
    request: Request,
    template: str,
    values: Mapping[str, object],
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """A page in the request's language."""
    language = language_of(request)
    visitor = getattr(request.state, "visitor", None)
    session = visitor.session if visitor else None
    common = {
        "t": Texts(language),
        "language": language,
        "languages": LANGUAGES.items(),
        "visitor": visitor,
        "csrf": session.csrf if session else "",
        "here": asked_of(request),
    }
    page = environment(request.app.state.site.zone).get_template(template).render(common | dict(values))
    headers = {"Vary": "Cookie, Accept-Language", **(headers or {})}
    return HTMLResponse(page, status, headers)


@cache
def environment(zone: tzinfo | None) -> Environment:
    """jinja2 with our filters; times are shown in `zone`."""
    made = Environment(loader=FileSystemLoader(FILES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters |= {
        "shown": shown.text,
        "when": partial(shown.when, zone=zone),
        "duration": shown.duration,
        "size": shown.size,
        "span": shown.span,
        "loss": shown.loss,
    }
    return made
