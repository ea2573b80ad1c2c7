"""The web application of the emulated phone: its page, its settings and the control API behind one door."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from phone_recorder.control_api import Target
from phone_recorder.web.app import make_app
from phone_recorder.web.openapi import routes
from phone_recorder.web.phone import pages
from phone_recorder.web.phone.api import OPERATIONS
from phone_recorder.web.phone.look import LOOK, STATIC
from phone_recorder.web.phone.site import PathOf, PhoneSite
from phone_recorder.web.phone.socket import events
from phone_recorder.web.ports import Credentials
from phone_recorder.web.site import Site


def make_phone_app(target: Target, credentials: Credentials | None, path_of: PathOf) -> Starlette:
    """The application; `credentials` None is for a page that this machine alone can reach."""
    site = Site(credentials, LOOK)
    own = [*routes(OPERATIONS), WebSocketRoute("/api/v1/events", events), *pages.ROUTES]
    app = make_app(site, own, {"phone": STATIC})
    app.state.phone = PhoneSite(site, target, path_of)
    return app
