"""Headers that every answer has, and the one that names a download."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser hides its Origin from us too
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Nothing but our own files is ever loaded, and no other site shows or reads what is here."""
NO_STORE = "no-store"
"""Pages and audio are for the one who asked, and stay in no cache."""
_HSTS = "max-age=31536000"
_STATIC = "/static/"
_STARTS = ("http.response.start", "websocket.http.response.start")
"""Of an answer, and of one that refuses a WebSocket."""


class SecurityHeaders:
    """ASGI middleware: the headers above with each answer, HSTS too under TLS; no-store unless it says otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] in _STARTS:
                headers = MutableHeaders(scope=message)
                if scope["path"].startswith(_STATIC):
                    headers["Cache-Control"] = "no-cache"  # kept, but asked after each time
                secure(headers, scope.get("scheme") in ("https", "wss"))
            await send(message)

        await self._app(scope, receive, send_with_headers)


def secure(headers: MutableHeaders, tls: bool) -> None:
    """Add the security headers to these."""
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", NO_STORE)
    if tls:
        headers["Strict-Transport-Security"] = _HSTS


def content_disposition(kind: str, filename: str) -> str:
    """`inline` or `attachment` with a file name that may be anything (RFC 6266, RFC 8187): no field can be injected."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in filename)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='', errors='replace')}"
