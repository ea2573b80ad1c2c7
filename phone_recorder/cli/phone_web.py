"""The web page of `phone-recorder phone`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.desk.phone import DeskPhone

MOST_CONNECTIONS = 100


def credentials_path(config: Path) -> Path:
    """Where a phone with this settings file keeps who may log in."""
    return config.parent / ".phone-recorder" / f"{config.stem}-credentials.json"


async def open_page(
    options: dict[str, Any],
    where: tuple[str, int],
    phone: DeskPhone,
    stack: AsyncExitStack,
    tell: Callable[[str], object],
) -> str:
    """Listen until the stack ends; the page's address. UsageError if it cannot be."""
    try:
        from phone_recorder.web.phone.app import make_phone_app
        from phone_recorder.web.reach import needed_credentials
        from phone_recorder.web.serve import WebServer
        from phone_recorder.web.tls import Tls
    except ModuleNotFoundError as error:
        raise UsageError(f"the web page needs {error.name}: install phone-recorder[web], or use --terminal") from error
    from phone_recorder.server.credentials import Credentials

    host, port = where
    tls = Tls(options["tls_cert"], options["tls_key"]) if options["tls_cert"] else None
    known = Credentials.load(credentials_path(options["config"]))
    credentials = needed_credentials(host, known, "phone-recorder phone passwd")
    app = make_phone_app(phone, credentials, phone.bay.path_of)
    web = WebServer(app, host, port, tls, MOST_CONNECTIONS, tell)
    await stack.enter_async_context(web)
    return web.url
