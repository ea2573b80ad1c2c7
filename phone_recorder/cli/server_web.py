"""The web page of `phone-recorder server`: what is asked of it is looked at before anything listens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.server.service import Service
    from phone_recorder.web.ports import Credentials
    from phone_recorder.web.tls import Tls

MOST_CONNECTIONS = 500


@dataclass(frozen=True)
class WebPlan:
    """Where to listen, who may log in (None: nobody needs to), and the certificate; `most` connections."""

    host: str
    port: int
    credentials: Credentials | None
    tls: Tls | None
    most: int


def plan_web(options: dict[str, Any], open_files: int) -> WebPlan | None:
    """What the options ask for, None for no web page; UsageError if it cannot be."""
    if not options["http"]:
        return None
    try:
        from phone_recorder.web.reach import needed_credentials
        from phone_recorder.web.server.look import LOOK
        from phone_recorder.web.tls import Tls
    except ModuleNotFoundError as error:
        raise UsageError(f"--http needs {error.name}: install phone-recorder[web]") from error
    from phone_recorder.server.credentials import Credentials
    from phone_recorder.server.credentials_file import credentials_path

    host, port = options["http"]
    tls = Tls(options["tls_cert"], options["tls_key"]) if options["tls_cert"] else None
    if tls:
        tls.load()
    known = Credentials.load(credentials_path(options["storage"]))
    credentials = needed_credentials(host, known, LOOK.who_hint)
    # Where a process may have few open files, most of them are the phones'.
    return WebPlan(host, port, credentials, tls, min(MOST_CONNECTIONS, max(open_files // 8, 32)))


async def start_web(plan: WebPlan, service: Service, stack: AsyncExitStack, tell: Callable[[str], object]) -> str:
    """Listen until the stack ends; where."""
    from phone_recorder.web.serve import WebServer
    from phone_recorder.web.server.app import make_server_app
    from phone_recorder.web.server.kept import KeptRecordings
    from phone_recorder.web.server.look import LOOK
    from phone_recorder.web.server.parts import ServerParts
    from phone_recorder.web.site import Site

    site = Site(plan.credentials, LOOK)
    parts = ServerParts(site, KeptRecordings(service.archive), service.live, service.figures)
    web = WebServer(make_server_app(parts), plan.host, plan.port, plan.tls, plan.most, tell)
    await stack.enter_async_context(web)
    service.watchers.append(parts.hub.changed)
    return web.url
