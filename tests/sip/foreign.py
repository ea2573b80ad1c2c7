"""A phone that is none of ours: what it says is text, line by line, and it does nothing by itself.

foreign = Foreign(rig)
ear = alice.call("sip:f@192.0.2.9", foreign.port.hop())
rig.timers.advance(1)
foreign.answer(foreign.got("INVITE"), 200, body=sdp())
"""

from __future__ import annotations

from itertools import count

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from tests.sip.call_rig import Phone, Rig
from tests.sip.raw_message import RawMessage
from tests.sip.virtual_wire import summary

CONTACT = "Contact: <sip:f@192.0.2.9:5060>"


def sdp(*attributes: str, port: int = 30000, host: str = "192.0.2.9", codecs: str = "8", version: int = 1) -> bytes:
    """A telephone's description, of PCMA unless told otherwise."""
    lines = (
        "v=0",
        f"o=f 1 {version} IN IP4 192.0.2.9",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {codecs}",
        *attributes,
    )
    return "".join(f"{line}\r\n" for line in lines).encode()


class Foreign:
    """A port of the wire. `heard` is all that came; `tag` is its own, `theirs` the tag of the phone that it calls."""

    def __init__(self, rig: Rig, host: str = "192.0.2.9", name: str = "foreign") -> None:
        self.port = rig.wire.port(name, host)
        self.port.receiver = self
        self.heard: list[RawMessage] = []
        self.tag, self.theirs = "f1", ""
        self.call_id = "foreign-call"
        self.target = ""
        self.source = self.port.hop()
        self._rig = rig
        self._numbers = count(1)

    def received(self, data: bytes, source: Hop) -> None:
        self.heard.append(RawMessage.parse(data))
        self.source = source

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        """Nothing of ours to mend."""

    def story(self) -> list[str]:
        """What came since the last look: `INVITE`, `200 BYE`."""
        heard, self.heard = self.heard, []
        return [summary(bytes(message)) for message in heard]

    def got(self, what: str) -> RawMessage:
        """The last message of this summary."""
        return next(m for m in reversed(self.heard) if summary(bytes(m)) == what)

    def answer(self, request: RawMessage, status: int, *lines: str, tag: str = "f1", body: bytes = b"") -> None:
        """Answer a request of the phone's."""
        kept = [f"{name}: {value}" for name, value in request.headers if name in ("Via", "From", "Call-ID", "CSeq")]
        to = request.get("to")
        to = to if ";tag=" in to or not tag else f"{to};tag={tag}"
        self._say(self.source, f"SIP/2.0 {status} Said", [*kept, f"To: {to}", *lines], body)

    def accept(self, request: RawMessage, *lines: str, tag: str = "f1", body: bytes | None = None) -> None:
        """Answer an INVITE with 200."""
        self.answer(request, 200, CONTACT, *lines, tag=tag, body=sdp() if body is None else body)

    def ask(
        self, phone: Phone, method: str, number: int, *lines: str, body: bytes = b"", branch: str = "", to_tag: str = ""
    ) -> None:
        """A request to a phone, in the dialog where there is one. `branch` repeats or cancels an earlier one."""
        tag = to_tag or self.theirs
        head = [
            f"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK{branch or f'foreign{next(self._numbers)}'};rport",
            f"From: Foreign <sip:f@192.0.2.9>;tag={self.tag}",
            f"To: <sip:{phone.port.name}@{phone.port.host}>{';tag=' if tag else ''}{tag}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {number} {method}",
            "Max-Forwards: 70",
            *([] if any(line.startswith("Contact") for line in lines) else [CONTACT]),
            *lines,
        ]
        uri = self.target or f"sip:{phone.port.name}@{phone.port.host}"
        self._say(phone.port.hop(), f"{method} {uri} SIP/2.0", head, body)

    def call(self, phone: Phone, *lines: str, body: bytes | None = None, number: int = 1) -> None:
        """Call a phone, and learn its tag and target from its answer."""
        self.ask(phone, "INVITE", number, *lines, body=sdp() if body is None else body, branch="invite")
        self._rig.timers.advance(0.1)
        answers = [m for m in self.heard if m.status > 100 and m.method == "INVITE"]
        if answers:
            self.theirs = answers[-1].param("to", "tag")
            self.target = answers[-1].uri_of("contact") if answers[-1].get("contact") else ""

    def join(self, invite: RawMessage) -> None:
        """Take part in the dialog that our 200 to this INVITE has made."""
        self.call_id, self.theirs, self.target = (
            invite.get("call-id"),
            invite.param("from", "tag"),
            invite.uri_of("contact"),
        )

    def _say(self, hop: Hop, start: str, lines: list[str], body: bytes) -> None:
        kind = (
            ["Content-Type: application/sdp"]
            if body and not any(line.startswith("Content-Type") for line in lines)
            else []
        )
        text = "\r\n".join([start, *lines, *kind, f"Content-Length: {len(body)}", "", ""])
        self.port.send(text.encode() + body, hop)
