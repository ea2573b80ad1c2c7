"""Session timers: a call whose peer has vanished ends by itself (RFC 4028).

One of the two, the refresher, renews the session at half its interval; whoever hears nothing for too long hangs up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.sip.messages.message import Message, Request, Response
from phone_recorder.sip.timers import Timer, Timers

MIN_SE_S = 90
"""The shortest interval that anybody may ask of us (section 5)."""
SHORTEST_S = 20
"""What a shorter interval is taken for, which a peer grants against the rules: we are not made to send all the time."""
MARGIN_S = 32
"""So long before the interval is over, or a third of it, the other side is given up (section 10)."""

Headers = tuple[tuple[str, str], ...]
_INTERVAL = re.compile(r"\s*([0-9]{1,9})\s*(?:;(.*))?", re.S)
_REFRESHER = re.compile(r"(?:^|;)\s*refresher\s*=\s*(uac|uas)\s*(?:;|$)", re.I)


@dataclass(frozen=True, slots=True)
class Terms:
    """What two user agents agreed on. `interval_s` in seconds; `wanted`: the peer itself knows of timers and wants one,
    it was not a proxy's wish alone.
    """

    interval_s: int
    we_refresh: bool
    wanted: bool = False


def asking(interval_s: int, least_s: int, terms: Terms | None) -> Headers:
    """Headers of an INVITE of ours: `least_s` is what a 422 has taught us; who refreshes stays who it is."""
    if not interval_s:
        return ()
    refresher = "" if terms is None else f";refresher={'uac' if terms.we_refresh else 'uas'}"
    least = (("Min-SE", str(least_s)),) if least_s > MIN_SE_S else ()
    return ("Session-Expires", f"{max(interval_s, least_s)}{refresher}"), *least


def granted(response: Response) -> Terms | None:
    """What a 2xx to our INVITE has made of it (section 7.2)."""
    interval, refresher = _session_expires(response)
    wanted = _names_timer(response, "Require")
    return Terms(max(interval, SHORTEST_S), refresher != "uas", wanted) if interval else None


def too_brief(request: Request) -> bool:
    """Whether the answer is 422. Who does not know of timers cannot be told so (sections 8.1, 9)."""
    interval, _ = _session_expires(request)
    return interval is not None and interval < MIN_SE_S and _names_timer(request, "Supported")


def min_se(message: Message) -> int:
    """The least interval that a 422 names; 0 if it names none."""
    match = _INTERVAL.fullmatch(message.get_header("Min-SE") or "")
    return int(match[1]) if match else 0


def accepting(request: Request) -> tuple[Terms | None, Headers]:
    """What we make of the peer's INVITE or UPDATE, and the headers of our 2xx that say so (section 9, table 2)."""
    interval, refresher = _session_expires(request)
    if interval is None or interval < MIN_SE_S:
        return None, ()
    knows = _names_timer(request, "Supported")
    chosen = (refresher or "uac") if knows else "uas"
    expires = ("Session-Expires", f"{interval};refresher={chosen}")
    return Terms(interval, chosen == "uas", knows), (expires, ("Require", "timer")) if knows else (expires,)


class SessionTimer:
    """Calls `refresh` when it is our turn, `expired` when nobody has refreshed the session in time."""

    def __init__(self, timers: Timers, refresh: Callable[[], None], expired: Callable[[], None]) -> None:
        self.terms: Terms | None = None
        self._timers = timers
        self._refresh = refresh
        self._expired = expired
        self._running: list[Timer] = []

    def agree(self, terms: Terms | None) -> None:
        """Begin anew: a 2xx to an INVITE or UPDATE went either way. None: there is no timer any more."""
        self.stop()
        self.terms = terms
        if terms is None:
            return
        patience = terms.interval_s - min(MARGIN_S, terms.interval_s / 3)
        self._running = [self._timers.call_later(patience, self._expired)]
        if terms.we_refresh:
            self._running.append(self._timers.call_later(terms.interval_s / 2, self._refresh))

    def stop(self) -> None:
        """The call is over."""
        for timer in self._running:
            timer.cancel()
        self._running = []


def _session_expires(message: Message) -> tuple[int | None, str]:
    match = _INTERVAL.fullmatch(message.get_header("Session-Expires") or "")
    if not match:
        return None, ""
    refresher = _REFRESHER.search(match[2] or "")
    return int(match[1]), refresher[1].lower() if refresher else ""


def _names_timer(message: Message, header: str) -> bool:
    return "timer" in (option.lower() for option in message.get_header_values(header))
