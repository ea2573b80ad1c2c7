"""Logging in and out, and choosing a language."""

from __future__ import annotations

import math
import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from phone_recorder.web import guard, language
from phone_recorder.web.forms import one
from phone_recorder.web.site import is_tls, site_of
from phone_recorder.web.templates import Texts, render
from phone_recorder.web.words import LANGUAGES

_LONGEST = 1000
"""Letters of a user and a password that are looked at."""
_A_YEAR_S = 365 * 86400
_OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\\x7f-\U0010ffff]*")
"""A place on this server, and on no other: a redirect must not be led astray."""


async def show(request: Request) -> Response:
    """GET /login."""
    if request.state.visitor:
        return RedirectResponse("/", 303)
    return _form(request, request.query_params.get("next", "/"))


async def log_in(request: Request) -> Response:
    """POST /login: a new session with a new id, or the form again."""
    site, form = site_of(request), request.state.form
    host = request.client.host if request.client else ""
    if site.credentials is None:
        return RedirectResponse("/", 303)
    user, password = one(form, "user")[:_LONGEST], one(form, "password")[:_LONGEST]
    if wait := math.ceil(site.throttle.take(host, user)):
        return _form(request, one(form, "next"), 429, "too_many_logins", wait)
    # Before the password is looked at: a session that begins with one that has just been changed is none.
    stamp = site.credentials.stamp(user)
    right = await site.passwords.run(site.credentials.check_password, user, password)
    if not right:
        return _form(request, one(form, "next"), 403, "wrong_login")
    site.throttle.give_back(host, user)
    return _welcome(request, site.sessions.begin(user, stamp))


async def log_out(request: Request) -> Response:
    """POST /logout."""
    site_of(request).sessions.end(request.cookies.get(guard.COOKIE, ""))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(guard.COOKIE, "/", httponly=True, samesite="strict", secure=is_tls(request))
    return answer


async def choose_language(request: Request) -> Response:
    """GET /language/{language}: kept in a cookie."""
    chosen = request.path_params["language"]
    if chosen not in LANGUAGES:
        raise HTTPException(404, f"the pages are in {' and '.join(LANGUAGES)} alone")
    answer = RedirectResponse(own_path(request.query_params.get("next", "/")), 303)
    answer.set_cookie(language.COOKIE, chosen, _A_YEAR_S, httponly=True, samesite="lax", secure=is_tls(request))
    return answer


def own_path(path: str) -> str:
    """The path, if it leads nowhere else, or `/`."""
    return path if _OWN_PATH.fullmatch(path) else "/"


ROUTES = (
    Route("/login", show),
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"]),
    Route("/language/{language}", choose_language),
)


def _welcome(request: Request, session_id: str) -> Response:
    site_of(request).sessions.end(request.cookies.get(guard.COOKIE, ""))
    answer = RedirectResponse(own_path(one(request.state.form, "next")), 303)
    answer.set_cookie(guard.COOKIE, session_id, path="/", httponly=True, samesite="strict", secure=is_tls(request))
    return answer


def _form(request: Request, onward: str, status: int = 200, word: str = "", wait: int = 0) -> Response:
    site = site_of(request)
    sentence = Texts(site.look.words, language.language_of(request))[word].format(wait) if word else ""
    headers = {"Retry-After": str(wait)} if wait else {}
    values = {"next": own_path(onward), "sentence": sentence, "who_hint": site.look.who_hint}
    return render(request, "login.html", values, status, headers)
