"""Which transaction a message belongs to (RFC 3261 sections 17.1.3, 17.2.3, 8.2.2.2), as keys that are equal or not.

Peers of RFC 2543 give no branch that is unique; theirs are known by all that RFC 3261 lists for them.
"""

from __future__ import annotations

from hashlib import sha256

from phone_recorder.sip.messages.message import Message, Request, tag_of
from phone_recorder.sip.transaction.via import MAGIC, branch_of, sent_by

Key = tuple[str | int, ...]


def client_key(message: Message) -> Key:
    """Of a request of ours and the answers to it: the branch, and the method, since CANCEL has its INVITE's branch."""
    return branch_of(message), message.cseq.method if message.cseq else ""


def server_key(request: Request, method: str = "") -> Key:
    """Of a peer's request as it came, before anything is written into its Via.

    ACK has its INVITE's key. With `method`: the key of that request which this one, a CANCEL, was sent for.
    """
    method = method or ("INVITE" if request.method == "ACK" else request.method)
    branch = branch_of(request)
    if branch.startswith(MAGIC):
        return branch, *sent_by(request), method
    return *_of_rfc_2543(request), method


def _of_rfc_2543(request: Request) -> Key:
    number, _ = _cseq(request)
    via = request.headers.get("via")[0]
    return request.uri, request.call_id or "", tag_of(request.from_addr), number, via


def is_modern(request: Request) -> bool:
    """Whether its branch alone tells what it belongs to. An ACK of RFC 2543 must also bear the answer's To tag."""
    return branch_of(request).startswith(MAGIC)


def merge_key(request: Request) -> Key:
    """Equal for the copies of one request that came here by several ways (RFC 3261 section 8.2.2.2)."""
    return request.call_id or "", tag_of(request.from_addr), *_cseq(request)


def stateless_tag(request: Request, secret: str) -> str:
    """A To tag for an answer that nothing remembers: the same for each copy of the request, and for the ACK to it.

    RFC 3261 section 8.2.7; with a secret nobody else can make one.
    """
    number, _ = _cseq(request)
    parts = (secret, branch_of(request), request.call_id or "", tag_of(request.from_addr), str(number))
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def _cseq(request: Request) -> tuple[int, str]:
    return (request.cseq.seq, request.cseq.method) if request.cseq else (0, "")
