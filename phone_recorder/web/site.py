"""What every request needs: who may come in, who is logged in, how it looks, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial
from time import monotonic
from urllib.parse import quote

from starlette.requests import HTTPConnection

from phone_recorder.web.look import Look
from phone_recorder.web.pictures import Pictures
from phone_recorder.web.ports import Credentials
from phone_recorder.web.sessions import Sessions
from phone_recorder.web.throttle import LoginThrottle
from phone_recorder.web.workers import Workers

LOOKUPS = 8
AUDIO = 2
"""Threads. Decoding takes the processor from the recordings: no more than these pieces of it at a time."""


@dataclass(frozen=True)
class Site:
    """`credentials` is None where everybody on this machine may do everything, and nobody else is answered.

    `now` is a clock in seconds that never goes back; times are shown in `zone`, this machine's if it is None.
    """

    credentials: Credentials | None
    look: Look
    now: Callable[[], float] = monotonic
    zone: tzinfo | None = None
    sessions: Sessions = field(init=False)
    throttle: LoginThrottle = field(init=False)
    lookups: Workers = field(init=False, default_factory=partial(Workers, LOOKUPS))
    """For what is short: the catalogue, files looked at."""
    audio: Workers = field(init=False, default_factory=partial(Workers, AUDIO))
    """For what is long, a piece at a time: audio that is sent, or drawn."""
    passwords: Workers = field(init=False, default_factory=partial(Workers, 1))
    """One is checked at a time, and no file that hangs holds it up: many logins at once must not take the processor."""
    drive: Workers = field(init=False, default_factory=partial(Workers, 1))
    """For what a plugged drive is asked: one that hangs keeps this thread, and none of the others."""
    pictures: Pictures = field(init=False)
    on_close: list[Callable[[], object]] = field(init=False, default_factory=list)
    """What ends the streams that would have no end; it may be called more than once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sessions", Sessions(self.now))
        object.__setattr__(self, "throttle", LoginThrottle(self.now))
        object.__setattr__(self, "pictures", Pictures(self.audio))

    def end_streams(self) -> None:
        """End whatever would go on for ever. Call from the loop's thread."""
        for end in list(self.on_close):
            end()

    def close(self) -> None:
        """Have nothing done any more, and nobody wait for it. Call from the loop's thread."""
        self.end_streams()
        for workers in (self.lookups, self.audio, self.passwords, self.drive):
            workers.close()


def path_of(request: HTTPConnection) -> str:
    """The path that is routed. `request.url` is made with the Host header, in which a client may write anything."""
    path: str = request.scope["path"]
    return path


def asked_of(request: HTTPConnection) -> str:
    """Path and query as a link to the same page."""
    query = request.scope["query_string"].decode("latin-1")
    return quote(path_of(request)) + (f"?{query}" if query else "")


def is_tls(request: HTTPConnection) -> bool:
    """Whether the request came over TLS."""
    return request.scope["scheme"] in ("https", "wss")


def site_of(request: HTTPConnection) -> Site:
    """The site that this request came to."""
    site: Site = request.app.state.site
    return site
