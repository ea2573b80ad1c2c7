"""A dialog: what two user agents know of each other once a request was answered (RFC 3261 section 12).

From its own two headers, the remote target and the route set it builds each request that belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterable

from phone_recorder.sip.messages.address import SIP_SCHEMES
from phone_recorder.sip.messages.message import (
    Address,
    Message,
    Request,
    Response,
    SipUri,
    addresses,
    parse_uri,
    stringify_address,
    stringify_uri,
    tag_of,
)

MAX_FORWARDS = "70"
MOST_SEQUENCE = 2**31 - 1
"""RFC 3261 section 8.1.1.5."""
CREDENTIALS = ("Authorization", "Proxy-Authorization")


class Dialog:
    """One dialog, early or confirmed. `local` and `remote` are From and To of our requests, tags included."""

    def __init__(
        self, call_id: str, local: str, remote: str, remote_tag: str, target: SipUri, route: Iterable[Address]
    ) -> None:
        self.call_id = call_id
        self.local = local
        self.remote = remote
        self.remote_tag = remote_tag
        self.target = target
        self.route = tuple(route)
        self.local_sequence = 0
        self.remote_sequence: int | None = None

    @classmethod
    def of_caller(cls, request: Request, response: Response) -> Dialog:
        """What a 101-299 to our request makes (12.1.2)."""
        dialog = cls(
            request.call_id or "",
            request.get_header("From") or "",
            response.get_header("To") or "",
            tag_of(response.to_addr),
            target_of(response) or parse_uri(request.uri),
            _route_back(response),
        )
        dialog.local_sequence = request.cseq.seq if request.cseq else 0
        return dialog

    @classmethod
    def of_callee(cls, request: Request, target: SipUri, tag: str) -> Dialog:
        """What our answer with `tag` to a request makes; `target` is from its Contact (12.1.1)."""
        dialog = cls(
            request.call_id or "",
            f"{request.get_header('To')};tag={tag}",
            request.get_header("From") or "",
            tag_of(request.from_addr),
            target,
            addresses(request, "Record-Route"),
        )
        dialog.remote_sequence = request.cseq.seq if request.cseq else 0
        return dialog

    def request(self, method: str) -> Request:
        """The next request of ours, its CSeq one higher than the last one's."""
        self.local_sequence += 1
        return self._built(method, self.local_sequence)

    def ack(self, invite: Request) -> Request:
        """The ACK of a 2xx: it bears the CSeq and the credentials of the INVITE as it was sent (13.2.2.4)."""
        ack = self._built("ACK", invite.cseq.seq if invite.cseq else self.local_sequence)
        for name in CREDENTIALS:
            for value in invite.get_header_values(name):
                ack.add_header(name, value)
        return ack

    def take(self, request: Request) -> bool:
        """Note the CSeq of a request of the peer's; False if it came too late: a newer one was here (12.2.2).

        Nor may it leap to where there is no room left: all that the peer asked for later would come too late.
        """
        sequence, last = request.cseq.seq if request.cseq else 0, self.remote_sequence or 0
        if sequence < last or sequence > MOST_SEQUENCE >= last:
            return False
        self.remote_sequence = sequence
        return True

    def confirm(self, response: Response) -> None:
        """The 2xx to our INVITE: its Contact and Record-Route count, whatever provisional answers had (13.2.2.4)."""
        self.refresh(response)
        self.route = _route_back(response)

    def refresh(self, message: Message) -> None:
        """The peer is now where its Contact says: of a re-INVITE, an UPDATE, or of a 2xx to ours (12.2)."""
        self.target = target_of(message) or self.target

    @property
    def next_uri(self) -> SipUri:
        """Whoever our requests are sent to, on the way to the target or there (12.2.1.1, 8.1.2)."""
        return self.route[0].uri if self.route else self.target

    def _built(self, method: str, sequence: int) -> Request:
        uri, route = self._directions()
        request = Request(method=method, uri=stringify_uri(uri))
        for address in route:
            request.add_header("Route", stringify_address(address))
        for name, value in (
            ("Max-Forwards", MAX_FORWARDS),
            ("From", self.local),
            ("To", self.remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{sequence} {method}"),
        ):
            request.set_header(name, value)
        return request

    def _directions(self) -> tuple[SipUri, tuple[Address, ...]]:
        """Request-URI, and Route: a strict router (one without `lr`) wants itself in the former, the target last."""
        if not self.route or "lr" in self.route[0].uri.params:
            return self.target, self.route
        return _bare(self.route[0].uri), (*self.route[1:], Address(uri=self.target))


def target_of(message: Message) -> SipUri | None:
    """Where the sender of a message wants the dialog's requests; None without a Contact that names a place."""
    places = [contact.uri for contact in message.contact if contact.uri.scheme in SIP_SCHEMES and contact.uri.host]
    return _bare(places[0]) if places else None


def _route_back(response: Response) -> tuple[Address, ...]:
    """The caller's route set: the proxies nearest to him come last in the Record-Route (12.1.2)."""
    return (*reversed(addresses(response, "Record-Route")),)


def _bare(uri: SipUri) -> SipUri:
    """Without what a Request-URI must not have (19.1.1)."""
    params = {name: value for name, value in uri.params.items() if name != "method"}
    return SipUri(scheme=uri.scheme, user=uri.user, host=uri.host, port=uri.port, params=params)
