"""The other phone, behind a proxy if one wants it so: it calls, is called, and holds the phone to its dialogs.

    server = StrictServer(port, timers, [Challenger()])
    peer = StrictPeer(server)
    ...                                   # the phone calls; peer.dialog is the call
    peer.hang_up()
    assert server.all_complaints == []

A whole one on real sockets is in tests/sip/strict_sockets.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from phone_recorder.sip.hop import Hop
from tests.sip.raw_message import RawMessage
from tests.sip.strict_server import StrictServer

SDP = ("Content-Type", "application/sdp")
ALLOW = ("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO")
URI = re.compile(r"<([^>]*)>")


def plain_answer(offer: bytes) -> bytes:
    """PCMA on a port that nobody listens on, whatever was offered."""
    return (
        b"v=0\r\no=peer 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        b"m=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
    )


@dataclass
class StrictDialog:
    """A call as the peer sees it. `ours` is the peer's From or To, `theirs` the phone's, tags included.

    `routes` are the Routes that the phone has to send.
    """

    call_id: str
    ours: str
    theirs: str
    target: str
    hop: Hop
    routes: list[str]
    cseq: int = 0
    invite: RawMessage | None = None
    source: Hop | None = None
    tag: str = ""
    answered: bool = False
    confirmed: bool = False
    over: bool = False
    statuses: list[int] = field(default_factory=list)
    acks: dict[int, RawMessage] = field(default_factory=dict)


@dataclass
class StrictPeer:
    """`status`: the answer to a call. `rings_after_s`, `answers_after_s`: None for never.

    `record_routes` are put into what makes a dialog, and wanted back in each request of it. `info_status` says what
    each INFO is answered; None: nothing.
    """

    server: StrictServer
    status: int = 200
    rings_after_s: float | None = 0.05
    answers_after_s: float | None = 0.1
    early_media: bool = False
    record_routes: tuple[str, ...] = ()
    describe: Callable[[bytes], bytes] = plain_answer
    info_status: Callable[[RawMessage], int | None] = lambda info: 200
    dialog: StrictDialog | None = None
    dialogs: list[StrictDialog] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.handlers |= {
            "INVITE": self._invited,
            "ACK": self._acked,
            "CANCEL": self._cancelled,
            "BYE": self._bye,
            "INFO": self._info,
            "OPTIONS": lambda request, source: self.server.reply(request, source, 200, ALLOW),
        }

    @property
    def uri(self) -> str:
        """Where the peer is."""
        return f"sip:peer@{self.server.port.host}:{self.server.port.port}"

    def contact(self, hop: Hop) -> str:
        """The peer's Contact in a dialog by way of that hop."""
        return self.uri + (f";transport={hop.transport.lower()}" if hop.reliable else "")

    def records(self) -> list[str]:
        """What the phone's INFOs have said, in order."""
        return [r.get("record") for r in self.server.requests if r.method == "INFO"]

    def call(self, uri: str, hop: Hop, body: bytes | None = None) -> StrictDialog:
        """Call the phone; without a body in `describe`'s words. An empty body leaves the offer to the phone."""
        tag = self.server.token()
        local = f"sip:peer@{self.server.port.host}"
        ours, routes = f'"Peer" <{local}>;tag={tag}', list(self.record_routes)
        dialog = StrictDialog(self.server.token(), ours, f"<{uri}>", uri, hop, routes, tag=tag)
        self.dialog = dialog
        self.dialogs.append(dialog)
        dialog.invite = self._request(dialog, "INVITE", self.describe(b"") if body is None else body)
        return dialog

    def cancel(self) -> None:
        """Take back our call before it is answered."""
        dialog = self._current()
        invite = dialog.invite
        if invite is None:
            raise ValueError("there is no call of ours")
        headers = [(n, v) for n, v in invite.headers if n in ("Via", "From", "To", "Call-ID", "Max-Forwards")]
        cancel = RawMessage(f"CANCEL {invite.uri} SIP/2.0", [*headers, ("CSeq", f"{invite.cseq[0]} CANCEL")])
        self.server.request(cancel, dialog.hop, lambda response: None)

    def hang_up(self) -> None:
        """BYE, from either side's call."""
        dialog = self._current()
        dialog.over = True
        self._request(dialog, "BYE")

    def reinvite(self, body: bytes) -> None:
        """Change the session."""
        self._current().invite = self._request(self._current(), "INVITE", body)

    def answer(self, status: int | None = None) -> None:
        """Answer the phone's call now."""
        dialog = self._current()
        invite, source = dialog.invite, dialog.source
        if invite and source and not dialog.answered and not dialog.over:
            dialog.answered = True
            self._reply(dialog, invite, source, self.status if status is None else status)

    def _current(self) -> StrictDialog:
        if self.dialog is None:
            raise ValueError("there is no call")
        return self.dialog

    def _invited(self, invite: RawMessage, source: Hop) -> None:
        if invite.param("to", "tag"):
            dialog = self._in_dialog(invite, source)
            if dialog:
                dialog.target = invite.uri_of("contact")
                self._reply(dialog, invite, source, 200)
            return
        tag = self.server.token()
        ours, routes = f"{invite.get('to')};tag={tag}", list(reversed(self.record_routes))
        dialog = StrictDialog(
            invite.get("call-id"),
            ours,
            invite.get("from"),
            invite.uri_of("contact"),
            source,
            routes,
            100,
            invite,
            source,
            tag,
        )
        self.dialog = dialog
        self.dialogs.append(dialog)
        if self.rings_after_s is not None:
            self.server.timers.call_later(self.rings_after_s, lambda: self._ring(dialog))
        if self.answers_after_s is not None:
            self.server.timers.call_later(self.answers_after_s, self.answer)

    def _ring(self, dialog: StrictDialog) -> None:
        if dialog.invite and dialog.source and not dialog.answered and not dialog.over:
            self._reply(dialog, dialog.invite, dialog.source, 183 if self.early_media else 180)

    def _reply(self, dialog: StrictDialog, invite: RawMessage, source: Hop, status: int) -> None:
        headers = [("Contact", f"<{self.contact(source)}>"), *(("Record-Route", route) for route in self.record_routes)]
        body = self.describe(invite.body) if status in (183, 200) else b""
        more = [SDP] if body else []
        self.server.reply(invite, source, status, *(headers if status < 300 else []), *more, body=body, tag=dialog.tag)

    def _acked(self, ack: RawMessage, source: Hop) -> None:
        dialog = self._in_dialog(ack, source)
        if dialog:
            dialog.confirmed = True

    def _cancelled(self, cancel: RawMessage, source: Hop) -> None:
        dialog = self._of(cancel)
        self.server.reply(cancel, source, 200 if dialog else 481)
        if dialog and not dialog.answered:
            self.answer(487)
            dialog.over = True

    def _bye(self, bye: RawMessage, source: Hop) -> None:
        dialog = self._in_dialog(bye, source)
        if dialog:
            dialog.over = True
            self.server.reply(bye, source, 200)

    def _info(self, info: RawMessage, source: Hop) -> None:
        dialog = self._in_dialog(info, source)
        if dialog is None:
            return
        if not dialog.confirmed:
            self.server.complain("an INFO before the ACK")
        status = self.info_status(info)
        if status is not None:
            self.server.reply(info, source, status)

    def _of(self, request: RawMessage) -> StrictDialog | None:
        return next((d for d in self.dialogs if d.call_id == request.get("call-id")), None)

    def _in_dialog(self, request: RawMessage, source: Hop) -> StrictDialog | None:
        """The dialog, all of the request's dialog parts checked; else 481."""
        dialog = self._of(request)
        if dialog is None or dialog.over:
            self.server.complain(f"{request.method} without a dialog")
            if request.method != "ACK":
                self.server.reply(request, source, 481)
            return None
        routes = [f"<{uri}>" for value in request.all("route") for uri in URI.findall(value)]
        wrong = {
            "request URI": request.uri != self.contact(dialog.hop),
            "To": request.param("to", "tag") != dialog.tag,
            "From": bool(dialog.answered) and request.param("from", "tag") != _tag(dialog.theirs),
            "Route": routes != dialog.routes,
        }
        for what, bad in wrong.items():
            if bad:
                self.server.complain(f"{request.method}: {what} is not the dialog's")
        return dialog

    def _request(self, dialog: StrictDialog, method: str, body: bytes = b"") -> RawMessage:
        dialog.cseq += 1
        headers = [
            *(("Record-Route", route) for route in self.record_routes if method == "INVITE"),
            ("Max-Forwards", "70"),
            ("From", dialog.ours),
            ("To", dialog.theirs),
            ("Call-ID", dialog.call_id),
            ("CSeq", f"{dialog.cseq} {method}"),
            *([("Contact", f"<{self.contact(dialog.hop)}>")] if method == "INVITE" else []),
            *([SDP] if body else []),
        ]
        request = RawMessage(f"{method} {dialog.target} SIP/2.0", headers, body)
        self.server.request(request, dialog.hop, lambda response: self._answered(dialog, request, response))
        return request

    def _answered(self, dialog: StrictDialog, request: RawMessage, response: RawMessage) -> None:
        dialog.statuses.append(response.status)
        if request.method != "INVITE" or response.status < 200:
            return
        if response.status >= 300:
            self.server.acknowledge(request, response, dialog.hop)
            dialog.over = dialog.over or not dialog.answered
            return
        if not response.uri_of("contact") or not response.param("to", "tag"):
            self.server.complain("a 2xx without Contact or To tag")
        dialog.theirs, dialog.target = response.get("to"), response.uri_of("contact")
        dialog.answered = dialog.confirmed = True
        number = request.cseq[0]
        if number not in dialog.acks:
            ack = [("Max-Forwards", "70"), ("From", dialog.ours), ("To", dialog.theirs), ("Call-ID", dialog.call_id)]
            body = b"" if request.body else self.describe(response.body)
            more = [("CSeq", f"{number} ACK"), *([SDP] if body else [])]
            dialog.acks[number] = RawMessage(f"ACK {dialog.target} SIP/2.0", [*ack, *more], body)
        self.server.send_ack(dialog.acks[number], dialog.hop)


def _tag(value: str) -> str:
    return value.rpartition(";tag=")[2]
