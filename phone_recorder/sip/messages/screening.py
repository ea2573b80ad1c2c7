"""What a user agent answers before it looks at a request's meaning (RFC 3261 section 8.2), as one table of checks.

Subscriptions, transfers and reliable provisional responses are not for this phone: their methods are known, and not
allowed; an extension is supported when something here does it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.sip.messages.address import SIP_SCHEMES, split
from phone_recorder.sip.messages.message import REASONS, Request, parse_uri

ALLOW = ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE")
"""UPDATE refreshes sessions (RFC 4028) and changes early ones (RFC 3311)."""
NOT_ALLOWED = ("REGISTER", "PRACK", "SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE", "REFER")
"""The methods of RFC 3261 and after that there is nothing here for."""
SUPPORTED = ("timer",)
ACCEPT = ("application/sdp",)
"""What an answer to OPTIONS says (RFC 3261 section 11.2), beside `ALLOW` and `SUPPORTED`."""
KEYS = ("application/dtmf-relay", "application/dtmf")
"""What an INFO may bear: a key that was pressed. Nothing is done about it here, and nothing is wrong with it."""

_BODIES = {"INVITE": ACCEPT, "UPDATE": ACCEPT, "INFO": KEYS}
"""The methods whose body is looked at; the others' may be anything."""
_DESCRIBED = ("INVITE", "UPDATE")
"""Methods whose answer's body is a session description."""
_NEVER = ("ACK", "BYE", "CANCEL")
"""Nothing answers an ACK; refusing the others for what they say would keep a call that the peer has ended."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer instead of what was asked for, and the headers that say how to ask better."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()


def screen(request: Request) -> Refusal | None:
    """Why this request is not even looked at, or None. What ends a call, or cannot be answered, is never refused."""
    if request.method in _NEVER:
        return None
    return next((refusal for check in _CHECKS if (refusal := check(request))), None)


def _method(request: Request) -> Refusal | None:
    """Section 8.2.1."""
    if request.method in ALLOW:
        return None
    return _refusal(405 if request.method in NOT_ALLOWED else 501, ("Allow", ", ".join(ALLOW)))


def _scheme(request: Request) -> Refusal | None:
    """Section 8.2.2.1."""
    return None if parse_uri(request.uri).scheme in SIP_SCHEMES else _refusal(416)


def _extensions(request: Request) -> Refusal | None:
    """Section 8.2.2.3."""
    required = [option.strip() for option in request.get_header_values("require")]
    unknown = [option for option in required if option and option.lower() not in SUPPORTED]
    return _refusal(420, ("Unsupported", ", ".join(unknown))) if unknown else None


def _body(request: Request) -> Refusal | None:
    """Section 8.2.3."""
    known = _BODIES.get(request.method)
    if not request.body or known is None or _optional(request):
        return None
    if (request.get_header("content-encoding") or "identity").lower() != "identity":
        return _refusal(415, ("Accept-Encoding", "identity"))
    return None if _media_type(request.content_type or "") in known else _refusal(415, ("Accept", ", ".join(known)))


def _answer(request: Request) -> Refusal | None:
    """Sections 13.2.1 and 21.4.7: a session description is all that we can answer with.

    An empty Accept means that nothing is (section 20.1); whoever sends it with an offer cannot mean that.
    """
    accepted = [value for value in request.get_header_values("accept") if value.strip()]
    if request.method not in _DESCRIBED or not accepted or any(map(_takes_sdp, accepted)):
        return None
    return _refusal(406)


_CHECKS: tuple[Callable[[Request], Refusal | None], ...] = (_method, _scheme, _extensions, _body, _answer)


def _refusal(status: int, *headers: tuple[str, str]) -> Refusal:
    return Refusal(status, REASONS[status], headers)


def _optional(request: Request) -> bool:
    disposition = (request.get_header("content-disposition") or "").lower()
    return any(param.replace(" ", "") == "handling=optional" for param in split(disposition, ";")[1:])


def _media_type(value: str) -> str:
    return "".join(split(value, ";")[0].split()).lower()


def _takes_sdp(accepted: str) -> bool:
    refused = any(param.replace(" ", "").rstrip("0.") == "q=" for param in split(accepted.lower(), ";")[1:])
    return _media_type(accepted) in ("application/sdp", "application/*", "*/*") and not refused
