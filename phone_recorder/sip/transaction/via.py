"""Via: what a sender puts on top, what the receiver adds to it, and where the answer therefore goes.

RFC 3261 sections 18.1.1, 18.2.1, 18.2.2; RFC 3581. An answer always goes to the address that the request came from:
`maddr`, and a `received` that the sender wrote himself, could point it at anybody.
"""

from __future__ import annotations

from dataclasses import replace

from phone_recorder.sip.hop import DEFAULT_PORTS, Hop
from phone_recorder.sip.messages.message import CSeq, Message, Request, Response, Via, stringify_via, tag_of

MAGIC = "z9hG4bK"
"""A branch that begins so is unique in space and time (RFC 3261 section 8.1.1.7); others are of RFC 2543."""


def with_via(request: Request, local: tuple[str, int], hop: Hop, branch: str) -> Request:
    """A copy of the request, under our Via alone; `local` is our address as the hop reaches it."""
    sent = Request(method=request.method, uri=request.uri, body=request.body)
    host, port = local
    via = Via(transport=hop.transport, host=host, port=port, params={"branch": branch, "rport": None})
    sent.headers.append("Via", stringify_via(via))
    for name, values in request.headers.items():
        for value in values if name.lower() != "via" else ():
            sent.headers.append(name, value)
    return sent


def essence_of(request: Request) -> Request:
    """What its answers repeat, and no more (RFC 3261 section 8.2.6.2)."""
    kept = Request(method=request.method, uri=request.uri)
    for name in ("Via", "From", "To", "Call-ID", "CSeq"):
        for value in request.headers.get(name):
            kept.headers.append(name, value)
    return kept


def mark(request: Request, source: Hop) -> None:
    """Write into the top Via where the request really came from (RFC 3261 section 18.2.1, RFC 3581 section 4)."""
    via = request.top_via
    asks = "rport" in via.params
    if asks:
        via.params["rport"] = str(source.port)
    via.params.pop("received", None)
    if asks or bare(via.host) != source.host.lower():
        via.params["received"] = source.host
    others = request.headers.get("via")[1:]
    request.headers.set_single("Via", stringify_via(via))
    for other in others:
        request.headers.append("Via", other)


def answer_hop(request: Request, source: Hop) -> Hop:
    """Where answers go: the connection that the request came by, or over UDP the port that its Via wishes."""
    if source.reliable or "rport" in request.top_via.params:
        return source
    return replace(source, port=sent_by(request)[1])


def other_answer_hop(request: Request, source: Hop) -> Hop | None:
    """Where they go when that connection is lost (RFC 3261 section 18.2.2): a new one, to the port in the Via."""
    other = replace(source, port=sent_by(request)[1])
    return other if source.reliable and other != source else None


def sent_by(message: Message) -> tuple[str, int]:
    """Host in lower case and without brackets, and port, of the top Via."""
    via = message.top_via
    return bare(via.host), via.port or DEFAULT_PORTS["TLS" if via.transport == "TLS" else "UDP"]


def branch_of(message: Message) -> str:
    """The branch of the top Via; of RFC 2543 there may be none."""
    return message.top_via.branch or ""


def bare(host: str) -> str:
    """A host as hops have it."""
    return host.strip("[]").lower()


def answers(response: Response, request: Request) -> bool:
    """Whether it bears the one Via that we sent the request with, and no other (RFC 3261 sections 8.1.3.3, 18.1.2).

    Call-ID, From tag and CSeq are the request's too (section 8.2.6.2): who has guessed the branch knows them not.
    """
    if len(response.headers.get("via")) != 1 or sent_by(response) != sent_by(request):
        return False
    return _identity(response) == _identity(request)


def _identity(message: Message) -> tuple[str, str, CSeq | None]:
    return message.call_id or "", tag_of(message.from_addr), message.cseq
