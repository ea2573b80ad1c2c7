"""What every request to the phone's page needs: the phone, and the site that it is on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import HTTPConnection

from phone_recorder.control_api import Target
from phone_recorder.web.site import Site

PathOf = Callable[[str], Path]
"""From a recording's name to its file; UsageError or DriveError if there is none. Called from a thread pool."""


@dataclass(frozen=True)
class PhoneSite:
    """`target` answers the control API; `site` knows who may.

    Of a WebSocket it is looked every `check_s` whether its login still holds, and `patience_s` is for how long a
    watcher may read nothing of what waits for it.
    """

    site: Site
    target: Target
    path_of: PathOf
    check_s: float = 5.0
    patience_s: float = 20.0


def phone_of(request: HTTPConnection) -> PhoneSite:
    """The phone that this request came to."""
    phone: PhoneSite = request.app.state.phone
    return phone
