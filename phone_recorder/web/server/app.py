"""The web application of the record server: pages and API behind one door."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette

from phone_recorder.web.app import make_app
from phone_recorder.web.openapi import routes
from phone_recorder.web.server import pages
from phone_recorder.web.server.api import OPERATIONS
from phone_recorder.web.server.parts import ServerParts

STATIC = {"server": Path(__file__).parent / "static"}


def make_server_app(parts: ServerParts) -> Starlette:
    """The application; `parts.hub` is to be told when a recording begins or ends."""
    app = make_app(parts.site, [*routes(OPERATIONS), *pages.ROUTES], STATIC)
    app.state.server = parts
    return app
