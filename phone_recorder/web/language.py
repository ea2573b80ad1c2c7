"""Which language a page is in: the one that was chosen, else the one that the browser asks for, else English."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import HTTPConnection

from phone_recorder.web.words import LANGUAGES

COOKIE = "language"
_LONGEST = 500


def language_of(request: HTTPConnection) -> str:
    """`en` or `zh`."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def preferred(accepted: str) -> str:
    """The best of our languages by an Accept-Language header (RFC 9110 section 12.5.4)."""
    wishes = _wishes(accepted[:_LONGEST])
    best = max(LANGUAGES, key=lambda language: wishes.get(language, wishes.get("*", 0.0)))
    return best if wishes.get(best, wishes.get("*", 0.0)) > 0 else next(iter(LANGUAGES))


def _wishes(accepted: str) -> Mapping[str, float]:
    """Languages, without their regions, to how much they are wished for."""
    wishes: dict[str, float] = {}
    for wish in accepted.split(","):
        tag, _, weight = wish.partition(";")
        language = tag.strip().lower().partition("-")[0]
        wishes[language] = max(wishes.get(language, 0.0), _weight(weight))
    return wishes


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name != "q":
        return 1.0
    return float(value) if value.replace(".", "", 1).isdecimal() and value.isascii() else 0.0
