"""Who may: nothing behind this door is listed, played or deleted for somebody who may not.

Where there are credentials, a program shows a token, a browser the cookie of its session, and with the cookie each
unsafe request proves that it comes from our own page. Where there are none, the server answers this machine alone: the
Host header must name it, lest another site's name be pointed here (DNS rebinding), no proxy may stand between, and
pages of other sites may lead here, but have nothing loaded from here. WebSockets are looked at as requests are, before
they are opened.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from phone_recorder.errors import PhoneRecorderError, UsageError
from phone_recorder.web.forms import one, read_form
from phone_recorder.web.problems import answer_failure, answer_problem, is_for_programs
from phone_recorder.web.sessions import Session
from phone_recorder.web.site import Site, asked_of, path_of, site_of

COOKIE = "phone_recorder_session"
CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
OPEN_PATHS = re.compile(r"/healthz|/login|/language/[a-z]+|/static/(?:[a-z]+/)?[a-z0-9._-]+")
"""What anybody may have: nothing of it tells of recordings."""
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
POLICY_VIOLATION = 1008
"""RFC 6455 section 7.4.1."""

_LOCAL_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: `session` for a browser that is logged in, None for a program with a token and on this machine."""

    name: str
    session: Session | None = None


class Guard:
    """ASGI middleware; leaves the `visitor`, or None, and the `form` in the request's state."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            refusal = await _answered(request, self._refusal(request))
            await (refusal or self._app)(scope, receive, send)
        elif scope["type"] == "websocket":
            socket = HTTPConnection(scope)
            refusal = await _answered(socket, self._socket_refusal(socket))
            await (_Refused(refusal) if refusal else self._app)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        """What to answer in place of what was asked for; None if it may be."""
        check_framing(request)
        if self._site.credentials is None:
            check_local(request.headers)
            if not _is_visit(request):
                check_origin(request.headers)
        visitor = find_visitor(request, self._site)
        request.state.visitor, request.state.form = visitor, {}
        if visitor is None and not OPEN_PATHS.fullmatch(path_of(request)):
            return _ask_to_log_in(request)
        if request.method not in SAFE_METHODS:
            request.state.form = await read_form(request)
            if not has_token(request):
                check_origin(request.headers)
                check_csrf(request, visitor)
        return None

    async def _socket_refusal(self, socket: HTTPConnection) -> Response | None:
        """What to answer in place of opening a WebSocket. A browser opens one for any page: ours alone may have it."""
        if self._site.credentials is None:
            check_local(socket.headers)
        check_origin(socket.headers)
        visitor = find_visitor(socket, self._site)
        socket.state.visitor = visitor
        return None if visitor else _no_login(socket)


class _Refused:
    """A WebSocket that is not opened (RFC 6455 section 4.2.2): the answer says why, where the server can send one."""

    def __init__(self, answer: Response) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # that it is to be opened
        if "websocket.http.response" in scope.get("extensions", {}):
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})


async def _answered(request: HTTPConnection, refusal: Awaitable[Response | None]) -> Response | None:
    """The refusal; what is raised in finding it refuses too."""
    try:
        return await refusal
    except HTTPException as problem:
        return answer_problem(request, problem)
    except PhoneRecorderError as failure:  # the credentials cannot be read: nobody is let in
        return answer_failure(request, failure)


def find_visitor(request: HTTPConnection, site: Site) -> Visitor | None:
    """Who asks, as far as that is proved."""
    if site.credentials is None:
        return Visitor("local")
    if has_token(request):
        kind, _, token = request.headers["authorization"].partition(" ")
        label = site.credentials.check_token(token.strip()) if kind.lower() == "bearer" else None
        return None if label is None else Visitor(label)
    session = site.sessions.find(request.cookies.get(COOKIE, ""))
    if session is None or not session.stamp or site.credentials.stamp(session.user) != session.stamp:
        return None  # the user was removed, or has another password now
    return Visitor(session.user, session)


def may_go_on(request: HTTPConnection, site: Site) -> bool:
    """Whether a stream that was begun may go on: logging out ends it, and so does a token that is revoked."""
    try:
        return find_visitor(request, site) is not None
    except UsageError:
        return False


def has_token(request: HTTPConnection) -> bool:
    """Whether the request brings a proof that no browser adds by itself."""
    return "authorization" in request.headers


def check_framing(request: Request) -> None:
    """HTTPException 400 for a body whose end could be told in two ways (RFC 9112 section 6.1); no request follows."""
    headers, version = request.headers, request.scope.get("http_version")
    if "transfer-encoding" in headers and ("content-length" in headers or version == "1.0"):
        sentence = "the request says its length in two ways: send Content-Length or Transfer-Encoding"
        raise HTTPException(400, sentence, {"Connection": "close"})


def check_local(headers: Headers) -> None:
    """HTTPException 403 unless the request was made to this machine by name, and by nobody for somebody else."""
    if not _LOCAL_HOST.fullmatch(headers.get("host", "")):
        raise HTTPException(403, "without login this server is reached as 127.0.0.1, localhost or [::1] alone")
    if any(name in headers for name in _PROXY_HEADERS):
        raise HTTPException(403, "without login this server is not reached through a proxy: make it ask for a login")


def check_origin(headers: Headers) -> None:
    """HTTPException 403 if a page of another site has made the browser ask."""
    origin = headers.get("origin")
    foreign = origin is not None and origin.partition("://")[2].lower() != headers.get("host", "").lower()
    if foreign or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "this was asked for by a page of another site, and was not done")


def _is_visit(request: Request) -> bool:
    """Whether somebody goes to one of our pages; with anything else a page of another site could load this machine."""
    fetch = request.headers.get("sec-fetch-mode"), request.headers.get("sec-fetch-dest")
    seen = fetch == ("navigate", "document") and site_of(request).look.visited.fullmatch(path_of(request))
    return request.method in SAFE_METHODS and bool(seen)


def check_csrf(request: Request, visitor: Visitor | None) -> None:
    """HTTPException 403 if a session's request does not bring the session's own CSRF token."""
    if visitor is None or visitor.session is None or path_of(request) == "/login":  # which begins a new session
        return
    token = request.headers.get(CSRF_HEADER) or one(request.state.form, CSRF_FIELD)
    if not hmac.compare_digest(token.encode("utf-8", "replace"), visitor.session.csrf.encode()):
        raise HTTPException(403, f"the request lacks the session's {CSRF_HEADER}: reload the page and try again")


def _ask_to_log_in(request: Request) -> Response:
    if is_for_programs(request) or request.method not in SAFE_METHODS:
        return _no_login(request)
    asked = asked_of(request)
    return RedirectResponse("/login" if asked == "/" else f"/login?next={quote(asked, safe='')}", 303)


def _no_login(request: HTTPConnection) -> Response:
    command = site_of(request).look.token_hint
    sentence = f"log in, or send a token as `Authorization: Bearer`; `{command}` makes one"
    return answer_problem(request, HTTPException(401, sentence, {"WWW-Authenticate": "Bearer"}))
