"""The record server's parts that its pages and its API show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from phone_recorder.server.figures import Figures
from phone_recorder.web.server.events import LiveHub
from phone_recorder.web.server.ports import ListLive, Recordings
from phone_recorder.web.site import Site


@dataclass(frozen=True)
class ServerParts:
    """`hub` is to be told when a recording begins or ends; it ends with the site's streams."""

    site: Site
    recordings: Recordings
    live: ListLive
    figures: Callable[[], Figures] = Figures
    hub: LiveHub = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hub", LiveHub(self.live))
        self.site.on_close.append(self.hub.close)


def parts_of(request: HTTPConnection) -> ServerParts:
    """The parts of the server that this request came to."""
    parts: ServerParts = request.app.state.server
    return parts
