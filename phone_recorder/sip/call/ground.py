"""What all calls of a user agent stand on, and what every message of theirs says of this phone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from phone_recorder import __version__
from phone_recorder.sip.account import USER_SAFE, Account
from phone_recorder.sip.authentication.requester import Requester
from phone_recorder.sip.call.path import Locate
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Message, Request, Response, SipUri, response_to, stringify_uri
from phone_recorder.sip.messages.screening import ACCEPT, ALLOW, SUPPORTED
from phone_recorder.sip.timers import Timers
from phone_recorder.sip.transaction.layer import TransactionLayer

SDP = "application/sdp"
PRODUCT = f"phone-recorder/{__version__}"

Headers = Iterable[tuple[str, str]]


class LocalAddress(Protocol):
    """What is needed of the transports here."""

    def local(self, hop: Hop) -> tuple[str, int]:
        """Our IP address and port, as that hop reaches us."""


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """All in seconds. `session_s`: the session interval asked for, 0 for none (RFC 4028). `ring_s`: how long a call
    that comes may ring. `answer_s`: how long one of ours waits for an answer. `t1`, `t2` as the transaction layer has
    them.
    """

    session_s: int = 1800
    ring_s: float = 180.0
    answer_s: float = 180.0
    t1: float = 0.5
    t2: float = 4.0


@dataclass(frozen=True, slots=True)
class Ground:
    """`chance` gives a number from 0 to 1, another one each time: two phones that collide do not do so twice."""

    account: Account
    wire: LocalAddress
    layer: TransactionLayer
    requester: Requester
    timers: Timers
    tokens: Callable[[], str]
    locate: Locate
    chance: Callable[[], float]
    policy: CallPolicy

    def contact(self, hop: Hop) -> str:
        """The URI that this phone is reached by, as that hop reaches it."""
        host, port = self.wire.local(hop)
        secure = self.account.registrar is not None and self.account.registrar.scheme == "sips"
        user = quote(self.account.user, safe=USER_SAFE)
        params: dict[str, str | None] = {} if secure or hop.transport == "UDP" else {"transport": hop.transport.lower()}
        return stringify_uri(SipUri("sips" if secure else "sip", user, host, port, params))

    def introduce(self, message: Message, hop: Hop) -> None:
        """Say where and what we are: in each request and 2xx that begins or refreshes a dialog."""
        message.set_header("Contact", f"<{self.contact(hop)}>")
        message.set_header("Allow", ", ".join(ALLOW))
        message.set_header("Supported", ", ".join(SUPPORTED))
        message.set_header("User-Agent" if isinstance(message, Request) else "Server", PRODUCT)

    def answer(self, request: Request, status: int, tag: str = "", headers: Headers = (), reason: str = "") -> Response:
        """An answer with those headers; `tag` where the To of the request has none."""
        response = response_to(request, status, reason, tag)
        for name, value in headers:
            response.add_header(name, value)
        return response

    def capabilities(self, request: Request, hop: Hop) -> Response:
        """The answer to OPTIONS, within a dialog or without (RFC 3261 section 11.2)."""
        response = self.answer(request, 200, self.tokens(), [("Accept", ", ".join(ACCEPT))])
        self.introduce(response, hop)
        return response


def describe(message: Message, sdp: bytes) -> None:
    """Make a session description the body of a message."""
    message.body = sdp
    message.set_header("Content-Type", SDP)


def sdp_of(message: Message) -> bytes | None:
    """The session description in a message, if its body is one."""
    kind = (message.content_type or SDP).partition(";")[0].strip().lower()
    return message.body if message.body and kind == SDP else None
