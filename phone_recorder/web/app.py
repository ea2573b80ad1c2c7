"""An application: its routes behind one door, with the login, the answers to what goes wrong, and static files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from phone_recorder.errors import PhoneRecorderError
from phone_recorder.web import login
from phone_recorder.web.guard import Guard
from phone_recorder.web.headers import SecurityHeaders, secure
from phone_recorder.web.problems import answer_failure, answer_problem
from phone_recorder.web.site import Site, is_tls

STATIC = Path(__file__).parent / "static"


def make_app(site: Site, routes: Sequence[BaseRoute], static: Mapping[str, Path]) -> Starlette:
    """The application of these routes, WebSockets among them: what is behind them is for who may, and for nobody else.

    Each directory of `static` is under /static/<its name>/, the common files are under /static/.
    """
    own = [Mount(f"/static/{name}", StaticFiles(directory=directory)) for name, directory in static.items()]
    app = Starlette(
        routes=[*routes, *login.ROUTES, *own, Mount("/static", StaticFiles(directory=STATIC))],
        middleware=[Middleware(SecurityHeaders), Middleware(Guard, site=site)],
        exception_handlers={
            HTTPException: _answer_problem,
            PhoneRecorderError: _answer_ours,
            Exception: _answer_failure,
        },
    )
    # Where such a redirect leads is made with the Host header.
    app.router.redirect_slashes = False
    app.state.site = site
    return app


# Coroutines: the framework would run functions on a thread, and while the server stops nobody waits for that.
async def _answer_problem(request: Request, error: Exception) -> Response:
    return answer_problem(request, error)


async def _answer_ours(request: Request, error: Exception) -> Response:
    return answer_failure(request, error)


async def _answer_failure(request: Request, error: Exception) -> Response:
    answer = answer_failure(request, error)
    # What has failed so is answered outside of the middleware.
    secure(MutableHeaders(raw=answer.raw_headers), is_tls(request))
    return answer
