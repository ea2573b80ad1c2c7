"""The web application of the record server: pages and API behind one door."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from phone_recorder.errors import PhoneRecorderError, UsageError
from phone_recorder.web import login, pages
from phone_recorder.web.api import OPERATIONS
from phone_recorder.web.guard import Guard
from phone_recorder.web.headers import SecurityHeaders, secure
from phone_recorder.web.openapi import routes
from phone_recorder.web.ports import Credentials
from phone_recorder.web.problems import answer_failure, answer_problem
from phone_recorder.web.site import Site, is_tls

STATIC = Path(__file__).parent / "static"


def make_app(site: Site) -> Starlette:
    """The application; `app.state.site.hub` is to be told when a recording begins or ends."""
    app = Starlette(
        routes=[
            *routes(OPERATIONS),
            *pages.ROUTES,
            *login.ROUTES,
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(Guard, site=site)],
        exception_handlers={
            HTTPException: answer_problem,
            PhoneRecorderError: answer_failure,
            Exception: _answer_failure,
        },
    )
    # Where such a redirect leads is made with the Host header.
    app.router.redirect_slashes = False
    app.state.site = site
    return app


def needed_credentials(host: str, credentials: Credentials) -> Credentials | None:
    """What a server on `host` has to ask for: None where this machine alone can reach it.

    UsageError if others can, and there is nobody who may log in.
    """
    if is_loopback(host):
        return None
    if not credentials.users and not credentials.tokens:
        raise UsageError(
            f"others can reach {host}, and nobody may log in yet: add a user with `phone-recorder server passwd`, "
            "or listen on 127.0.0.1"
        )
    return credentials


def is_loopback(host: str) -> bool:
    """Whether this machine alone can reach that address; a name may mean anything, but for localhost."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _answer_failure(request: Request, error: Exception) -> Response:
    answer = answer_failure(request, error)
    # What has failed so is answered outside of the middleware.
    secure(MutableHeaders(raw=answer.raw_headers), is_tls(request))
    return answer
